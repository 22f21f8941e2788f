"""What people, programs, time and crashes do to one request: the steps of a random life on a real store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from core.approvals import states, units
from core.approvals.ageing import units as ageing
from core.approvals.draft import Decided, Draft
from core.approvals.request import Ask, Choice, Request, Status, Terms
from core.approvals.states import Happening
from core.approvals.succession import units as succession
from core.approvals.using import units as using
from core.errors import AlreadyFinal, Conflict, Forbidden, Invalid
from core.notify import units as notices
from core.store import deadlines, leases
from core.store.engine import Unit
from tests.core.approvals.lives import SMALL, OneRequest, terms
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START

VOTERS = ("ana", "bo", "chi", "dev", "eve", "rex")
_FORGED = "f" * 64
_EVERYBODY = tuple(Ask(role=role) for role in ("sre", "security", "developer"))


_ONE = Terms(ask=_EVERYBODY)
# Shortly before the first of the deadlines; a life that is extended finds it too old.
TRUSTED = START + timedelta(minutes=50)


def _trusted(wish: Draft) -> Draft:
    agent = {"trust_score": 0.9, "as_of": TRUSTED.isoformat()}
    return replace(wish, subject=wish.subject | {"agent": agent}, findings=(SMALL,))


class Doings(OneRequest):
    """One request from its question to its end, by way of the real units, with restarts on the way."""

    @initialize(
        terms=terms, by=st.sampled_from(["dev", "rex", "ana"]), first=st.sampled_from(["", "agree", "hear"])
    )
    def ask(self, terms: Terms, by: str, first: str) -> None:
        self.by = by
        try:
            self.wish = _trusted(draft(by=by, terms=terms))
            self.request = self.do(units.ask, self.wish, PEOPLE, TEAMS)
        except Invalid:  # terms that these people can never meet are refused at once
            easy = terms.model_copy(update={"ask": _EVERYBODY, "approvals": 1})
            self.wish = _trusted(draft(by=by, terms=easy))
            self.request = self.do(units.ask, self.wish, PEOPLE, TEAMS)
        # Most lives would else be over before anybody has agreed to anything.
        if first == "agree":
            self.those_who_are_asked_agree("so")
        elif first == "hear":
            self.somebody_hears_of_it()
            for _ in range(6):
                self.nothing_happens_until_something_is_due()

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice), reason=st.sampled_from(["", "so"]))
    def vote(self, who: str, choice: Choice, reason: str) -> None:
        before = self.look()
        decided: Decided = self.do(
            units.decide, before.id, PEOPLE[who], choice, reason, before.digest, via="test"
        )
        asked_first = who in before.rules.excluded or not PEOPLE[who].is_human
        assert not (asked_first and decided.refusal is None), f"{who} may not decide"

    @rule(reason=st.sampled_from(["", "so"]))
    def those_who_are_asked_agree(self, reason: str) -> None:
        before = self.look()
        for seat in before.seats:
            if seat.level <= before.level:
                digest = before.digest
                self.do(units.decide, before.id, PEOPLE[seat.person], Choice.APPROVE, reason, digest)

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
        self.lives_through(timedelta(minutes=minutes))
        if served:
            self.serve()

    @rule(minutes=st.sampled_from([1, 45, 180]))
    def nobody_of_ours_is_there(self, minutes: int) -> None:
        """An outage: nobody says that they are alive, and nothing is served until it is over."""
        self.do(leases.beat, timedelta(seconds=8))
        self.clock.advance(timedelta(minutes=minutes))
        self.serve()

    @rule(dies=st.booleans())
    def ask_instead(self, *, dies: bool) -> None:
        """Another question takes the place of this one, or the house dies in the middle of that."""
        before = self.look()

        def replaces(unit: Unit) -> None:
            old = succession.replaceable(unit, before.id, before.requester)
            key = f"instead-{before.version}"
            wish = draft(key=key, by=self.by, terms=_ONE, title=key)
            new = units.ask(unit, replace(wish, supersedes=old.id), PEOPLE, TEAMS)
            succession.replace(unit, old, new)
            if dies:
                raise RuntimeError("power cut")

        try:
            self.do(replaces)
        except AlreadyFinal:
            return
        except RuntimeError:
            assert before == self.look()
            return
        assert Status.SUPERSEDED is self.look().status

    @rule()
    def somebody_hears_of_it(self) -> None:
        request = self.look()
        occasion = notices.Occasion(request.id, "requested", request.digest, request.expires)
        self.do(notices.heard, occasion, "ana")

    @rule()
    def nothing_happens_until_something_is_due(self) -> None:
        due = self.do(deadlines.earliest)
        if due is not None:
            self.lives_through(max(timedelta(), due - self.clock.now()))
            self.serve()

    @rule(outcome=st.sampled_from([Happening.EXECUTED, Happening.FAILED]))
    def somebody_looks(self, outcome: Happening) -> None:
        before = self.look()
        try:
            self.do(using.reconcile, before.id, outcome, PEOPLE["eve"], "seen")
        except Conflict:
            return
        assert self.look().status in (Status.EXECUTED, Status.EXECUTION_FAILED)

    @rule()
    def a_part_is_done(self) -> None:
        before = self.look()
        try:
            self.do(using.progress, before.id, "a half")
        except Conflict:
            return
        assert Status.EXECUTING is self.look().status

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
            used: Request = self.do(using.claim, self.look().id, "ex_1", awaits_report=True)
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
