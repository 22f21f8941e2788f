from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from bot.cli.connections import tried
from bot.cli.parts import Part
from bot.cli.watch import on_call
from bot.configuration import load_world
from bot.database import opened
from bot.settings import load_settings
from bot.slack.manifest import SCOPES
from core.oncall import units as oncall
from core.oncall.schedule import Override
from tests.platforms.llm import Turn, llm_server

Check = Callable[..., Awaitable[dict[str, Part]]]
BOT, APP, TOKEN = "xoxb-fake", "xapp-fake", "discord-fake"


@asynccontextmanager
async def server(routes: Iterable[web.RouteDef]) -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def answer(data: object, status: int = 200, scopes: str = "") -> web.Response:
    headers = {"Content-Type": "application/json", "x-oauth-scopes": scopes}
    return web.Response(body=orjson.dumps(data), status=status, headers=headers)


def slack(scopes: Iterable[str]) -> list[web.RouteDef]:
    async def auth_test(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {BOT}":
            return answer({"ok": False, "error": "invalid_auth"})
        return answer({"ok": True, "user": "wardroom", "team": "Acme"}, scopes=",".join(scopes))

    async def open_socket(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {APP}":
            return answer({"ok": False, "error": "not_allowed_token_type"})
        return answer({"ok": True, "url": "wss://127.0.0.1/"})

    return [web.post("/api/auth.test", auth_test), web.post("/api/apps.connections.open", open_socket)]


def discord(flags: int) -> list[web.RouteDef]:
    async def me(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            return answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return answer({"id": "1", "username": "wardroom"})

    async def application(_: Any) -> web.Response:
        return answer({"id": "1", "flags": flags})

    return [web.get("/api/v10/users/@me", me), web.get("/api/v10/oauth2/applications/@me", application)]


@pytest.fixture
def part(tmp_path: Path) -> Check:
    """The parts that a check finds, by name."""

    async def check(**given: Any) -> dict[str, Part]:
        settings = load_settings(database_url=f"sqlite:///{tmp_path}/w.db", **given)
        return {part.name: part for part in await tried(settings)}

    return check


async def test_slack_is_fine_with_all_scopes_and_a_socket(part: Check) -> None:
    async with server(slack(set(SCOPES))) as root:
        found = await part(slack_bot_token=BOT, slack_app_token=APP, slack_api_url=f"{root}/api/")
    assert (found["slack"].status, found["slack"].detail) == ("ok", "wardroom in Acme")
    assert (found["slack events"].status, found["slack events"].detail) == ("ok", "over Socket Mode")


async def test_missing_scopes_are_named_with_where_to_add_them(part: Check) -> None:
    async with server(slack(set(SCOPES) - {"commands"})) as root:
        found = await part(slack_bot_token=BOT, slack_app_token=APP, slack_api_url=f"{root}/api/")
    assert found["slack"].status == "fail"
    assert "Add the scopes commands under OAuth & Permissions" in found["slack"].mend


async def test_tokens_in_each_others_place_are_told_apart(part: Check) -> None:
    async with server(slack(set(SCOPES))) as root:
        found = await part(slack_bot_token=APP, slack_app_token=BOT, slack_api_url=f"{root}/api/")
        assert found["slack"].detail == "Slack says invalid_auth"
        assert "xoxb-" in found["slack"].mend
        found = await part(slack_bot_token=BOT, slack_app_token=BOT, slack_api_url=f"{root}/api/")
        assert found["slack events"].detail == "Slack says not_allowed_token_type"
        assert "connections:write" in found["slack events"].mend


async def test_slack_without_a_way_for_events_fails(part: Check) -> None:
    async with server(slack(set(SCOPES))) as root:
        found = await part(slack_bot_token=BOT, slack_api_url=f"{root}/api/")
        assert found["slack events"].status == "fail"
        found = await part(slack_bot_token=BOT, slack_signing_secret="s", slack_api_url=f"{root}/api/")
        assert found["slack events"].detail.endswith("/slack/events")


async def test_discord_is_fine_with_the_message_content_intent(part: Check) -> None:
    async with server(discord(1 << 19)) as root:
        found = await part(discord_token=TOKEN, discord_api_url=f"{root}/api/v10")
    assert (found["discord"].status, found["discord"].detail) == ("ok", "wardroom")


async def test_discord_without_the_intent_warns_and_says_where_it_is(part: Check) -> None:
    async with server(discord(0)) as root:
        found = await part(discord_token=TOKEN, discord_api_url=f"{root}/api/v10")
    assert found["discord"].status == "warn"
    assert "Message Content Intent" in found["discord"].mend


async def test_a_token_that_discord_does_not_know_is_told(part: Check) -> None:
    async with server(discord(0)) as root:
        found = await part(discord_token="other", discord_api_url=f"{root}/api/v10")
    assert found["discord"].detail == "Discord does not know this token"


async def test_a_server_that_is_not_there_or_speaks_no_json_is_told(part: Check) -> None:
    async def page(_: Any) -> web.Response:
        return web.Response(text="<html>proxy</html>")

    routes = [web.get("/api/v10/{rest:.*}", page), web.post("/api/{rest:.*}", page)]
    async with server(routes) as root:
        given = {"slack_api_url": f"{root}/api/", "discord_api_url": f"{root}/api/v10"}
        found = await part(slack_bot_token=BOT, slack_app_token=APP, discord_token=TOKEN, **given)
    assert {found[name].status for name in ("slack", "discord")} == {"fail"}


async def test_the_check_says_who_is_on_call_or_that_nobody_is(tmp_path: Path) -> None:
    path = tmp_path / "wardroom.yaml"
    layer = "{people: [ana], start: '%s'}"
    path.write_text(
        "workspace: acme\npeople:\n  ana: {name: Ana Ruiz}\nschedules:\n"
        f"  primary: {{layers: [{layer % '2026-01-05T09:00'}]}}\n  later: {{layers: [{layer % '2099-01-05T09:00'}]}}\n"
    )
    database = f"sqlite:///{tmp_path / 'wardroom.db'}"
    settings = load_settings(config=path, database_url=database)
    alone = [(part.status, part.detail) for part in await on_call(settings, offline=False)]
    assert [
        ("ok", "primary: Ana Ruiz, with no end in sight, by the file alone"),
        ("warn", "later: nobody until 2099-01-05 09:00 UTC, by the file alone"),
    ] == alone
    async with opened(settings) as store:
        world, now = load_world(settings), store.clock.now()
        made = Override("later", "ana", now, now + timedelta(hours=4), by="ana")
        await store.transact(oncall.override, world.schedules["later"], world.people["ana"], made)
    _, later = await on_call(settings, offline=False)
    until = f"{made.ends:%Y-%m-%d %H:%M} UTC"
    gap = f"nobody from {until} until 2099-01-05 09:00 UTC"
    assert ("warn", f"later: Ana Ruiz, until {until}; {gap}") == (later.status, later.detail)


async def test_the_language_model_is_asked_for_a_word(part: Check) -> None:
    async with llm_server("ready") as server:
        named = {"llm_model": "openai:test-model", "openai_base_url": server.url}
        found = (await part(**named))["llm"]
        assert ("ok", "openai:test-model answers (120 tokens)") == (found.status, found.detail)
        server.says(Turn(status=404))
        found = (await part(**named))["llm"]
        assert ("fail", True) == (found.status, "does not know this model" in found.detail)
    found = (await part(**named))["llm"]
    assert ("fail", True) == (found.status, "cannot be reached" in found.detail)
    found = (await part(llm_model="openai:test-model"))["llm"]
    assert ("fail", True) == (found.status, "OPENAI_API_KEY" in found.mend)
    found = (await part(llm_model="nobody:knows"))["llm"]
    assert ("fail", True) == (found.status, "cannot be used" in found.detail)
