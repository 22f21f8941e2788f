"""What was changed of what is asked, by whom and why."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


class Change(Noun):
    """One value of a subject, as it was and as it is."""

    path: str
    before: Any = None
    after: Any = None


class Amendment(Noun):
    """The last change of what is asked: by whom, why, what, and whose votes it made void.

    `asked` is the digest of what was asked at first, by which a repeat of the question is recognised.
    """

    by: str
    name: str
    at: datetime
    reason: str
    changes: tuple[Change, ...]
    void: tuple[str, ...] = ()
    asked: str
