"""Words about shifts: read as what is done with a schedule, and never as what is done with a page."""

import pytest

from core.errors import Invalid
from core.world import World
from handlers.inbound import Message
from handlers.registry import REGISTRY
from handlers.talk import reading, shifts
from tests.handlers.house import HERE, House, actor, said
from tests.handlers.oncall.test_shifts import watched


@pytest.fixture(scope="module")
def known() -> World:
    return watched()


@pytest.mark.parametrize(
    ("words", "person", "span"),
    [
        ("ana takes over for me until 9pm", "ana", "now/21:00"),
        ("Bo covers my shift for 2 hours", "Bo", "2h"),
        ("put ana on call until 12:30 am", "ana", "now/00:30"),
        ("please put bo on-call for the platform team for 30 min", "bo", "30m"),
        ("I take the on-call until 22:00", "me", "now/22:00"),
        ("override platform ana 2h", "ana", "2h"),
    ],
)
def test_who_is_on_call_for_a_time_is_an_override(known: World, words: str, person: str, span: str) -> None:
    assert {"team": "platform", "person": person, "span": span} == shifts.stands_in(known, words)


@pytest.mark.parametrize(
    "words",
    [
        "ana takes over for me",
        "ana takes over for me until 9",
        "nobody takes over for me until 9pm",
        "put ana on call for the moon team until 9pm",
        "ana takes PG-1 until 9pm",
    ],
)
def test_without_a_person_a_team_or_a_time_it_is_none(known: World, words: str) -> None:
    assert shifts.stands_in(known, words) is None


def test_shifts_are_exchanged_with_somebody(known: World) -> None:
    assert {"team": "platform", "person": "bo"} == shifts.exchanges(known, "swap my next shift with @bo")


@pytest.mark.parametrize(
    "words", ["take my shift", "ana takes over for me", "who takes the on-call tonight then"]
)
def test_words_about_shifts_never_lead_to_a_page(known: World, words: str) -> None:
    message = Message(key="t:1", actor=actor("ana"), place=HERE, text=words, addressed=True)
    with pytest.raises(Invalid) as refused:
        reading.understand(known, REGISTRY, message)
    assert shifts.HOW == refused.value.mend


async def test_it_is_shown_before_it_is_done(house: House) -> None:
    house.world = watched()
    asked = said(await house.say("ana", "bo takes over for me for 2h"))
    assert "/oncall override platform bo 2h" in asked
    assert "Nothing was done yet" in asked
    assert "Bo" in said(await house.say("ana", "yes"))
    assert "@Bo" in said(await house.say("ana", "who is on call?")).splitlines()[2].split("2026")[0]
    assert "@Bo" in said(await house.say("ana", "am I on call on monday?")).splitlines()[2].split("2026")[0]
