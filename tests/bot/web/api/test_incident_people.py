"""Incidents over HTTP: who has which part, whose it is, and which state takes which permission."""

from pathlib import Path
from typing import Any

from core.store import outbox
from tests.bot.web.api.house import serving

ONE = "/incidents/INC-1"


def _told(answer: tuple[int, Any], name: str) -> tuple[int, Any]:
    return answer[0], answer[1][name]


async def test_parts_are_given_and_taken_away(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "checkout is slow", "service": "checkout"})
        status, told = await ana.post(f"{ONE}/roles", {"role": "commander", "person": "bo"})
        assert (200, "bo", "open") == (status, told["lead"], told["state"])
        _, told = await ana.post(f"{ONE}/roles", {"role": "commander", "person": None})
        assert told["lead"] == ""
        assert 404 == (await ana.post(f"{ONE}/roles", {"role": "scribe", "person": "nobody"}))[0]
        assert 400 == (await ana.post(f"{ONE}/roles", {"role": "boss", "person": "bo"}))[0]
        assert 409 == (await ana.post(f"{ONE}/roles", {"role": "scribe", "person": None}))[0]


async def test_it_belongs_to_one_person_or_one_team(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "checkout is slow"})
        assert (200, "bo") == _told(await ana.post(f"{ONE}/assign", {"person": "bo"}), "owner")
        team = next(iter(world.house.world.teams))
        status, told = await ana.post(f"{ONE}/assign", {"team": team})
        assert (200, team, "PG-1", "") == (status, told["team"], told["page"], told["not_paged"])
        _, told = await ana.post(f"{ONE}/assign", {"team": "security"})
        assert ("", True) == (told["page"], "neither a schedule nor an escalation" in told["not_paged"])
        assert (200, "") == _told(await ana.post(f"{ONE}/assign", {"person": None}), "team")
        assert 409 == (await ana.post(f"{ONE}/assign", {"team": None}))[0]
        for wrong in ({}, {"team": "nowhere"}, {"person": "bo", "team": team}):
            assert 400 == (await ana.post(f"{ONE}/assign", wrong))[0]


async def test_each_state_takes_the_scope_of_what_leads_to_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "checkout is slow"})
        narrow = await world.program("ana", "incident.update")
        assert 403 == (await narrow.ask("PATCH", ONE, {"state": "resolved", "cause": "x"}))[0]
        assert 200 == (await narrow.ask("PATCH", ONE, {"state": "mitigating"}))[0]
        body = {"state": "resolved", "cause": "a full disk", "resolution": "made room"}
        _, told = await ana.ask("PATCH", ONE, body)
        assert ("resolved", "made room") == (told["state"], told["resolution"])
        assert (200, "closed") == _told(await ana.ask("PATCH", ONE, {"state": "closed"}), "state")
        assert (200, "open") == _told(await ana.ask("PATCH", ONE, {"state": "open", "text": "back"}), "state")


async def test_what_a_program_declares_is_announced_like_what_people_declare(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "checkout is slow", "service": "checkout"})
        assert await world.house.store.read(outbox.places, "incident", "INC-1")
        await ana.post("/incidents", {"title": "a drill", "service": "checkout", "test": True})
        assert [] == await world.house.store.read(outbox.places, "incident", "INC-2")
