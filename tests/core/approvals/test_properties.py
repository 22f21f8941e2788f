"""What holds for every request, whatever people, time and crashes do to it: random lives on a real store."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import note
from hypothesis.stateful import invariant
from typing_extensions import override

from core.approvals import records, states, units
from core.approvals.ageing import units as ageing
from core.approvals.request import Ask, Choice, Request, Status, Terms, Vote
from core.approvals.settling import units as settling
from core.approvals.tally import Outcome, count
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict
from core.notify import units as notices
from core.store import events
from core.store.engine import Store
from tests.core.approvals.life import TRUSTED, Doings
from tests.core.approvals.lives import ENDS, is_earned, lives, status_after
from tests.core.approvals.people import PEOPLE, TEAMS, draft


class Life(Doings):
    """What must be true of a life at any moment."""

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
                case "approval.closed", {"status": "APPROVED", "code": "AUTO_APPROVED"}:
                    self.is_left_to_silence(request, event, said)
                case "approval.closed", {"status": "APPROVED"}:
                    is_earned(request, level, said)

    def is_left_to_silence(self, request: Request, event: dict[str, Any], said: dict[str, str]) -> None:
        """The one path from silence to an approval, looked at by hand."""
        assert request.rules.silence is not None
        assert "NORMAL" == request.priority
        assert {"SMALL"} == {finding.code for finding in request.rules.findings}
        assert Choice.REJECT not in said.values()
        assert event["actor"].startswith("policy:")
        assert self.do(notices.has_reached, request.id)
        assert timedelta() <= event["at"] - TRUSTED <= timedelta(minutes=15)

    @invariant()
    def nothing_outlives_what_it_is_good_for(self) -> None:
        request = self.look()
        until = request.rules.valid_until
        if until is not None:
            assert request.expires <= until
            assert request.approved_until is None or request.approved_until <= until

    @invariant()
    def an_agreement_is_one(self) -> None:
        request = self.look()
        if request.takes_effect is not None:
            assert request.is_pending
            assert Outcome.APPROVED is settling.tally_of(request).outcome

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


TestLife = Life.TestCase
TestLife.settings = lives(40)


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
