"""Programs and the second factor: their token is too little for a yes, and the answer says what to do."""

from pathlib import Path

import aiohttp

from tests.bot.web.api.house import Program, World
from tests.bot.web.signin.house import Street, street


async def _asked(place: Street, http: aiohttp.ClientSession) -> tuple[Program, dict[str, str]]:
    world = World(place.house, http)
    dev = await world.program("dev")
    body = {
        "kind": "runbook",
        "title": "restart checkout",
        "subject": {"environment": "production", "destructive": True},
    }
    status, asked = await dev.post("/approvals", body)
    assert 201 == status
    return await world.program("ana"), asked


async def test_a_token_is_refused_with_the_link_at_which_its_person_confirms(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()), aiohttp.ClientSession() as http:
        ana, asked = await _asked(place, http)
        said = {"decision": "approve", "digest": asked["digest"]}
        status, told = await ana.post(f"/approvals/{asked['id']}/decisions", said)
        assert (403, "SECOND_FACTOR") == (status, told["code"])
        assert "Say `/wardroom totp` in the chat to set one up; then confirm it" in told["detail"]
        secret, _ = await place.enrolled("ana")
        _, told = await ana.post(f"/approvals/{asked['id']}/decisions", said)
        link = told["detail"].partition("within ten minutes at ")[2]
        assert () == (await place.request()).votes
        page = place.browser()
        await page.opens(link.replace(place.house.world.public_url, place.house.url))
        assert 200 == await page.sends(code=place.code(secret))
        _, shown = await ana.get(f"/approvals/{asked['id']}")
        assert [("ana", "api", "token+totp")] == [
            (one["person"], one["via"], one["strength"]) for one in shown["decisions"]
        ]


async def test_a_token_rejects_without_a_second_factor(tmp_path: Path) -> None:
    async with street(tmp_path) as (place, ()), aiohttp.ClientSession() as http:
        ana, asked = await _asked(place, http)
        said = {"decision": "reject", "reason": "no", "digest": asked["digest"]}
        status, told = await ana.post(f"/approvals/{asked['id']}/decisions", said)
        assert (200, "REJECTED") == (status, told["status"])
