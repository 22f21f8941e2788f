"""What programs are shown of a thing: the names that the interface promises, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.doors import code_of
from core.approvals.request import Request
from core.approvals.settling import units as settling
from core.approvals.states import actor_kind
from core.approvals.talking.remark import Remark, unanswered
from core.approvals.tally import Tally
from core.errors import WardroomError
from core.incidents.incident import Incident
from core.runbooks.execution import Execution
from handlers.programs.watching import Event, Snapshot, Thing, Watched


def approval(request: Request, tally: Tally, history: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A request as the interface shows it."""
    final = request.final
    return {
        "id": request.id,
        "kind": request.kind,
        "title": request.title,
        "status": str(request.status),
        "priority": request.priority,
        "severity": request.severity,
        "level": request.level,
        "reason": request.reason,
        "triggers": [finding.model_dump(mode="json") for finding in request.rules.findings],
        "subject": request.subject,
        "digest": request.digest,
        "changeable": list(request.rules.changeable),
        "amended": request.amended.model_dump(mode="json") if request.amended else None,
        "requester": request.requester,
        "approvers": [
            seat.model_dump(mode="json", exclude={"veto"}) for seat in request.seats if not seat.gone
        ],
        "approvals_needed": request.rules.needed,
        "must": list(request.rules.must),
        "approvals": tally.approvals,
        "rejections": tally.rejections,
        "decisions": [
            {
                "person": vote.person,
                "name": vote.name,
                "decision": str(vote.choice),
                "reason": vote.reason,
                "at": vote.at,
                "via": vote.via,
                "strength": vote.strength,
            }
            for vote in request.votes
        ],
        "policies": list(request.rules.policies),
        "policy_hash": request.rules.policy_hash,
        "created_at": request.created,
        "expires_at": request.expires,
        "approved_until": request.approved_until,
        "final": final.model_dump(mode="json") | {"actor_kind": actor_kind(final)} if final else None,
        **_what_follows(request, tally),
        "history": [event(one) for one in history],
        "version": request.version,
    }


def thing(one: Thing) -> dict[str, Any]:
    """What is watched, as the interface shows it; the open requests of an approver are `items`."""
    match one:
        case Request():
            return approval(one, settling.tally_of(one))
        case Execution():
            return execution(one)
        case Watched():
            return incident(one.incident, one.timeline)
        case _:
            return {"items": [thing(each) for each in one]}


def told(one: Snapshot | Event) -> dict[str, Any]:
    """What a follower is told: how a thing stands, or what happened to it."""
    said = {"topic": str(one.topic), "seq": one.seq}
    if isinstance(one, Snapshot):
        return {"op": "snapshot"} | said | {"data": thing(one.thing)}
    return {"op": "event"} | said | event(one.row)


def problem(error: WardroomError) -> dict[str, Any]:
    """An error in a frame."""
    return {"op": "error", "code": code_of(error), "title": error.what, "mend": error.mend}


def comments(remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """What was said about a request; `answered` says of a question whether somebody has answered it."""
    waiting = {one.number for one in unanswered(remarks)}
    return [
        one.model_dump(mode="json") | {"answered": one.kind == "question" and one.number not in waiting}
        for one in remarks
    ]


def _what_follows(request: Request, tally: Tally) -> dict[str, Any]:
    """Whose votes count, what time does to it, which requests it belongs to, and what came of it."""
    return {
        "approved_by": list(tally.yes),
        "dissent": list(tally.no),
        "takes_effect_at": request.takes_effect,
        "valid_until": request.rules.valid_until,
        "extended_by": request.extended,
        "supersedes": request.supersedes,
        "superseded_by": request.superseded_by,
        "previous": request.previous,
        "execution": {
            "execution_id": request.execution,
            "result": request.result,
            "report_by": request.report_by,
        }
        if request.execution
        else None,
    }


def event(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the log."""
    return {name: row[name] for name in ("seq", "at", "kind", "ref", "actor", "data") if name in row}


def execution(run: Execution) -> dict[str, Any]:
    """A run as the interface shows it."""
    steps = [
        {
            "id": step.id,
            "name": step.node.name,
            "state": str(step.state),
            "attempt": step.attempt,
            "detail": step.detail or step.error,
        }
        for step in run.steps.values()
    ]
    return {
        "id": run.id,
        "runbook": run.runbook,
        "state": str(run.state),
        "by": run.by,
        "params": run.params,
        "digest": run.digest,
        "approval": run.request,
        "incident": run.incident,
        "origin": run.origin,
        "steps": steps,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "version": run.version,
    }


def incident(one: Incident, timeline: Iterable[Any] = (), not_paged: str = "") -> dict[str, Any]:
    """An incident as the interface shows it; `not_paged` says why nobody is called although it is grave."""
    shown = one.model_dump(mode="json") | {"not_paged": not_paged}
    shown["timeline"] = [entry.model_dump(mode="json") for entry in timeline]
    return shown
