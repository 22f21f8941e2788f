"""The noun of tasks, and how people write one in a line. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

_DUE = re.compile(r"""(?:^|\s)(?:due|by|until)=(?:"([^"]*)"|(\S+))""", re.IGNORECASE)
_WHO = re.compile(r"(?:^|\s)(<@!?\w+(?:\|[^>]*)?>|@[\w.-]+)")


@dataclass(frozen=True)
class Task:
    """Something to do. `number` counts within its incident; `done_by` did it; without an assignee it is anybody's."""

    incident: str
    number: int
    text: str
    by: str
    created: datetime
    assignee: str = ""
    assignee_name: str = ""
    due: datetime | None = None
    done: datetime | None = None
    done_by: str = ""

    @property
    def ref(self) -> str:
        """`INC-4/2`."""
        return f"{self.incident}/{self.number}"

    @property
    def words(self) -> str:
        """What it is and whose, in a line."""
        return f"{self.text} ({self.assignee_name or 'anybody'})"


def split(text: str) -> tuple[str, str, str]:
    """What is to be done, by whom and until when, in `rotate the keys @bo due="tomorrow 09:00"`."""
    due, who = _DUE.search(text), None
    if due is not None:
        text = text[: due.start()] + text[due.end() :]
    who = _WHO.search(text)
    if who is not None:
        text = text[: who.start()] + text[who.end() :]
    until = (due[1] or due[2] or "") if due is not None else ""
    return " ".join(text.split()), who[1] if who is not None else "", until
