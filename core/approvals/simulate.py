"""What would happen to a request: the real units, played on a scratch database against a clock that is wound.

Nothing here knows how votes are counted or who is asked when. It asks, votes and lets time pass through the
same doors as people and the scheduler do, and writes down what the event log says came of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.approvals import records, units
from core.approvals.acts import Act, Doing, acts_from, asked_first
from core.approvals.ageing import units as ageing
from core.approvals.amending.changes import merged
from core.approvals.amending.units import Edit, amend
from core.approvals.course import Course, Log
from core.approvals.draft import Cast, Decided, Draft, Judge
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Choice, Request, Terms
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.approvals.talking import units as talking
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Forbidden, WardroomError
from core.notify import units as notices
from core.people import units as known
from core.people.person import Person
from core.store import deadlines, events
from core.store.engine import Unit
from core.store.scratch import Scratch

_ALL_EVENTS = 1_000
_SURE = "chat+totp"
_OUTCOMES: Mapping[Doing, Happening] = {"done": Happening.EXECUTED, "fail": Happening.FAILED}


@dataclass(frozen=True)
class Play:
    """A question and what people do about it.

    `away` are people who do not answer; None instead of a span means the whole time. Everybody is told of it,
    unless it is `unheard`. The play ends when the request has and nobody does anything any more, but not before
    `until`, and not after `stop`. What may be changed is `changeable` where no policy says it. Who may break the glass
    are the `breakers`, None for whoever does; such a use is reviewed as `custom` says.
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
    changeable: tuple[str, ...] = ()
    breakers: frozenset[str] | None = None
    custom: Custom = field(default_factory=Custom)


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
        terms=_terms(verdict.terms, scene),
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
    stage = _Stage(scratch, ManualClock(scene.at), log, request.id, cast, scene)
    if not scene.unheard:
        stage.run(_told, request)
    stage.look()
    stage.perform()
    return log.course(stage.run(records.get, request.id))


def _terms(said: Terms, scene: Play) -> Terms:
    return said if said.changes is not None else said.model_copy(update={"changes": scene.changeable})


class _Stage:
    """The one request of a play, and the time it is."""

    def __init__(
        self, scratch: Scratch, clock: ManualClock, log: Log, request: str, cast: Cast, scene: Play
    ) -> None:
        self._scratch = scratch
        self._clock = clock
        self._log = log
        self._request = request
        self._cast = cast
        self._scene = scene
        self._seen = 0

    def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A unit, now."""
        return self._scratch.run(self._clock.now(), work, *args, **kwargs)

    def perform(self) -> None:
        """Let people act and deadlines fall due, each at its time, until nothing is left to wait for."""
        scene = self._scene
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
                self.run(_serve, self._request, self._cast.judge)
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
            case "ask":
                self.run(talking.ask, self._request, act.person, act.reason, self._cast.people)
            case "answer":
                self.run(talking.answer, self._request, act.person, act.reason)
            case "use":
                self.run(using.claim, self._request, "the play", awaits_report=True)
            case "done" | "fail":
                self.run(using.report, self._request, _OUTCOMES[act.doing], act.reason)
            case _:
                return self._decide(act).refusal
        return None

    def _decide(self, act: Act) -> Decided:
        before: Request = self.run(records.get, self._request)
        told: Decided
        match act.doing:
            case "change":
                edit = Edit(merged(before.subject, act.patch), act.reason, follows=act.follows)
                told = self.run(amend, self._request, act.person, edit, self._cast)
            case "break_glass":
                if self._scene.breakers is not None and act.person.id not in self._scene.breakers:
                    raise Forbidden("No role of theirs lets them break the glass.")
                alone = (Emergency(act.reason, strength=_SURE), self._cast, self._scene.custom)
                told = self.run(break_glass, self._request, act.person, *alone)
            case choice:
                # People who act in a play have their second factor at hand.
                said = (self._request, act.person, Choice(choice), act.reason, before.digest)
                told = self.run(units.decide, *said, via="play", factor="totp")
        return told


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
    return acts_from(request, events.history(unit, request_id, limit=_ALL_EVENTS), people)


def first_subject(unit: Unit, request_id: str) -> dict[str, Any]:
    """The subject of a stored request as it was asked at first."""
    request = records.get(unit, request_id)
    return asked_first(request, events.history(unit, request_id, limit=_ALL_EVENTS))


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
