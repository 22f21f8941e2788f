"""Who cries for help because something is down is offered an incident, and no page of help."""

import pytest

from core.incidents import records
from handlers.talk.declaring import is_all_down
from tests.handlers.house import House, said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("i need help now, production is down", "“production is down”, SEV1"),
        ("help production is down", "“production is down”, SEV1"),
        ("site is down!!", "“site is down”, SEV1"),
        ("help! everything is dead", "“everything is dead”, SEV1"),
        ("checkout is down, help!", "“checkout is down”, SEV3, checkout"),
        ("can somebody help, payments is broken", "“payments is broken”, SEV3, payments"),
        ("omg the site is down, sev2", "“the site is down”, SEV2"),
        ("the help desk is down, help", "“the help desk is down”, SEV3"),
        ("help, nobody can pay", "“nobody can pay”, SEV3"),
    ],
)
async def test_what_is_down_is_offered_to_be_declared(house: House, words: str, shown: str) -> None:
    asked = said(await house.say("ana", words))
    assert "Declare an incident?" in asked
    assert shown in asked
    await house.say("ana", "yes")
    title = (await house.store.read(records.get, "INC-1")).title
    assert f"“{title}”" in shown


@pytest.mark.parametrize(
    "words", ["help", "i need help with approvals", "help me with runbooks", "can you help me?"]
)
async def test_who_wants_help_with_the_bot_gets_it(house: House, words: str) -> None:
    assert "Declare an incident?" not in said(await house.say("ana", words))


@pytest.mark.parametrize("words", ["the site is slow", "one host of production is down", "checkout is down"])
def test_a_part_of_it_is_not_all(words: str) -> None:
    assert not is_all_down(words)
