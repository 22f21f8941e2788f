"""What holds for every request, whatever people, time and crashes do to it: random lives on a real store."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typing_extensions import override

from core.approvals import policy, records, simulate, states, units
from core.approvals.config import Policy
from core.approvals.course import Course
from core.approvals.draft import Decided, Draft
from core.approvals.request import Ask, Choice, Request, Rung, Status, Terms, Vote
from core.approvals.simulate import Act, Cast, Play
from core.approvals.states import Happening
from core.approvals.tally import Outcome, count
from core.clock import ManualClock
from core.errors import Conflict, Forbidden, Invalid
from core.store import audit, deadlines, events, migrate
from core.store.bus import Bus
from core.store.engine import Store, Unit
from core.store.opening import store_for
from core.store.scratch import Scratch, scratch
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START, sqlite_url

VOTERS = ("ana", "bo", "chi", "dev", "eve", "rex")
_ENDS = frozenset({"approval.closed", "approval.claimed", "approval.executed"})
_FORGED = "f" * 64
_EVERYBODY = tuple(Ask(role=role) for role in ("sre", "security", "developer"))

rungs = st.lists(
    st.builds(
        Rung,
        at=st.sampled_from([0.25, 0.75, 1.0]),
        add=st.sampled_from([(Ask(role="manager"),), (Ask(person="bo"),)]),
        timeout=st.sampled_from([None, timedelta(hours=2)]),
    ),
    max_size=2,
).map(lambda found: tuple(sorted(found, key=lambda rung: rung.at)))
terms = st.builds(
    Terms,
    ask=st.sampled_from(
        [
            (Ask(role="sre"), Ask(role="security", must=True)),
            (Ask(role="sre"), Ask(role="security")),
            (Ask(person="ana"),),
        ]
    ),
    approvals=st.integers(1, 3),
    veto=st.sampled_from([(), (Ask(role="security"),)]),
    rejections_to_block=st.sampled_from([None, 1, 2]),
    severity=st.sampled_from(["MEDIUM", "HIGH", "CRITICAL"]),
    timeout=st.sampled_from([timedelta(hours=1), timedelta(hours=12)]),
    escalation=rungs,
    policies=st.just(("random",)),
)


class Life(RuleBasedStateMachine):
    """One request from its question to its end, by way of the real units, with restarts on the way."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardroom-life-"))
        shutil.copy(self.template, self.folder / "wardroom.db")
        self.loop = asyncio.Runner()
        self.clock = ManualClock(START)
        self.store = self._opened()
        self.wish: Draft
        self.request: Request
        self.ended: Request | None = None

    def _opened(self) -> Store:
        store = store_for(sqlite_url(self.folder), self.clock, Bus(), reactions={}, process="test")
        self.loop.run(store.start())
        return store

    def do(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.loop.run(self.store.transact(work, *args, **kwargs))

    def look(self) -> Request:
        found: Request = self.loop.run(self.store.read(records.get, self.request.id))
        return found

    def happened(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.loop.run(self.store.read(events.history, self.request.id, 1_000))
        return found

    @initialize(terms=terms, by=st.sampled_from(["dev", "rex", "ana"]))
    def ask(self, terms: Terms, by: str) -> None:
        self.by = by
        try:
            self.wish = draft(by=by, terms=terms)
            self.request = self.do(units.ask, self.wish, PEOPLE, TEAMS)
        except Invalid:  # terms that these people can never meet are refused at once
            self.wish = draft(by=by, terms=terms.model_copy(update={"ask": _EVERYBODY, "approvals": 1}))
            self.request = self.do(units.ask, self.wish, PEOPLE, TEAMS)

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice), reason=st.sampled_from(["", "so"]))
    def vote(self, who: str, choice: Choice, reason: str) -> None:
        before = self.look()
        decided: Decided = self.do(
            units.decide, before.id, PEOPLE[who], choice, reason, before.digest, via="test"
        )
        asked_first = who in before.rules.excluded or not PEOPLE[who].is_human
        assert not (asked_first and decided.refusal is None), f"{who} may not decide"

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice))
    def vote_twice_at_once(self, who: str, choice: Choice) -> None:
        """Two clicks of one person reach the house at the same moment."""
        shown = self.look()

        async def both() -> None:
            clicks = (
                self.store.transact(units.decide, shown.id, PEOPLE[who], choice, "so", shown.digest)
                for _ in range(2)
            )
            await asyncio.gather(*clicks)

        seen = len(self.happened())
        self.loop.run(both())
        cast = [event for event in self.happened()[seen:] if event["kind"] == "approval.decided"]
        assert len(cast) <= 1

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice))
    def vote_on_something_else(self, who: str, choice: Choice) -> None:
        shown = self.look()
        decided: Decided = self.do(units.decide, shown.id, PEOPLE[who], choice, "so", _FORGED)
        assert decided.refusal is not None
        assert self.look().votes == shown.votes

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice))
    def crash_in_the_middle_of_a_vote(self, who: str, choice: Choice) -> None:
        before, seen = self.look(), len(self.happened())

        def dies(unit: Unit) -> None:
            units.decide(unit, before.id, PEOPLE[who], choice, "so", before.digest)
            raise RuntimeError("power cut")

        with pytest.raises(RuntimeError):
            self.do(dies)
        assert (before, seen) == (self.look(), len(self.happened()))

    @rule()
    def restart(self) -> None:
        before = self.look()
        self.loop.run(self.store.stop())
        self.store = self._opened()
        assert before == self.look()

    @rule(minutes=st.sampled_from([1, 14, 15, 30, 60, 180, 540]), served=st.booleans())
    def time_passes(self, minutes: int, *, served: bool) -> None:
        """Nobody may serve what is due for a while, as when the house is down."""
        self.clock.advance(timedelta(minutes=minutes))
        if served:
            self.serve()

    @rule()
    def serve_again(self) -> None:
        self.serve()
        before = self.look()
        self.do(units.on_due, before.id)
        assert before == self.look()

    @rule()
    def ask_again(self) -> None:
        again = self.do(units.ask, self.wish, PEOPLE, TEAMS)
        assert again.id == self.look().id

    @rule(who=st.sampled_from(VOTERS))
    def withdraw(self, who: str) -> None:
        before = self.look()
        try:
            after = self.do(units.withdraw, before.id, PEOPLE[who], "never mind")
        except (Conflict, Forbidden):
            return
        assert (self.by, Status.WITHDRAWN) == (who, after.status)

    @rule()
    def use(self) -> None:
        now = self.clock.now()
        try:
            used: Request = self.do(units.claim, self.look().id, "RUN-1")
        except Conflict:
            return
        assert used.approved_until is not None
        assert now < used.approved_until

    @rule(outcome=st.sampled_from([Happening.EXECUTED, Happening.FAILED, Happening.UNKNOWN]))
    def report(self, outcome: Happening) -> None:
        before = self.look()
        try:
            self.do(units.report, before.id, outcome, "")
        except Conflict:
            assert before.status not in (Status.EXECUTING, Status.EXECUTION_UNKNOWN) or (
                (before.status, outcome) not in states.TABLE
            )

    @invariant()
    def it_moves_only_along_the_table_and_ends_once(self) -> None:
        request = self.look()
        path = [Status.PENDING, *(_status(event) for event in self.happened() if event["kind"] in _ENDS)]
        note(" ".join(path))
        allowed = {(start, end) for (start, _), end in states.TABLE.items()}
        assert all(step in allowed for step in pairwise(path))
        assert request.status is path[-1], "every change of status has its event"
        assert sum(states.is_final(status) for status in path) <= 1
        if self.ended is not None:
            assert self.ended == request, "what has ended changes no more"
        if states.is_final(request.status):
            self.ended = request

    @invariant()
    def only_enough_yeses_of_those_who_were_asked_approve(self) -> None:
        request = self.look()
        level, said = 0, {}
        for event in self.happened():
            match event["kind"], event["data"]:
                case "approval.escalated", data:
                    level = data["level"]
                case "approval.decided", data:
                    said[event["actor"]] = data["choice"]
                case "approval.closed", {"status": "APPROVED"}:
                    _is_earned(request, level, said)

    @invariant()
    def the_order_of_votes_changes_nothing_and_no_rejection_helps(self) -> None:
        request = self.look()
        seats = [seat for seat in request.seats if seat.level <= request.level]

        def outcome(votes: list[Vote]) -> Outcome:
            return count(request.rules, seats, votes, request.digest).outcome

        votes = list(request.votes)
        now = outcome(votes)
        for number in range(3):
            Random(number).shuffle(votes)  # noqa: S311 - an order, and no secret
            assert now is outcome(votes)
        for seat in request.seats:
            others = [vote for vote in votes if vote.person != seat.person]
            no = Vote(
                person=seat.person, name="", choice=Choice.REJECT, at=self.clock.now(), digest=request.digest
            )
            assert outcome([*others, no]) is not Outcome.APPROVED or now is Outcome.APPROVED

    def serve(self) -> None:
        def all_of_it(unit: Unit) -> None:
            for due in deadlines.due(unit):
                assert deadlines.take(unit, due)
                units.on_due(unit, due.ref)

        self.do(all_of_it)

    @override
    def teardown(self) -> None:
        try:
            for _ in range(10):
                self.clock.advance(timedelta(days=1))
                self.serve()
            assert not self.look().is_pending, "silence has an end"
            self.it_moves_only_along_the_table_and_ends_once()
            assert () == self.loop.run(self.store.read(audit.verify)).findings
        finally:
            self.loop.run(self.store.stop())
            self.loop.close()
            shutil.rmtree(self.folder)


def _status(event: dict[str, Any]) -> Status:
    return Status.EXECUTING if event["kind"] == "approval.claimed" else Status(event["data"]["status"])


def _is_earned(request: Request, level: int, said: dict[str, str]) -> None:
    """Counted by hand, without the tally."""
    asked = {seat.person: seat for seat in request.seats if seat.level <= level}
    assert said.keys() <= asked.keys() - set(request.rules.excluded)
    yes = {person for person, choice in said.items() if choice == Choice.APPROVE}
    no = {person for person, choice in said.items() if choice == Choice.REJECT}
    assert len(yes) >= request.rules.needed >= 1
    assert all(any(group in asked[person].groups for person in yes) for group in request.rules.must)
    assert len(no) < request.rules.block
    assert not any(asked[person].veto for person in no)


@pytest.fixture(scope="module", autouse=True)
def template() -> Iterator[None]:
    """A database with its tables, made once and copied for each life."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(migrate.run(sqlite_url(Path(folder)), migrate.upgrade))
        Life.template = Path(folder) / "wardroom.db"
        yield


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


acts = st.lists(
    st.builds(
        lambda minutes, who, choice: Act(timedelta(minutes=minutes), choice, PEOPLE[who], "so"),
        st.integers(0, 120),
        st.sampled_from(["ana", "bo", "chi", "eve"]),
        st.sampled_from(["approve", "abstain"]),
    ),
    max_size=6,
)


@given(
    acts=acts,
    extra=st.tuples(st.integers(0, 120), st.sampled_from(["ana", "bo", "chi"])),
    needed=st.integers(1, 3),
    block=st.integers(1, 3),
)
@settings(max_examples=40, deadline=None)
def test_one_more_rejection_never_turns_a_refusal_into_an_approval(
    acts: list[Act], extra: tuple[int, str], needed: int, block: int
) -> None:
    """Among the same people. Where others are asked next, a rejection may bring them in sooner (rules of escalation)."""
    after, who = extra
    rejection = Act(timedelta(minutes=after), "reject", PEOPLE[who], "so")
    others = [act for act in acts if act.person.id != who]
    with scratch() as house:
        without = _played(house, others, "without", needed, block)
        with_it = _played(house, [*others, rejection], "with", needed, block)
    assert _was_approved(without) or not _was_approved(with_it)


@given(acts=acts, needed=st.integers(1, 3), seed=st.integers(0, 1_000))
@settings(max_examples=40, deadline=None)
def test_yeses_that_come_in_another_order_give_the_same_result(
    acts: list[Act], needed: int, seed: int
) -> None:
    yes = [act for act in acts if act.doing == "approve"]
    mixed = [*yes]
    Random(seed).shuffle(mixed)  # noqa: S311 - an order, and no secret
    again = [
        Act(timed.after, "approve", act.person, "so")
        for timed, act in zip(sorted(yes, key=lambda act: act.after), mixed, strict=True)
    ]
    with scratch() as house:
        first = _was_approved(_played(house, yes, "first", needed, 2))
        assert first is _was_approved(_played(house, again, "again", needed, 2))


def _played(house: Scratch, acts: list[Act], key: str, needed: int, block: int) -> Course:
    asks = Policy.model_validate(
        {
            "name": "p",
            "applies_to": "access",
            "ask": [{"role": "sre"}, {"role": "security"}],
            "approvals": needed,
            "rejections_to_block": block,
            "timeout": "3h",
        }
    )
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, now: policy.evaluate([asks], kind, subject, now))
    return simulate.play(house, cast, Play("access", {}, PEOPLE["dev"], START, tuple(acts), key=key))


def _was_approved(course: Course) -> bool:
    return any(words.startswith("it ends: APPROVED") for _, words in course.lines)


async def test_what_the_only_approver_refused_is_never_approved_by_time(
    store: Store, clock: ManualClock
) -> None:
    """NORMAL, one approver, who says no; then a day of silence; then nobody may use it."""
    alone = Terms(ask=(Ask(person="chi"),), severity="MEDIUM")
    request = await store.transact(units.ask, draft(terms=alone), PEOPLE, TEAMS)
    assert ("NORMAL", 1) == (request.priority, request.rules.block)
    decided = await store.transact(
        units.decide, request.id, PEOPLE["chi"], Choice.REJECT, "never", request.digest
    )
    assert (Status.REJECTED, "REJECTED") == (decided.request.status, _code(decided.request))
    for _ in range(3):
        clock.advance(timedelta(hours=25))
        await store.transact(units.on_due, request.id)
        late = await store.transact(
            units.decide, request.id, PEOPLE["chi"], Choice.APPROVE, "", request.digest
        )
        assert late.refusal is not None
    assert decided.request == await store.read(records.get, request.id)
    with pytest.raises(Conflict):
        await store.transact(units.claim, request.id, "RUN-1")
    kinds = [event["kind"] for event in await store.read(events.history, request.id)]
    assert ["approval.requested", "approval.decided", "approval.closed"] == kinds


def _code(request: Request) -> str:
    assert request.final is not None
    return request.final.code
