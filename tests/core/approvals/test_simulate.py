from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import policy, simulate
from core.approvals.acts import Act, Doing
from core.approvals.config import Policy
from core.approvals.course import Asked, Course, End, Refused
from core.approvals.draft import Cast
from core.approvals.policy import Answer
from core.approvals.simulate import Play
from core.people.person import Person
from core.store.scratch import Scratch, scratch
from tests.core.approvals.people import PEOPLE, TEAMS
from tests.stores import START

CHANGE: dict[str, Any] = {
    "name": "production-change",
    "applies_to": "runbook",
    "when": 'subject.environment == "production"',
    "severity": "HIGH",
    "ask": [{"role": "sre"}, {"role": "security", "must": True}],
    "approvals": 2,
    "veto": [{"role": "security"}],
    "timeout": "12h",
    "escalation": [
        {"at": "75%", "add": [{"role": "manager"}]},
        {"at": "100%", "add": [{"role": "manager"}], "timeout": "1h"},
    ],
}
PRODUCTION = {"runbook": "restart-service", "environment": "production"}


@pytest.fixture
def house() -> Iterator[Scratch]:
    with scratch() as found:
        yield found


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def act(after: float, who: str, doing: Doing, reason: str = "") -> Act:
    return Act(hours(after), doing, PEOPLE[who], reason)


def cast(people: dict[str, Person] = PEOPLE, **changes: Any) -> Cast:
    policies = [Policy.model_validate(CHANGE | changes)]
    return Cast(people, TEAMS, lambda kind, subject, now: policy.evaluate(policies, kind, subject, now))


def played(house: Scratch, *acts: Act, among: Cast | None = None, **more: Any) -> Course:
    scene: dict[str, Any] = {
        "kind": "runbook",
        "subject": PRODUCTION,
        "asker": PEOPLE["dev"],
        "at": START,
    } | more
    return simulate.play(house, among or cast(), Play(acts=acts, **scene))


def test_silence_is_asked_reminded_widened_and_expires(house: Scratch) -> None:
    course = played(house)
    assert Answer.REQUIRE is course.verdict.answer
    assert [
        Asked(hours(0), 0, ("ana", "bo", "chi"), enough=True, first=("ana", "bo", "chi")),
        Asked(hours(9), 1, ("eve",), enough=True, first=("eve",)),
        Asked(hours(12), 2, (), enough=True),
    ] == list(course.asked)
    assert [(hours(6), ("ana", "bo", "chi")), (hours(10.8), ("ana", "bo", "chi", "eve"))] == [
        (reminder.after, reminder.people) for reminder in course.reminders
    ]
    assert End("EXPIRED", "EXPIRED", hours(13), "system") == course.end


def test_two_people_end_it_when_the_second_approves(house: Scratch) -> None:
    course = played(house, act(1, "ana", "approve"), act(2, "chi", "approve"))
    assert End("APPROVED", "APPROVED", hours(2), "chi") == course.end
    assert () == course.reminders
    assert "Chi approves" in [line for _, line in course.lines]


def test_what_nobody_has_to_decide_has_no_end(house: Scratch) -> None:
    course = played(house, subject={"environment": "staging"})
    assert (Answer.ALLOW, None, ()) == (course.verdict.answer, course.end, course.asked)


def test_an_approval_that_nobody_uses_lapses_if_one_looks_long_enough(house: Scratch) -> None:
    votes = (act(1, "ana", "approve"), act(2, "chi", "approve"))
    assert End("LAPSED", "LAPSED", hours(2.25), "system") == played(house, *votes, until=hours(3)).end
    used = played(house, *votes, act(2.1, "dev", "use"), key="used", until=hours(3))
    assert used.end is not None
    assert "EXECUTING" == used.end.status


def test_what_is_refused_is_told_with_its_code(house: Scratch) -> None:
    course = played(house, act(1, "dev", "approve"), act(2, "eve", "approve"), act(3, "dev", "use"))
    assert [
        Refused(hours(1), "dev", "OWN_REQUEST"),
        Refused(hours(2), "eve", "NOT_AN_APPROVER"),
        Refused(hours(3), "dev", "NOT_APPROVED"),
    ] == list(course.refused)


def test_a_question_nobody_could_answer_cannot_be_asked(house: Scratch) -> None:
    gone = PEOPLE | {"chi": PEOPLE["chi"].model_copy(update={"active": False})}
    course = played(house, among=cast(gone))
    assert End("REFUSED", "INVALID", timedelta()) == course.end


def test_people_who_are_away_are_asked_and_do_not_suffice(house: Scratch) -> None:
    course = played(house, away={"chi": hours(10), "bo": None})
    assert [False, False, True] == [asked.enough for asked in course.asked]
    assert any("Chi" not in line and "chi (away)" in line for _, line in course.lines)


def test_a_play_stops_where_it_is_told_to(house: Scratch) -> None:
    course = played(house, stop=hours(7))
    assert ([hours(6)], End("PENDING")) == ([it.after for it in course.reminders], course.end)


def test_the_requester_takes_it_back(house: Scratch) -> None:
    end = played(house, act(1, "dev", "withdraw", "not needed")).end
    assert end == End("WITHDRAWN", "WITHDRAWN", hours(1), "dev")


def test_plays_that_share_a_database_do_not_touch_each_other(house: Scratch) -> None:
    alone = played(house, key="one").lines
    played(house, act(1, "ana", "reject", "no"), key="two")
    assert alone == played(house, key="three").lines


def test_a_change_makes_it_another_thing_that_its_editor_does_not_decide_on(house: Scratch) -> None:
    acts = (
        act(1, "chi", "approve"),
        Act(hours(2), "change", PEOPLE["ana"], "a smaller one", {"size": "s"}),
        act(3, "ana", "approve"),
        act(4, "bo", "approve"),
        act(5, "chi", "approve"),
    )
    small = PRODUCTION | {"size": "l"}
    course = played(house, *acts, among=cast(changes=["size"]), subject=small)
    assert [Refused(hours(3), "ana", "OWN_REQUEST")] == list(course.refused)
    assert End("APPROVED", "APPROVED", hours(5), "chi") == course.end
    assert "Ana changes it: size l → s “a smaller one”" in [line for _, line in course.lines]
    assert course.request is not None
    assert "s" == course.request.subject["size"]


def test_what_may_not_be_changed_stays_as_it_was_asked(house: Scratch) -> None:
    other = Act(hours(1), "change", PEOPLE["ana"], "so", {"runbook": "rm"})
    course = played(house, other, act(2, "ana", "approve"), act(3, "chi", "approve"))
    assert [Refused(hours(1), "ana", "INVALID")] == list(course.refused)
    assert End("APPROVED", "APPROVED", hours(3), "chi") == course.end


def test_whoever_may_breaks_the_glass_and_nobody_else(house: Scratch) -> None:
    acts = (act(1, "bo", "break_glass", "it burns"), act(2, "eve", "break_glass", "it burns"))
    course = played(house, *acts, breakers=frozenset({"eve"}))
    assert [Refused(hours(1), "bo", "FORBIDDEN")] == list(course.refused)
    assert End("APPROVED", "BREAK_GLASS", hours(2), "eve") == course.end


def test_a_question_and_its_answer_are_told_and_decide_nothing(house: Scratch) -> None:
    acts = (
        act(1, "ana", "ask", "why now?"),
        act(2, "dev", "answer", "it leaks"),
        act(3, "dev", "answer", "so"),
    )
    course = played(house, *acts)
    said = [line for _, line in course.lines]
    assert said.index("Ana asks: “why now?”") < said.index("Dev answers: “it leaks”")
    assert [Refused(hours(3), "dev", "NOT_FOUND")] == list(course.refused)
    assert course.end is not None
    assert "EXPIRED" == course.end.status
