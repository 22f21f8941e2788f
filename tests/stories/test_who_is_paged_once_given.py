"""Whom an incident calls that is given to a team that is called already, or taken off it; nothing else may arrive."""

from pathlib import Path

from core.incidents import units as incidents
from core.paging import records as pages
from core.paging.page import Origin, State
from tests.stories.night import Night, night
from tests.stories.test_who_is_paged import ANA, DEV, both

DARK = "declare severity=SEV1 the office has no light"


def with_security(text: str) -> str:
    text = text.replace("teams:\n", "teams:\n  security: {members: [chi]}\n")
    return text.replace("services:\n", "services:\n  vault: {owner: security}\n")


async def says(told: Night, who: str, words: str) -> None:
    await told.slack.command(who, "/incident", words)
    await told.settles()


async def test_a_team_that_somebody_called_is_not_called_again_once_the_incident_is_theirs(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await says(told, DEV, DARK)
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "page INC-1 platform")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "assign INC-1 platform")
        await told.hears(*both("gave it to team platform"))
        await told.slack.sees("U0BO", "INC-1 belongs to team platform now. PG-1 calls Ana Ruiz.")
        await told.passes(seconds=10)
        await says(told, "U0BO", "update INC-1 still dark")
        await told.hears(*both("still dark"))
        assert Origin.INCIDENT is (await told.page()).origin
        await told.passes(seconds=10)
        await says(told, "U0BO", "ack INC-1")
        assert (State.TAKEN, "bo") == ((await told.page()).state, (await told.page()).owner)
        await told.forgets()


async def test_who_was_called_by_hand_is_not_called_again_by_the_rules(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await says(told, DEV, DARK)
        await told.passes(seconds=10)
        await says(told, "U0BO", "page INC-1 platform")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "update INC-1 service=checkout it is checkout")
        await told.hears(*both("it is checkout"))
        await told.passes(seconds=10)
        await says(told, "U0ANA", "escalate INC-1")
        assert "PG-1" in told.last("bo").words()
        await told.forgets()


async def test_a_team_that_it_is_taken_off_is_called_no_more_and_the_gap_is_said(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await says(told, DEV, DARK)
        await told.passes(seconds=10)
        await says(told, "U0BO", "assign INC-1 platform")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "assign INC-1 nobody")
        await told.hears(
            *both("took it off team platform"),
            *both("Nobody is paged: it has no service."),
            *(("ana", way, "PG-1") for way in ("slack", "discord")),
        )
        await told.slack.sees("U0BO", "INC-1 belongs to nobody now. Nobody is paged: it has no service.")
        assert State.OVER is (await told.page()).state
        await told.passes(minutes=6)
        await told.hears()


async def test_what_is_taken_off_a_team_calls_the_team_of_its_service(tmp_path: Path) -> None:
    async with night(tmp_path, change=with_security) as told:
        await says(told, DEV, "declare severity=SEV1 checkout is down")
        await told.hears(*both("INC-1"), *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.passes(seconds=10)
        await says(told, "U0BO", "page INC-1 security")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "assign INC-1 security")
        await told.slack.sees("U0BO", "INC-1 belongs to team security now. PG-2 calls Chi Okafor.")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "assign INC-1 nobody")
        await told.slack.sees("U0BO", "which owns checkout now. PG-")
        assert State.OVER is (await told.page("PG-2")).state
        calling = await told.page("PG-1")
        calling = calling if calling.state is State.CALLING else await told.page("PG-3")
        assert (State.CALLING, "platform") == (calling.state, calling.plan.name)
        await told.forgets()


async def test_a_gap_is_said_once_whoever_is_on_call_meanwhile_and_again_where_it_is_new(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await says(told, DEV, DARK)
        await told.hears(*both("INC-1"), *both("Nobody is paged: it has no service."))
        for number in range(210):
            await told.house.store.transact(incidents.note, "INC-1", "quote", "Dev", f"look {number}")
        await told.passes(hours=7)  # Bo is on call by now
        await told.forgets()
        await says(told, "U0BO", "update INC-1 still dark")
        await told.hears(*both("still dark"))
        await told.passes(seconds=10)
        await says(told, "U0BO", "resolve INC-1 a fuse")
        await told.forgets()
        await told.passes(seconds=10)
        await says(told, "U0BO", "reopen INC-1 dark again")
        await told.hears(*both("dark again"), *both("Nobody is paged: it has no service."))


async def test_what_somebody_said_is_done_calls_nobody_anew_because_of_news_of_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await says(told, DEV, "declare severity=SEV1 service=checkout it only looks dark")
        await told.slack.command("U0ANA", "/oncall", "done PG-1")
        await told.settles()
        await says(told, "U0ANA", "update INC-1 it was the lamp")
        await told.forgets()
        assert [] == await told.house.store.read(pages.open_now, 10)
        await says(told, "U0ANA", "severity INC-1 SEV2 it is more than the lamp")
        assert ["PG-2"] == [one.id for one in await told.house.store.read(pages.open_now, 10)]
        await told.forgets()
