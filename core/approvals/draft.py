"""What goes into the units of approvals, and what comes out of a click."""

from dataclasses import dataclass
from typing import Any

from core.approvals.request import Finding, Request, Terms
from core.errors import WardroomError
from core.people.person import Person
from core.place import Place


@dataclass(frozen=True)
class Draft:
    """A question before it is asked. `key` recognises a repeat; `places` are where its card is shown."""

    kind: str
    title: str
    reason: str
    subject: dict[str, Any]
    requester: Person
    terms: Terms
    key: str
    findings: tuple[Finding, ...] = ()
    initiator: Person | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Decided:
    """What became of a click: the request as it stands, the sentence for the person, and a refusal if any."""

    request: Request
    words: str
    refusal: WardroomError | None = None
    changed: bool = False
