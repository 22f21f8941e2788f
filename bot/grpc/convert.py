"""Between what the house knows and the messages of the interface, both ways; pure."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from bot.doors import loaded
from bot.grpc import oversight_pb2 as pb
from core.approvals.request import Final, Finding, Request, Seat, Vote
from core.approvals.settling import units as settling
from core.approvals.talking.remark import Remark
from core.digest import canonical
from core.errors import Invalid

_DEEPEST = 20  # each level is three messages, and parsers take a hundred
_EXACT = 2**53


def request_of(
    request: Request, history: Iterable[Mapping[str, Any]] = (), remarks: Iterable[Remark] = ()
) -> pb.Request:
    """A request as the interface shows it."""
    tally = settling.tally_of(request)
    shown = pb.Request(
        id=request.id,
        kind=request.kind,
        title=request.title,
        reason=request.reason,
        status=pb.Status.Value(f"STATUS_{request.status}"),
        priority=pb.Priority.Value(f"PRIORITY_{request.priority}"),
        severity=pb.Severity.Value(f"SEVERITY_{request.severity}"),
        level=request.level,
        triggers=[_finding(one) for one in request.rules.findings],
        subject=struct_of(request.subject),
        subject_json=canonical(request.subject).decode(),
        digest=request.digest,
        requester=request.requester,
        approvers=[_seat(one) for one in request.seats if not one.gone],
        approvals_needed=request.rules.needed,
        must=request.rules.must,
        approvals=tally.approvals,
        rejections=tally.rejections,
        decisions=[_vote(one) for one in request.votes],
        policies=request.rules.policies,
        policy_hash=request.rules.policy_hash,
        created_at=_moment(request.created),
        expires_at=_moment(request.expires),
        approved_until=_moment(request.approved_until),
        history=[event_of(one) for one in history],
        version=request.version,
        changeable=request.rules.changeable,
        comments=[_remark(one) for one in remarks],
    )
    if request.final is not None:
        shown.final.CopyFrom(_final(request.final))
    if request.execution is not None:
        shown.execution.CopyFrom(pb.Execution(execution_id=request.execution, result=request.result))
    return shown


def event_of(row: Mapping[str, Any]) -> pb.Event:
    """An entry of the log."""
    return pb.Event(
        seq=row.get("seq", 0),
        at=_moment(row["at"]),
        kind=row["kind"],
        actor=row["actor"],
        data=struct_of(row["data"]),
    )


def struct_of(value: Mapping[str, Any]) -> Struct | None:
    """The same as a Struct; None if it is nested too deeply to be read by others."""
    plain = orjson.loads(canonical(value))
    if _depth(plain) > _DEEPEST:
        return None
    made = Struct()
    made.update(plain)
    return made


def subject_of(message: Any) -> dict[str, Any]:
    """The `subject` or `subject_json` of a message; empty if it has neither.

    Raises:
        Invalid: it is no JSON object, or a number is none.
    """
    if message.WhichOneof("what") == "subject_json":
        found = loaded(message.subject_json.encode(), "subject_json")
        if not isinstance(found, dict):
            raise Invalid("The subject_json is no JSON object.", 'Send one, such as {"version": "1.4.2"}.')
        return found
    return {name: _plain(value) for name, value in message.subject.fields.items()}


def question_of(message: pb.CreateRequestRequest) -> dict[str, Any]:
    """The words of a question, as the other doors get them; what is not said is left out."""
    said: dict[str, Any] = {
        name: getattr(message, name)
        for name in ("kind", "title", "reason", "policy", "approvals", "callback")
        if getattr(message, name)
    }
    said["subject"] = subject_of(message)
    said["ask"] = [_ask(one) for one in message.ask]
    if message.priority:
        said["priority"] = word_of(pb.Priority, message.priority)
    if message.HasField("timeout"):
        said["timeout"] = f"{max(0, message.timeout.ToMilliseconds())}ms"
    if message.changeable:
        said["changeable"] = list(message.changeable)
    return said


def word_of(enum: Any, number: int) -> str:
    """The word that a number stands for, without the name of its enum in front.

    Raises:
        Invalid: it stands for none.
    """
    prefix = f"{enum.DESCRIPTOR.name.upper()}_"
    known = [name.removeprefix(prefix) for name in enum.keys()[1:]]
    try:
        word = enum.Name(number).removeprefix(prefix)
    except ValueError:
        word = ""
    if word not in known:
        raise Invalid(f"{number} is no {enum.DESCRIPTOR.name.lower()}.", f"There are: {', '.join(known)}.")
    return str(word)


def _ask(one: pb.Ask) -> dict[str, Any]:
    whom = one.WhichOneof("whom")
    return ({whom: getattr(one, whom)} if whom else {}) | {"must": one.must}


def _plain(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return {name: _plain(inner) for name, inner in value.struct_value.fields.items()}
        case "list_value":
            return [_plain(inner) for inner in value.list_value.values]
        case "number_value":
            return _number(value.number_value)
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _number(number: float) -> float | int:
    """The number that a program meant: `10` is digested like `10`, whatever door it comes through."""
    if not math.isfinite(number):
        raise Invalid("A number of the subject is none.", "Leave it out, or write it as text.")
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_depth(one) for one in inner), default=0)


def _finding(one: Finding) -> pb.Finding:
    return pb.Finding(
        policy=one.policy,
        code=one.code,
        severity=pb.Severity.Value(f"SEVERITY_{one.severity}"),
        message=one.message,
        inputs=struct_of(one.inputs),
    )


def _seat(one: Seat) -> pb.Seat:
    return pb.Seat(
        person=one.person, name=one.name, groups=one.groups, level=one.level, stands_for=one.stands_for
    )


def _vote(one: Vote) -> pb.Vote:
    return pb.Vote(
        person=one.person,
        name=one.name,
        decision=pb.Decision.Value(f"DECISION_{one.choice.upper()}"),
        reason=one.reason,
        at=_moment(one.at),
        via=one.via,
        strength=one.strength,
    )


def _remark(one: Remark) -> pb.Remark:
    return pb.Remark(
        number=one.number,
        kind=one.kind,
        author=one.author,
        at=_moment(one.at),
        text=one.text,
        answers=one.answers or 0,
    )


def _final(final: Final) -> pb.Final:
    return pb.Final(
        status=pb.Status.Value(f"STATUS_{final.status}"),
        code=final.code,
        actor=final.actor,
        reason=final.reason,
        at=_moment(final.at),
    )


def _moment(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    made = Timestamp()
    made.FromDatetime(at)
    return made
