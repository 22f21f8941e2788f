from datetime import UTC, datetime, timedelta

import pytest

from core.oncall.calendars.calendar import Event
from core.oncall.calendars.matching import Names
from core.people.person import Person

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = (
    Person(id="ana", name="Ana Ruiz", email="ana@acme.test"),
    Person(id="bo", name="Bo Lindqvist", email="bo@acme.test"),
    Person(id="ana2", name="Ana Maria", email="am@acme.test"),
    Person(id="gone", name="Gone Person", active=False),
    Person(id="rex", name="Rex", kind="agent", owner="ana"),
)


def meant(*who: str, aliases: dict[str, str] | None = None) -> str:
    return Names(PEOPLE, aliases or {}).person(Event(NOW, NOW + timedelta(hours=1), who))


@pytest.mark.parametrize(
    ("title", "person"),
    [
        ("ana", "ana"),
        ("ANA RUIZ", "ana"),
        ("Ana  Ruiz", "ana"),
        ("bo@acme.test", "bo"),
        ("Bo Lindqvist, on call for platform", "bo"),
        ("Bo Lindqvist is on call", "bo"),
        ("[L1] bo", "bo"),
        ("ana - primary", "ana"),
        ("Primary: Ana Maria", "ana2"),
        ("On call (bo@acme.test)", "bo"),
        ("Ana Ruiz / Bo Lindqvist", ""),
        ("xbo@acme.test", ""),
        ("bo@acme.test.evil.test", ""),
        ("Ana", "ana"),
        ("Anabel", ""),
        ("Gone Person", ""),
        ("Rex", ""),
        ("", ""),
    ],
)
def test_a_title_means_the_one_person_whom_it_names(title: str, person: str) -> None:
    assert person == meant(title)


def test_an_address_goes_before_the_title() -> None:
    assert "bo" == meant("bo@acme.test", "Ana Ruiz")


def test_the_file_says_who_is_meant_by_a_word() -> None:
    assert "" == meant("The boss")
    assert "bo" == meant("The boss, all week", aliases={"the boss": "bo"})
    assert "" == meant("The boss", aliases={"the boss": "gone"})
