"""The last incident, asked for in words: the one that was declared last, of what was named."""

import pytest

from handlers.talk import incidents_asked
from tests.handlers.house import House, said, world


async def declared(house: House) -> None:
    """Three incidents, the newest of which is over."""
    await house.command("ana", "/incident declare service=checkout severity=1 checkout is down")
    await house.command("ana", "/incident declare service=payments severity=3 payments is slow")
    await house.command("ana", "/incident declare severity=3 mails are late")
    await house.command("ana", "/incident resolve INC-3 it was the cache")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("show the last incident", "INC-3"),
        ("when was the latest outage?", "INC-3"),
        ("what was the last incident of payments?", "INC-2"),
        ("show me the last open incident", "INC-2"),
        ("last sev1", "INC-1"),
        ("when did we last have a sev1 of checkout?", "INC-1"),
    ],
)
async def test_the_last_one_is_shown_whole(house: House, words: str, shown: str) -> None:
    await declared(house)
    assert f"/incident show {shown}" in (await house.say("bo", words)).hint


async def test_where_there_was_none_that_is_said(house: House) -> None:
    await declared(house)
    assert "There has been no incident (SEV2)." in said(await house.say("bo", "show the last sev2"))


@pytest.mark.parametrize(
    "words", ["show the last incident of nowhere", "what happened since the last incident"]
)
def test_what_is_no_such_question_is_left_to_others(words: str) -> None:
    assert incidents_asked.last(world(), words) is None


async def test_a_list_of_two_severities_is_refused(house: House) -> None:
    card = await house.command("ana", "/incident list sev1 severity=sev2")
    assert "No incident is of SEV1 and of sev2 at once." in said(card)
    assert "Incidents:" in (await house.command("ana", "/incident list sev1 severity=1")).title
