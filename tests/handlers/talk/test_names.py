"""Who somebody is, who is in a team, and which teams and environments there are: asked in words."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from handlers.talk.names import asked
from tests.handlers.house import House, said, world


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("who is bo?", {"whom": "bo"}),
        ("whos Ana", {"whom": "Ana"}),
        ("which team is bo in", {"whom": "bo"}),
        ("who is in the platform team", {"whom": "platform"}),
        ("which teams are there?", {}),
        ("what teams do we have", {}),
        ("who is checkout?", None),
        ("who is on call", None),
        ("who is away", None),
        ("who is on", None),
        ("who are you", None),
        ("which environments are there", None),
    ],
)
def test_whom_is_asked_about(text: str, means: dict[str, str] | None) -> None:
    assert means == asked(world(), text)


async def test_who_somebody_is_is_told_without_their_addresses(house: House, clock: ManualClock) -> None:
    told = said(await house.say("gus", "who is bo?"))
    assert "Bo (bo): team platform, roles sre, not on call now." in told
    assert "U0BO" not in told
    await house.command("bo", "/approvals away 2d")
    clock.advance(timedelta(hours=1))
    assert "away until 2026-03-04 09:00 UTC" in said(await house.command("gus", "/oncall who bo"))
    assert "I know nobody called “zed”." in said(await house.command("gus", "/oncall who zed"))


async def test_who_is_not_known_is_not_told_how_the_services_are(house: House) -> None:
    assert "I do not know that." in said(await house.say("ana", "who is zebulon?"))
    assert "Bo (bo)" in said(await house.say("ana", "who is <@U0BO>?"))


async def test_whoever_is_nearly_called_so_is_offered(house: House) -> None:
    asked = await house.say("ana", "who is bob?")
    assert "I know nobody called “bob”. Did you mean Bo?" in said(asked)
    assert "Bo (bo): team platform" in said(await house.press("ana", asked, "Show Bo"))
    assert "Did you mean Bo?" in said(await house.say("ana", "who is bobb"))


async def test_which_teams_and_environments_there_are(house: House) -> None:
    assert "platform: Ana, Bo; on call: nobody." in said(await house.say("gus", "which teams are there"))
    assert "Environments: production, staging." in said(
        await house.say("gus", "which environments are there")
    )
