"""Whom an incident calls that belongs to nobody, is given to a team, or is opened again; nothing else may arrive."""

from pathlib import Path

import aiohttp

from core.incidents import records
from core.incidents.incident import State as Stage
from core.paging import records as pages
from core.paging.page import State
from tests.bot.web.api.house import World
from tests.stories.night import Night, night

DEV = "U0DEV"
GAP = "Nobody is paged: it has no service. /incident page INC-1 platform calls Ana Ruiz"
ANA = (("ana", "slack", "PG-1"), ("ana", "discord", "PG-1"))


def both(words: str) -> tuple[tuple[str, str, str], ...]:
    return (("#ops", "slack", words), ("#ops", "discord", words))


async def stage(told: Night) -> tuple[Stage, str]:
    incident = await told.house.store.read(records.get, "INC-1")
    return incident.state, incident.lead


async def test_a_grave_incident_that_belongs_to_nobody_says_so_and_what_pages_somebody(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 the office has no light")
        await told.hears(*both("INC-1"), *both("Nobody is paged: it has no service."))
        await told.slack.sees(DEV, "You declared INC-1", GAP)
        card = await told.slack.sees("C0OPS", "the office has no light", GAP)
        assert card.action("Page somebody…")
        await told.slack.command("U0ANA", "/incident", "update INC-1 still dark")
        await told.hears(*both("still dark"))
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "update INC-1 service=checkout it is checkout")
        await told.hears(*both("it is checkout"), *ANA, *both("PG-1 calls Ana Ruiz."))
        assert "Nobody is paged" not in (await told.slack.sees("C0OPS", "PG-1 calls")).words()


async def test_a_program_that_declares_one_is_told_that_nobody_is_paged(tmp_path: Path) -> None:
    async with night(tmp_path) as told, aiohttp.ClientSession() as session:
        dev = await World(told.house, session).program("dev")
        _, made = await dev.post("/incidents", {"title": "the office has no light", "severity": 1})
        assert "Nobody is paged: it has no service." in made["not_paged"]
        _, made = await dev.post("/incidents", {"title": "checkout is down", "severity": 1})
        assert "" == made["not_paged"]
        await told.forgets()


async def test_what_belongs_to_nobody_calls_whom_the_file_names_for_it(tmp_path: Path) -> None:
    def for_all_else(text: str) -> str:
        return f"{text}\npaging: {{escalation: platform}}\n"

    async with night(tmp_path, change=for_all_else) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 the office has no light")
        await told.hears(*both("INC-1"), *ANA, *both("PG-1 calls Ana Ruiz."))


async def test_naming_who_has_a_part_in_it_calls_nobody_anew(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
        await told.hears(*both("INC-1"), *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.slack.command("U0ANA", "/oncall", "done PG-1")
        await told.slack.sees("U0ANA", "PG-1 is over.")
        await told.slack.command("U0BO", "/incident", "role INC-1 scribe")
        await told.hears(*both("is scribe now"), ("bo", "slack", "You keep the notes of INC-1 now."))
        await told.passes(seconds=10)
        assert [State.OVER] == [one.state for one in await told.house.store.read(pages.lately)]


async def test_giving_an_incident_to_a_team_calls_who_is_on_call_there(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 the office has no light")
        await told.hears(*both("INC-1"), *both("Nobody is paged"))
        await told.passes(seconds=10)
        await told.slack.command("U0BO", "/incident", "assign INC-1 platform")
        await told.hears(*both("gave it to team platform"), *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.slack.sees("U0BO", "INC-1 belongs to team platform now. PG-1 calls Ana Ruiz.")
        await told.passes(seconds=10)
        await told.slack.clicks("U0ANA", told.last("ana"), "I take it")
        await told.hears(*both("Ana Ruiz acknowledged it"), ("ana", "slack", "You lead INC-1 now."))


async def test_what_is_in_hand_and_given_to_a_team_calls_it_beside_them(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV2 the office has no light")
        await told.passes(seconds=10)
        await told.slack.command("U0BO", "/incident", "ack INC-1")
        await told.forgets()
        await told.passes(seconds=10)
        await told.slack.command("U0BO", "/incident", "assign INC-1 platform")
        await told.hears(*both("gave it to team platform"), *ANA, *both("PG-1 calls Ana Ruiz."))
        assert (Stage.ACKNOWLEDGED, "bo") == await stage(told)


async def test_where_giving_it_to_a_team_calls_nobody_the_answer_says_why(tmp_path: Path) -> None:
    def with_security(text: str) -> str:
        return text.replace("teams:\n", "teams:\n  security: {members: [chi]}\n")

    async with night(tmp_path, change=with_security) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV4 the wiki is slow")
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "assign INC-1 platform")
        await told.slack.sees("U0ANA", "Nobody is paged: SEV4 calls nobody by itself.")
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "assign INC-1 security")
        await told.slack.sees("U0ANA", "Nobody in team security is paged: it has neither a schedule")
        await told.forgets()


async def test_whoever_is_on_call_and_opens_it_again_has_it_and_nobody_is_called(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "resolve INC-1 a cable")
        await told.forgets()
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "reopen INC-1 it is back")
        await told.hears(
            *both("Ana Ruiz reopened it: it is back"),
            *both("PG-2: Ana Ruiz is on call and has opened it again, so it is theirs"),
            *both("Ana Ruiz acknowledged it and leads."),
            ("ana", "slack", "You lead INC-1 now."),
        )
        assert (Stage.ACKNOWLEDGED, "ana") == await stage(told)
        page = await told.page("PG-2")
        assert (State.TAKEN, "ana") == (page.state, page.owner)
        await told.passes(minutes=59)
        await told.hears()
        await told.passes(minutes=1)
        await told.hears(
            *(("ana", "slack", "PG-2"), ("ana", "discord", "PG-2")),
            *both("PG-2 calls Ana Ruiz."),
            *both("nothing has happened since"),
        )


async def test_whoever_opens_it_again_and_is_not_on_call_is_not_called(tmp_path: Path) -> None:
    def together(text: str) -> str:
        return text.replace("- {schedule: primary, wait: 5m}", "- {team: platform, wait: 5m}")

    async with night(tmp_path, change=together) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "resolve INC-1 a cable")
        await told.forgets()
        await told.passes(seconds=30)
        await told.slack.command("U0BO", "/incident", "reopen INC-1 it is back")
        await told.hears(
            *both("Bo Lindqvist reopened it"),
            *(("ana", "slack", "PG-2"), ("ana", "discord", "PG-2")),
            *both("PG-2 calls Ana Ruiz."),
        )


async def test_what_is_watched_and_open_again_calls_anew_also_who_had_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
        await told.settles()
        await told.slack.command("U0ANA", "/oncall", "ack PG-1")
        await told.settles()
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "update INC-1 state=monitoring it is calm")
        await told.forgets()
        await told.passes(seconds=30)
        await told.slack.command("U0BO", "/incident", "reopen INC-1 it is back")
        await told.hears(
            *both("Bo Lindqvist reopened it"),
            *(("ana", "slack", "PG-2"), ("ana", "discord", "PG-2")),
            *both("PG-2 calls Ana Ruiz."),
        )
        assert State.OVER is (await told.page("PG-1")).state


async def test_whoever_answers_for_a_team_that_somebody_called_takes_the_incident_on(tmp_path: Path) -> None:
    def with_vault(text: str) -> str:
        text = text.replace("teams:\n", "teams:\n  security: {members: [chi]}\n")
        return text.replace("services:\n", "services:\n  vault: {owner: security}\n")

    async with night(tmp_path, change=with_vault) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV2 vault is sealed")
        await told.slack.sees(
            DEV,
            "Nobody is paged: team security, which owns vault, has neither a schedule nor an escalation. "
            "/incident page INC-1 security calls Chi Okafor; /incident page INC-1 platform calls Ana Ruiz.",
        )
        await told.forgets()
        await told.passes(seconds=10)
        await told.slack.command("U0BO", "/incident", "page INC-1 security")
        await told.forgets()
        await told.passes(seconds=10)
        await told.slack.clicks("U0CHI", told.last("chi"), "I take it")
        await told.hears(
            *both("Chi Okafor acknowledged it and leads."), ("chi", "slack", "You lead INC-1 now.")
        )
        assert (Stage.ACKNOWLEDGED, "chi") == await stage(told)


async def test_a_page_says_how_grave_its_incident_is_now(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
        await told.slack.sees("U0ANA", "PG-1", "SEV1 INC-1 checkout is down")
        await told.forgets()
        await told.slack.command("U0ANA", "/incident", "severity INC-1 SEV2 half of it works")
        await told.settles()
        await told.slack.sees("U0ANA", "PG-1", "SEV2 INC-1 checkout is down")
        await told.forgets()
        await told.slack.command("U0ANA", "/incident", "escalate INC-1")
        await told.slack.sees("U0BO", "PG-1", "SEV2 INC-1 checkout is down")
        assert "SEV2 INC-1 checkout is down" == (await told.page()).title
        await told.forgets()
