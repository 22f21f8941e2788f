"""Past requests under other policies. The past is played on a scratch database, by the units that made it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.approvals import policy, simulate, units
from core.approvals.ageing import units as ageing
from core.approvals.amending.units import Edit, amend
from core.approvals.config import Policy
from core.approvals.course import Course
from core.approvals.draft import Cast
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.request import Ask, Choice, Terms
from core.approvals.simulate import Play
from core.approvals.talking import units as talking
from core.approvals.trials.replay import Replayed, Stored, again, is_of_a_policy
from core.approvals.using import units as using
from core.store import deadlines
from core.store.engine import Unit
from core.store.scratch import Scratch, scratch
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START

BEFORE: dict[str, Any] = {
    "name": "change",
    "applies_to": "runbook",
    "severity": "HIGH",
    "ask": [{"role": "sre"}, {"role": "security"}],
    "approvals": 2,
    "timeout": "4h",
    "remind": ["50%"],
    "escalation": [{"at": "75%", "add": [{"role": "manager"}]}],
}
MONTH = timedelta(days=30)


@pytest.fixture
def past() -> Iterator[Scratch]:
    with scratch() as found:
        yield found


def after(**span: float) -> datetime:
    return START + timedelta(**span)


def asked(past: Scratch, by: str = "dev") -> str:
    found = policy.evaluate([Policy.model_validate(BEFORE)], "runbook", {}, START)
    assert found.terms is not None
    wish = draft(by=by, terms=found.terms)
    return past.run(START, units.ask, wish, PEOPLE, TEAMS).id


def says(past: Scratch, at: datetime, who: str, choice: Choice, request: str = "AP-1") -> None:
    shown = past.run(at, simulate.recorded, request).request
    assert shown is not None
    past.run(at, units.decide, request, PEOPLE[who], choice, "so", shown.digest)


def served(past: Scratch, at: datetime) -> None:
    def serve(unit: Unit) -> None:
        for due in deadlines.due(unit):
            deadlines.take(unit, due)
            ageing.on_due(unit, due.ref)

    past.run(at, serve)


def replayed(past: Scratch, now: datetime | None = None, **changes: Any) -> Replayed:
    policies = [Policy.model_validate(BEFORE | changes)]
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, at: policy.evaluate(policies, kind, subject, at))
    course = past.run(START, simulate.recorded, "AP-1")
    assert course.request is not None
    stored = Stored(
        course.request,
        course,
        past.run(START, simulate.acts_of, "AP-1", PEOPLE),
        past.run(START, simulate.first_subject, "AP-1"),
    )
    with scratch() as present:

        def player(scene: Play) -> Course:
            return simulate.play(present, cast, scene)

        return again(player, PEOPLE, stored, now or START + MONTH)


def differing(found: Replayed) -> dict[str, tuple[str, str]]:
    return {each.what: (each.expected, each.got) for each in found.differences}


def test_the_same_policy_gives_the_same_course(past: Scratch) -> None:
    asked(past)
    says(past, after(minutes=10), "ana", Choice.ABSTAIN)
    says(past, after(minutes=20), "ana", Choice.APPROVE)
    says(past, after(minutes=30), "chi", Choice.APPROVE)
    past.run(after(minutes=31), using.claim, "AP-1", "RUN-1")
    assert {} == differing(replayed(past))


def test_what_a_house_that_was_down_did_late_is_no_difference(past: Scratch) -> None:
    asked(past)
    served(past, after(hours=9))
    assert {} == differing(replayed(past))


def test_a_request_that_is_still_open_is_played_until_now(past: Scratch) -> None:
    asked(past)
    served(past, after(hours=2))
    assert {} == differing(replayed(past, after(hours=2, minutes=30)))


def test_what_was_taken_back_is_taken_back_again(past: Scratch) -> None:
    asked(past)
    past.run(after(minutes=5), units.withdraw, "AP-1", PEOPLE["dev"], "never mind")
    assert {} == differing(replayed(past))


def test_a_stricter_policy_shows_what_would_not_have_passed(past: Scratch) -> None:
    asked(past)
    says(past, after(minutes=10), "ana", Choice.APPROVE)
    says(past, after(minutes=20), "bo", Choice.APPROVE)
    found = differing(replayed(past, ask=[{"role": "sre"}, {"role": "security", "must": True}]))
    assert ("none", "security") == found["must"]
    assert ("0m ana, bo, chi", "0m ana, bo, chi; 3h eve") == found["asked"]
    assert ("APPROVED at 20m", "EXPIRED at 4h") == found["end"]


def test_a_looser_policy_shows_that_nobody_would_have_been_asked(past: Scratch) -> None:
    asked(past)
    says(past, after(minutes=10), "ana", Choice.REJECT)
    found = differing(replayed(past, when="subject.title == 'another'"))
    assert {"outcome": ("REQUIRE", "ALLOW"), "end": ("REJECTED at 10m", "nobody was asked")} == found


def test_a_policy_that_nobody_could_meet_shows_that_it_could_not_be_asked(past: Scratch) -> None:
    asked(past)
    says(past, after(minutes=10), "ana", Choice.REJECT)
    assert "REFUSED (INVALID) at 0m" == differing(replayed(past, approvals=5))["end"][1]


def test_veto_and_number_of_noes_are_compared(past: Scratch) -> None:
    asked(past)
    found = differing(replayed(past, START, veto=[{"role": "security"}], rejections_to_block=2))
    assert {"veto": ("none", "chi"), "rejections to block": ("1", "2")} == found


def test_whoever_owns_the_program_that_asked_is_left_out_again(past: Scratch) -> None:
    asked(past, by="rex")
    assert {} == differing(replayed(past, START))


def test_what_no_policy_asked_for_is_told_apart(past: Scratch) -> None:
    step = past.run(START, units.ask, draft(terms=Terms(ask=(Ask(role="sre"),))), PEOPLE, TEAMS)
    assert not is_of_a_policy(step)


def test_a_change_a_question_and_the_glass_are_played_again(past: Scratch) -> None:
    found = policy.evaluate([Policy.model_validate(BEFORE | {"changes": ["title"]})], "runbook", {}, START)
    assert found.terms is not None
    past.run(START, units.ask, draft(terms=found.terms), PEOPLE, TEAMS)
    says(past, after(minutes=5), "chi", Choice.APPROVE)
    past.run(after(minutes=10), talking.ask, "AP-1", PEOPLE["bo"], "why now?", PEOPLE)
    policies = [Policy.model_validate(BEFORE | {"changes": ["title"]})]
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, at: policy.evaluate(policies, kind, subject, at))
    before = past.run(START, simulate.recorded, "AP-1").request
    assert before is not None
    edit = Edit(before.subject | {"title": "a smaller one"}, "so")
    assert past.run(after(minutes=15), amend, "AP-1", PEOPLE["ana"], edit, cast).changed
    assert before.subject == past.run(START, simulate.first_subject, "AP-1")
    alone = Emergency("it burns")
    assert past.run(after(minutes=20), break_glass, "AP-1", PEOPLE["eve"], alone, cast, Custom()).changed
    assert {} == differing(replayed(past, changes=["title"]))
    forbidden = replayed(past, changes=["title"], break_glass={"allowed": False})
    assert {"asked", "end"} == set(differing(forbidden))


def test_a_review_is_asked_by_no_policy(past: Scratch) -> None:
    asked(past)
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, at: policy.evaluate([], kind, subject, at))
    past.run(after(minutes=20), break_glass, "AP-1", PEOPLE["eve"], Emergency("it burns"), cast, Custom())
    review = past.run(START, simulate.recorded, "AP-2").request
    assert review is not None
    assert review.is_review
    assert not is_of_a_policy(review)
