"""A wish in words: which runbook, what it is told so far, what is asked next, and until when."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.place import Place

State = Literal["open", "done", "over"]


@dataclass
class Wish:
    """What one person wants to run, said at one place.

    `candidates` are runbooks of which one is to be chosen, `asked` the parameter that is asked for. `execution` is the
    run that came of it; until `until` it can still be corrected, while that run has not begun.
    """

    id: str
    person: str
    place: Place
    at: datetime
    until: datetime
    runbook: str = ""
    candidates: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)
    said: str = ""
    asked: str = ""
    state: State = "open"
    execution: str = ""
    version: int = 0
