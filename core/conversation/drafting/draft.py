"""A draft: what was wished for, what a model wrote, and what people did with it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from core.digest import digest
from core.errors import Conflict, NotFound
from core.place import Place
from core.runbooks.definition import Runbook
from core.runbooks.params import Names
from core.runbooks.plan import Plan, make


class State(StrEnum):
    """How it stands."""

    WRITING = "WRITING"
    READY = "READY"
    REFUSED = "REFUSED"
    DISCARDED = "DISCARDED"


Saving = Literal["", "waiting", "saved", "failed"]


@dataclass
class Draft:
    """One draft. `text` is what the model wrote, `book` the runbook that it means, frozen; `problems` why it means none.

    `until` and `fence` are the lease of whoever works on it; `saving` and `file` say where it was saved, `execution` which
    run was the last of it.
    """

    id: str
    state: State
    by: str
    wish: str
    place: Place | None
    created_at: datetime
    expires_at: datetime
    text: str = ""
    book: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    model: str = ""
    execution: str = ""
    saving: Saving = ""
    saved_by: str = ""
    file: str = ""
    fence: int = 0
    until: datetime | None = None

    @property
    def runbook(self) -> Runbook:
        """What it means.

        Raises:
            NotFound: nothing was drafted.
        """
        if not self.book:
            raise NotFound(f"{self.id} has no runbook: nothing was drafted.", "Wish for it in other words.")
        return Runbook.model_validate(self.book)

    @property
    def digest(self) -> str:
        """Of everything that it is."""
        return digest({"text": self.text, "book": self.book})

    def usable(self, now: datetime) -> None:
        """Check that something can be done with it.

        Raises:
            Conflict: it was refused or discarded, is not written yet, or its time is over.
        """
        words = {
            State.WRITING: "is being written",
            State.REFUSED: "cannot be used: the model wrote no valid runbook",
            State.DISCARDED: "was discarded",
        }
        if self.state is not State.READY:
            mend = "Wait for it." if self.state is State.WRITING else "Have another one drafted."
            raise Conflict(f"{self.id} {words[self.state]}.", mend)
        if self.expires_at <= now:
            raise Conflict(f"{self.id} has expired.", "Have another one drafted.")

    def plan(self, names: Names, deciders: tuple[str, ...]) -> Plan:
        """What a run of it would do; people with one of the roles `deciders` are asked.

        Raises:
            NotFound: nothing was drafted.
            Invalid: something that it names is not there any more.
        """
        return make(self.runbook, {}, names).model_copy(update={"draft": self.id, "deciders": deciders})


def file_text(draft: Draft, who: str, approved: str) -> str:
    """The file that it is saved as: what the model wrote, with where that comes from above it.

    `who` saves it; `approved` says in words whether others have agreed to it.
    """
    head = (
        f"Drafted by {draft.model} for {draft.by}, as {draft.id}; saved by {who}. {approved}",
        f"Wished for: {draft.wish}",
    )
    lines = [f"# {' '.join(line.split())}" for line in head]
    return "\n".join([*lines, draft.text.strip(), ""])
