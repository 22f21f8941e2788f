"""What a program can watch, whatever door it came through: a thing as it stands, and what happens to it from then on.

Reading on by the number of the last event loses nothing and repeats nothing, also after a restart and in another
process: the numbers are those of the sealed log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from typing_extensions import override

from core.approvals import records as approvals
from core.approvals.request import Request
from core.approvals.search import records as searching
from core.errors import Forbidden, Invalid, NotFound
from core.ids import parse_numbered
from core.incidents import records as incidents
from core.incidents.incident import Entry, Incident
from core.people.tokens import units as tokens
from core.people.tokens.token import concerns
from core.runbooks import records as runs
from core.runbooks.execution import Execution
from core.store import journal
from core.store.engine import Unit
from core.text import one_line
from handlers.caller import Caller
from handlers.programs.deeds import seen

PAGE = 200
_LINES = 500
_LONGEST = 100
_AHEAD = "There is no event {} yet: the last one is {}."


class Kind(StrEnum):
    """What a topic is about."""

    APPROVAL = "approval"
    APPROVER = "approver"
    REQUESTER = "requester"
    INCIDENT = "incident"
    EXECUTION = "execution"


_PREFIXES = {Kind.APPROVAL: "AP", Kind.INCIDENT: "INC", Kind.EXECUTION: "RUN"}


@dataclass(frozen=True)
class Topic:
    """One thing to watch: `approval:AP-12`, `incident:INC-3`, `execution:RUN-8`, or all requests of somebody.

    These are the requests that ask a person, `approver:ana`, and those that somebody asked for, `requester:rex`.
    """

    kind: Kind
    id: str

    @override
    def __str__(self) -> str:
        """As programs write it."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Watched:
    """An incident with its timeline."""

    incident: Incident
    timeline: tuple[Entry, ...]


Thing = Request | Execution | Watched | tuple[Request, ...]


@dataclass(frozen=True)
class Snapshot:
    """A thing as it stands, never older than event `seq`; what follows are the events after that one."""

    topic: Topic
    seq: int
    thing: Thing


@dataclass(frozen=True)
class Event:
    """Something that happened to a thing: `seq, at, kind, ref, actor, data`, as the log has it."""

    topic: Topic
    seq: int
    row: dict[str, Any]


@dataclass(frozen=True)
class News:
    """What of the log is new: how far it was read, which things changed, whom changed requests concern; `more` is left.

    They concern who asked and who is asked.
    """

    seq: int
    refs: frozenset[str]
    people: frozenset[str]
    more: bool


def topic_of(text: str) -> Topic:
    """The topic that a program names.

    Raises:
        Invalid: it is no topic.
    """
    word, _, name = text[:_LONGEST].partition(":")
    known = {str(kind) for kind in Kind}
    if word not in known or not name:
        raise Invalid(
            f"“{one_line(text, 60)}” is no topic.",
            "Topics are approval:AP-1, approver:NAME, requester:NAME, incident:INC-1 and execution:RUN-1.",
        )
    kind = Kind(word)
    prefix = _PREFIXES.get(kind)
    return Topic(kind, parse_numbered(name, prefix) if prefix else name)


def snapshot(unit: Unit, caller: Caller, topic: Topic, after: int | None) -> Snapshot:
    """The thing as it stands; the events that follow are those after `after`, or after now.

    Raises:
        UnknownPerson: the token was revoked.
        NotFound, Forbidden: there is no such thing, or it is not the caller's to see.
        Invalid: `after` lies ahead of the log.
    """
    # Read before the thing: an event may be told that the thing shows already, none is left out.
    newest = journal.position(unit)
    thing = _thing(unit, caller, topic)
    if after is not None and after > newest:
        raise Invalid(_AHEAD.format(after, newest), "Subscribe without `after`, and start from the snapshot.")
    return Snapshot(topic, newest if after is None else after, thing)


def since(unit: Unit, caller: Caller, topic: Topic, after: int) -> list[Event]:
    """At most `PAGE` events of a topic after `after`, oldest first; whether the caller may is looked at again.

    Raises:
        UnknownPerson: the token was revoked.
        NotFound, Forbidden: it is not the caller's to see any more.
    """
    _thing(unit, caller, topic, lightly=True)
    match topic.kind:
        case Kind.APPROVER:
            rows = searching.events_asking(unit, topic.id, after, PAGE)
        case Kind.REQUESTER:
            rows = searching.events_asked_by(unit, topic.id, after, PAGE)
        case _:
            rows = journal.of(unit, topic.id, after, PAGE)
    return [Event(topic, row["seq"], row) for row in rows]


def news(unit: Unit, after: int, *, with_people: bool) -> News:
    """What of the log came after `after`, `PAGE` events at most."""
    rows = journal.after(unit, after, PAGE)
    refs = frozenset(str(row["ref"]) for row in rows)
    people: Iterable[str] = ()
    if with_people and refs:
        people = searching.concerned(unit, refs)
    return News(rows[-1]["seq"] if rows else after, refs, frozenset(people), len(rows) == PAGE)


def _thing(unit: Unit, caller: Caller, topic: Topic, *, lightly: bool = False) -> Thing:
    """What the topic is about, if the caller may see it; `lightly`: only whether they may."""
    tokens.recheck(unit, caller.token)
    match topic.kind:
        case Kind.APPROVAL:
            return seen(unit, caller, topic.id)
        case Kind.APPROVER:
            _may_follow(caller, topic.id)
            return () if lightly else tuple(approvals.waiting_for(unit, topic.id, PAGE))
        case Kind.REQUESTER:
            _may_follow(caller, topic.id)
            return () if lightly else tuple(searching.running_of(unit, topic.id, PAGE))
        case Kind.INCIDENT:
            caller.must("incident.read")
            timeline = () if lightly else tuple(incidents.timeline(unit, topic.id, _LINES))
            return Watched(incidents.get(unit, topic.id), timeline)
        case Kind.EXECUTION:
            caller.must("runbook.status")
            return runs.get(unit, topic.id)


def _may_follow(caller: Caller, name: str) -> None:
    """Check that the caller is this person, or answers for this program, or may list all requests."""
    if not concerns(caller.token, "approval"):
        caller.token_must("approval.list")
    known = caller.world.people.get(name)
    if name == caller.person.id or (known is not None and known.owner == caller.person.id):
        return
    if not caller.sees_all:
        raise Forbidden(
            f"The requests of {one_line(name, 60)} are not for {caller.person.name} to follow.",
            f"Follow those of {caller.person.id}, or be given the permission `approval.list`.",
        )
    if known is None:
        raise NotFound(f"There is nobody called “{one_line(name, 60)}”.", "Write the id from `people:`.")
