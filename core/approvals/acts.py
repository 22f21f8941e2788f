"""What people do about a request, in a play or in the past: a small language of acts. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

from core.approvals.amending.changes import merged, placed
from core.approvals.request import Request
from core.people.person import Person

Doing = Literal[
    "approve",
    "reject",
    "abstain",
    "withdraw",
    "change",
    "ask",
    "answer",
    "break_glass",
    "use",
    "done",
    "fail",
]
DOINGS: tuple[Doing, ...] = get_args(Doing)
_CHOICES: Mapping[str, Doing] = {"approve": "approve", "reject": "reject", "abstain": "abstain"}
_BY_A_PROGRAM = ("use", "done", "fail")


@dataclass(frozen=True)
class Act:
    """What somebody does, so long after the question.

    `use` claims the approval, as whoever runs it would; `done` and `fail` say what became of it. A `change` puts `patch`
    into the subject (RFC 7396); `follows` names parts that follow from the rest. `ask` and `answer` say the reason.
    """

    after: timedelta
    doing: Doing
    person: Person
    reason: str = ""
    patch: Mapping[str, Any] = field(default_factory=dict)
    follows: frozenset[str] = frozenset()


def acts_from(
    request: Request, events: Iterable[Mapping[str, Any]], people: Mapping[str, Person]
) -> tuple[Act, ...]:
    """What people did about a stored request; who is not among `people` any more is left out."""
    acts = []
    for event in events:
        doing = _doing(event)
        # Whoever uses an approval is a program of ours; the one who asked stands for it.
        person = people.get(request.requester if doing in _BY_A_PROGRAM else event["actor"])
        if doing is None or person is None:
            continue
        data = event["data"]
        patch = _values(data, "after") if doing == "change" else {}
        said = str(data.get("text" if doing in ("ask", "answer") else "reason", ""))
        acts.append(Act(event["at"] - request.created, doing, person, said, patch))
    return tuple(acts)


def asked_first(request: Request, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The subject as it was asked at first. What follows from a changed value stays as it is now."""
    subject = request.subject
    for event in reversed([event for event in events if event["kind"] == "approval.amended"]):
        subject = merged(subject, _values(event["data"], "before"))
    return subject


def _values(data: Mapping[str, Any], when: Literal["before", "after"]) -> dict[str, Any]:
    return placed({change["path"]: change[when] for change in data["changes"]})


def _doing(event: Mapping[str, Any]) -> Doing | None:
    match event["kind"], event["data"]:
        case "approval.decided", {"choice": choice}:
            return _CHOICES.get(choice)
        case "approval.closed", {"status": "WITHDRAWN"}:
            return "withdraw"
        case "approval.executed", {"status": "EXECUTED"}:
            return "done"
        case "approval.executed", {"status": "EXECUTION_FAILED"}:
            return "fail"
        case kind, _:
            return _KINDS.get(kind)


_KINDS: Mapping[str, Doing] = {
    "approval.amended": "change",
    "approval.asked": "ask",
    "approval.answered": "answer",
    "approval.glass_broken": "break_glass",
    "approval.claimed": "use",
}
