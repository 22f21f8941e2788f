"""The same random lives with everything that is neither yes nor no: changes, acting alone, questions."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from typing_extensions import override

from core.approvals import units
from core.approvals.amending.units import Edit, amend
from core.approvals.draft import Decided
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.request import Choice, Status, Terms
from core.approvals.talking import units as talking
from core.approvals.using import units as using
from core.errors import Conflict, NotFound, StaleDigest, TooMany
from tests.core.approvals.life import VOTERS
from tests.core.approvals.lives import is_earned, lives, terms
from tests.core.approvals.people import PEOPLE
from tests.core.approvals.test_amending import cast
from tests.core.approvals.test_properties import Life

_TITLES = ("a", "b", "c", "denied")
_HOUSE = cast(
    {
        "name": "tight",
        "applies_to": "runbook",
        "when": "subject.title == 'b'",
        "ask": [{"role": "manager", "must": True}],
        "approvals": 2,
        "severity": "HIGH",
    },
    {"name": "halt", "applies_to": "runbook", "effect": "deny", "when": "subject.title == 'denied'"},
)


class Beyond(Life):
    """A life in which people also change what is asked, act alone and talk."""

    @initialize(
        terms=terms.map(lambda made: made.model_copy(update={"changes": ("title",)})),
        by=st.sampled_from(["dev", "rex", "ana"]),
        first=st.sampled_from(["", "agree", "hear"]),
    )
    @override
    def ask(self, terms: Terms, by: str, first: str) -> None:
        super().ask(terms, by, first)

    @rule(who=st.sampled_from(VOTERS), title=st.sampled_from(_TITLES))
    def change(self, who: str, title: str) -> None:
        before = self.look()
        edit = Edit(before.subject | {"title": title}, "better so")
        decided: Decided = self.do(amend, before.id, PEOPLE[who], edit, _HOUSE)
        after = self.look()
        if decided.refusal is not None:
            assert (before.digest, before.votes) == (after.digest, after.votes)
            return
        assert title != "denied", "a policy forbids it"
        assert after.digest != before.digest
        assert () == after.votes
        assert who in after.rules.excluded
        assert after.seat_of(who) is None
        assert (after.rules.needed, after.rules.block) >= (before.rules.needed, 1)
        assert after.rules.block <= before.rules.block
        assert set(before.rules.must) <= set(after.rules.must)
        assert set(before.rules.excluded) <= set(after.rules.excluded)
        if before.level == after.level:
            assert before.expires == after.expires

    @rule(who=st.sampled_from(VOTERS), choice=st.sampled_from(Choice))
    def vote_on_what_was_asked_before(self, who: str, choice: Choice) -> None:
        """Whoever still has the first card open decides nothing once it was changed."""
        now = self.look()
        if now.amended is None or now.asked == now.digest:
            return
        decided: Decided = self.do(units.decide, now.id, PEOPLE[who], choice, "so", now.asked)
        assert decided.refusal is not None
        assert now.votes == self.look().votes

    @rule(who=st.sampled_from(VOTERS), again=st.booleans())
    def act_alone(self, who: str, *, again: bool) -> None:
        before = self.look()
        others = (PEOPLE["eve"], PEOPLE["chi"])
        custom = Custom(again=again, others=others)
        decided: Decided = self.do(break_glass, before.id, PEOPLE[who], Emergency("it burns"), _HOUSE, custom)
        if decided.refusal is None:
            assert before.is_pending
            assert PEOPLE[who].is_human
            assert who not in before.rules.excluded
            assert Status.APPROVED is decided.request.status

    @rule(who=st.sampled_from(VOTERS), what=st.sampled_from(["comment", "ask", "answer"]))
    def talk(self, who: str, what: str) -> None:
        before = self.look()
        try:
            match what:
                case "comment":
                    self.do(talking.comment, before.id, PEOPLE[who], "hm")
                case "ask":
                    self.do(talking.ask, before.id, PEOPLE[who], "why?", PEOPLE)
                case _:
                    self.do(talking.answer, before.id, PEOPLE[who], "so")
        except (Conflict, NotFound, TooMany):
            return
        after = self.look()
        assert (before.digest, before.votes, before.rules) == (after.digest, after.votes, after.rules)
        if what != "ask":
            assert before.model_copy(update={"version": after.version}) == after

    @rule()
    def use_what_was_shown(self) -> None:
        now = self.look()
        try:
            self.do(using.claim, now.id, "RUN-1", now.asked)
        except StaleDigest:
            assert now.digest != now.asked
        except Conflict:
            return
        else:
            assert now.digest == now.asked

    @invariant()
    @override
    def only_enough_yeses_of_those_who_were_asked_approve(self) -> None:
        request = self.look()
        level, alone = 0, ""
        said: dict[str, str] = {}
        for event in self.happened():
            match event["kind"], event["data"]:
                case "approval.escalated", data:
                    level = data["level"]
                case "approval.amended", _:
                    said = {}
                case "approval.glass_broken", _:
                    alone = event["actor"]
                case "approval.decided", data:
                    said[event["actor"]] = data["choice"]
                case "approval.closed", {"status": "APPROVED", "code": "BREAK_GLASS"}:
                    assert alone == event["actor"], "never but by the one who said so"
                case "approval.closed", {"status": "APPROVED", "code": "AUTO_APPROVED"}:
                    self.is_left_to_silence(request, event, said)
                case "approval.closed", {"status": "APPROVED"}:
                    is_earned(request, level, said)


TestBeyond = Beyond.TestCase
TestBeyond.settings = lives(30)
