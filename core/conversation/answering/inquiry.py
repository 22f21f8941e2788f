"""An inquiry: a question in a chat, what a language model looked up for it, and what was answered."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.place import Place


class State(StrEnum):
    """How it stands."""

    ASKING = "ASKING"
    ANSWERED = "ANSWERED"
    FELL_BACK = "FELL_BACK"
    STOPPED = "STOPPED"


@dataclass
class Inquiry:
    """One question.

    `hint` is what is said without a model. `words` is the answer, and as much of it as there is while it comes; `looked`
    are the commands whose answers it rests on, `offers` those that would change something, which nobody ran. `doubts` are
    figures of the answer that nothing looked up says, `problem` why there is no answer of the model.
    `until` and `fence` are the lease of whoever works on it.
    """

    id: str
    state: State
    by: str
    question: str
    hint: str
    place: Place
    created_at: datetime
    words: str = ""
    looked: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    problem: str = ""
    model: str = ""
    answered_at: datetime | None = None
    fence: int = 0
    until: datetime | None = None
