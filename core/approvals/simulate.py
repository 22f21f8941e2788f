"""What would happen to a request: the real units, played on a scratch database against a clock that is wound.

Nothing here knows how votes are counted or who is asked when. It asks, votes and lets time pass through the
same doors as people and the scheduler do, and writes down what the event log says came of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.course import Course, Log
from core.approvals.draft import Cast, Draft, Judge
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Choice, Request
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import WardroomError
from core.notify import units as notices
from core.people import units as known
from core.people.person import Person
from core.store import deadlines, events
from core.store.engine import Unit
from core.store.scratch import Scratch

Doing = Literal["approve", "reject", "abstain", "withdraw", "use", "done", "fail"]
_ALL_EVENTS = 1_000
_OUTCOMES: Mapping[Doing, Happening] = {"done": Happening.EXECUTED, "fail": Happening.FAILED}
_CHOICES: Mapping[str, Doing] = {"approve": "approve", "reject": "reject", "abstain": "abstain"}


@dataclass(frozen=True)
class Act:
    """What somebody does, so long after the question.

    `use` claims the approval, as whoever runs it would; `done` and `fail` say what became of it.
    """

    after: timedelta
    doing: Doing
    person: Person
    reason: str = ""


@dataclass(frozen=True)
class Play:
    """A question and what people do about it.

    `away` are people who do not answer; None instead of a span means the whole time. Everybody is told of it,
    unless it is `unheard`. The play ends when the request has and nobody does anything any more, but not before
    `until`, and not after `stop`.
    """

    kind: str
    subject: dict[str, Any]
    asker: Person
    at: datetime
    acts: tuple[Act, ...] = ()
    title: str = ""
    reason: str = ""
    key: str = "play"
    initiator: Person | None = None
    away: Mapping[str, timedelta | None] = field(default_factory=dict)
    until: timedelta = timedelta()
    stop: timedelta | None = None
    unheard: bool = False


def play(scratch: Scratch, cast: Cast, scene: Play) -> Course:
    """Play it from the question to the end.

    Args:
        scratch: the database to play in; several plays may share one if their keys differ.
        cast: who there is, and what judges.
        scene: what is asked, and what people do when.
    """
    verdict = cast.judge(scene.kind, scene.subject, scene.at)
    log = Log(verdict, scene.at, scene.away, cast.people, cast.stagger)
    log.asks(scene.asker.name)
    if verdict.answer is not Answer.REQUIRE or verdict.terms is None:
        return log.course(None)
    draft = Draft(
        kind=scene.kind,
        title=scene.title or scene.kind,
        reason=scene.reason,
        subject=scene.subject,
        requester=scene.asker,
        terms=verdict.terms,
        key=scene.key,
        findings=verdict.findings,
        initiator=scene.initiator,
    )
    if cast.schedules:
        scratch.run(scene.at, known.sync, cast.people)
    try:
        request = scratch.run(scene.at, units.ask, draft, cast.people, cast.teams, cast.schedules)
    except WardroomError as error:
        log.impossible(error)
        return log.course(None)
    stage = _Stage(scratch, ManualClock(scene.at), log, request.id, cast.judge)
    if not scene.unheard:
        stage.run(_told, request)
    stage.look()
    stage.perform(scene)
    return log.course(stage.run(records.get, request.id))


class _Stage:
    """The one request of a play, and the time it is."""

    def __init__(self, scratch: Scratch, clock: ManualClock, log: Log, request: str, judge: Judge) -> None:
        self._scratch = scratch
        self._clock = clock
        self._log = log
        self._request = request
        self._judge = judge
        self._seen = 0

    def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A unit, now."""
        return self._scratch.run(self._clock.now(), work, *args, **kwargs)

    def perform(self, scene: Play) -> None:
        """Let people act and deadlines fall due, each at its time, until nothing is left to wait for."""
        acts = sorted(scene.acts, key=lambda act: act.after)
        last = None if scene.stop is None else scene.at + scene.stop
        while True:
            due: datetime | None = self.run(deadlines.pending, settling.DEADLINE, self._request)
            act_at = scene.at + acts[0].after if acts else None
            waits = self.run(records.get, self._request).is_pending
            following = min((at for at in (due, act_at) if at is not None), default=None)
            over = not waits and not acts and (due is None or due > scene.at + scene.until)
            if following is None or over or (last is not None and following > last):
                return
            self._clock.advance(max(timedelta(), following - self._clock.now()))
            if due is not None and due <= following:
                self.run(_serve, self._request, self._judge)
            else:
                self._act(acts.pop(0))
            self.look()

    def look(self) -> None:
        """Write down what the event log has that was not seen yet."""
        found = self.run(events.history, self._request, limit=_ALL_EVENTS)
        self._log.happened(found[self._seen :], self.run(records.get, self._request))
        self._seen = len(found)

    def _act(self, act: Act) -> None:
        try:
            refusal = self._do(act)
        except WardroomError as error:
            refusal = error
        if refusal is not None:
            # What time did to the request before the refusal comes first.
            self.look()
            self._log.refused(self._clock.now(), act.person, act.doing, refusal)

    def _do(self, act: Act) -> WardroomError | None:
        match act.doing:
            case "withdraw":
                self.run(units.withdraw, self._request, act.person, act.reason)
            case "use":
                self.run(using.claim, self._request, "the play", awaits_report=True)
            case "done" | "fail":
                self.run(using.report, self._request, _OUTCOMES[act.doing], act.reason)
            case choice:
                shown = self.run(records.get, self._request).digest
                # People who act in a play have their second factor at hand.
                said = (self._request, act.person, Choice(choice), act.reason, shown)
                decided = self.run(units.decide, *said, via="play", factor="totp")
                refusal: WardroomError | None = decided.refusal
                return refusal
        return None


def recorded(unit: Unit, request_id: str) -> Course:
    """What really happened to a stored request, in the same form as a play's course."""
    request = records.get(unit, request_id)
    terms_said = Verdict(Answer.REQUIRE, request.rules.findings, None)
    log = Log(terms_said, request.created, {})
    log.asks(request.requester_name)
    log.happened(events.history(unit, request_id, limit=_ALL_EVENTS), request)
    return log.course(request)


def acts_of(unit: Unit, request_id: str, people: Mapping[str, Person]) -> tuple[Act, ...]:
    """What people did about a stored request; who is not among `people` any more is left out."""
    request = records.get(unit, request_id)
    found: Iterable[Mapping[str, Any]] = events.history(unit, request_id, limit=_ALL_EVENTS)
    acts = []
    for event in found:
        doing = _doing(event)
        # Whoever uses an approval is a program of ours; the one who asked stands for it.
        person = people.get(request.requester if doing in ("use", *_OUTCOMES) else event["actor"])
        if doing is not None and person is not None:
            reason = str(event["data"].get("reason", ""))
            acts.append(Act(event["at"] - request.created, doing, person, reason))
    return tuple(acts)


def _doing(event: Mapping[str, Any]) -> Doing | None:
    match event["kind"], event["data"]:
        case "approval.decided", {"choice": choice}:
            return _CHOICES.get(choice)
        case "approval.closed", {"status": "WITHDRAWN"}:
            return "withdraw"
        case "approval.claimed", _:
            return "use"
        case "approval.executed", {"status": "EXECUTED"}:
            return "done"
        case "approval.executed", {"status": "EXECUTION_FAILED"}:
            return "fail"
        case _:
            return None


def _told(unit: Unit, request: Request) -> None:
    """In a play, somebody hears of the question at once."""
    occasion = notices.Occasion(request.id, "requested", request.digest, request.expires)
    notices.heard(unit, occasion, request.seats[0].person)


def _serve(unit: Unit, request_id: str, judge: Judge) -> None:
    """What the scheduler does with a due deadline, for this request alone."""
    for deadline in deadlines.due(unit, limit=_ALL_EVENTS):
        if (deadline.kind, deadline.ref) == (settling.DEADLINE, request_id) and deadlines.take(
            unit, deadline
        ):
            ageing.on_due(unit, request_id, judge)
