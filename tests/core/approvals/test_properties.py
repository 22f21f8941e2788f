"""What holds for every request, whatever people, time and crashes do to it: random lives on a real store."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from typing_extensions import override

from core.approvals import records, states, units
from core.approvals.ageing import units as ageing
from core.approvals.draft import Decided
from core.approvals.request import Ask, Choice, Request, Status, Terms, Vote
from core.approvals.states import Happening
from core.approvals.tally import Outcome, count
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict, Forbidden, Invalid
from core.store import events, migrate
from core.store.engine import Store, Unit
from tests.core.approvals.lives import ENDS, OneRequest, is_earned, status_after, terms
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import sqlite_url

VOTERS = ("ana", "bo", "chi", "dev", "eve", "rex")
_FORGED = "f" * 64
_EVERYBODY = tuple(Ask(role=role) for role in ("sre", "security", "developer"))


class Life(OneRequest):
    """One request from its question to its end, by way of the real units, with restarts on the way."""

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
        self.do(ageing.on_due, before.id)
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
            used: Request = self.do(using.claim, self.look().id, "RUN-1")
        except Conflict:
            return
        assert used.approved_until is not None
        assert now < used.approved_until

    @rule(outcome=st.sampled_from([Happening.EXECUTED, Happening.FAILED, Happening.UNKNOWN]))
    def report(self, outcome: Happening) -> None:
        before = self.look()
        try:
            self.do(using.report, before.id, outcome, "")
        except Conflict:
            assert before.status not in (Status.EXECUTING, Status.EXECUTION_UNKNOWN) or (
                (before.status, outcome) not in states.TABLE
            )

    @invariant()
    def it_moves_only_along_the_table_and_ends_once(self) -> None:
        request = self.look()
        path = [Status.PENDING, *(status_after(event) for event in self.happened() if event["kind"] in ENDS)]
        note(" ".join(path))
        allowed = {(start, end) for (start, _), end in states.TABLE.items()}
        assert all(step in allowed for step in pairwise(path))
        assert request.status is path[-1], "every change of status has its event"
        assert sum(states.is_final(status) for status in path) <= 1
        # What is said about it later counts as a version, and changes nothing else.
        as_it_is = request.model_copy(update={"version": 0})
        if self.ended is not None:
            assert self.ended == as_it_is, "what has ended changes no more"
        if states.is_final(request.status):
            self.ended = as_it_is

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
                    is_earned(request, level, said)

    @invariant()
    def nothing_waits_that_people_have_refused(self) -> None:
        request = self.look()
        asked = {seat.person: seat for seat in request.seats if seat.level <= request.level}
        no = [asked[vote.person] for vote in request.votes if vote.choice is Choice.REJECT]
        refused = len(no) >= request.rules.block or any(seat.veto for seat in no)
        assert not (request.is_pending and refused)

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

    @override
    def teardown(self) -> None:
        try:
            self.live_on()
            assert not self.look().is_pending, "silence has an end"
            self.it_moves_only_along_the_table_and_ends_once()
        finally:
            super().teardown()


@pytest.fixture(scope="module", autouse=True)
def template() -> Iterator[None]:
    """A database with its tables, made once and copied for each life."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(migrate.run(sqlite_url(Path(folder)), migrate.upgrade))
        Life.template = Path(folder) / "wardroom.db"
        yield


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Making a failing life short takes minutes; its steps are told as they are.
    phases=[Phase.reuse, Phase.generate],
)


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
        await store.transact(ageing.on_due, request.id)
        late = await store.transact(
            units.decide, request.id, PEOPLE["chi"], Choice.APPROVE, "", request.digest
        )
        assert late.refusal is not None
    assert decided.request == await store.read(records.get, request.id)
    with pytest.raises(Conflict):
        await store.transact(using.claim, request.id, "RUN-1")
    kinds = [event["kind"] for event in await store.read(events.history, request.id)]
    assert ["approval.requested", "approval.decided", "approval.closed"] == kinds


def _code(request: Request) -> str:
    assert request.final is not None
    return request.final.code
