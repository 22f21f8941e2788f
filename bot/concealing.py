"""The world with what takes every secret that is known out of a text, before the text is kept."""

from dataclasses import replace

from bot.model.llm import Kept
from bot.secrets import Secrets
from bot.settings import Settings
from core.runbooks.secrecy import SHORTEST, Hider
from core.world import World


def concealing(settings: Settings, world: World) -> World:
    """The same world; it takes out what can be read now: a secret that is rotated later is known after the next start."""
    hider = Hider()
    known = Kept(settings, Secrets(world.secrets, settings.config.parent)).values()
    hider.learn([value for value in known if len(value) >= SHORTEST])
    return replace(world, conceal=hider.text)
