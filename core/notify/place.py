"""Where a message lives: see core.place."""

from core.place import Actor as Actor
from core.place import Place as Place
from core.place import Platform as Platform
