"""A service goes down and comes back: one card, edited; a board that is true; the same for programs and on pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bot.app import House
from bot.settings import Settings
from core.clock import ManualClock
from core.health import records
from core.people.tokens import units as tokens
from core.store import events
from handlers.cards.link import page_url
from tests.bot.checks.servers import http
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import Seat, seats
from tests.stories.world import write_world

_CHECKS = """
health: {notify: [ops]}
"""


@dataclass
class Fleet:
    """Services that answer with what they are told to."""

    answers: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(status=self.answers.get(request.match_info["path"], 200))


def configured(folder: Path, base: str, *channels: str, **more: Any) -> Settings:
    config = write_world(folder, channels=channels or ("local",))
    live = f"{{name: live, http: '{base}/%s', interval: 10s}}"
    text = config.read_text()
    text = text.replace(
        "owner: platform, runbooks:",
        f"owner: platform, depends_on: [payments], health: [{live % 'checkout'}], runbooks:",
    )
    text = text.replace("payments: {tier: 0,", f"payments: {{tier: 0, health: [{live % 'payments'}],")
    config.write_text(text + _CHECKS)
    return settings(folder, config=config, **more)


async def passes(house: House, seconds: int) -> None:
    """Time passes, and services are looked at."""
    clock = house.clock
    assert isinstance(clock, ManualClock)
    for _ in range(seconds // 5):
        clock.advance(timedelta(seconds=5))
        await house.rounds.run_due()
    await fast_forward(house, seconds=0)


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[House, Fleet, Seat]]:
    fleet = Fleet()
    async with (
        http(fleet.answer) as base,
        running(configured(folder, base), ManualClock(START)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        yield house, fleet, ana


async def test_a_service_that_goes_down_has_one_card_which_is_edited_when_it_is_back(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (house, fleet, ana):
        await passes(house, 30)
        await ana.says("/status")
        await ana.sees("Services: 2 healthy", "✓ Healthy (2): checkout, payments")
        fleet.answers["payments"] = 503
        await passes(house, 20)
        assert 0 == ana.count("payments is unhealthy"), "two bad looks are not enough"
        await passes(house, 20)
        card = await ana.sees(
            "✗ payments is unhealthy", "live: answered 503", "Needed by: checkout.", "HLT-1"
        )
        await ana.says("how is checkout?")
        await ana.sees("checkout: degraded", "payments", "live: answered 503")
        await ana.says("/status")
        await ana.sees("Services: 1 unhealthy, 1 degraded")
        fleet.answers.clear()
        await passes(house, 30)
        healthy = await ana.sees("✓ payments is healthy", "Healthy again after")
        assert card["id"] == healthy["id"], "the card is edited"
        await ana.sees("✓ payments is healthy again, after")
        assert 1 == ana.count("HLT-1 · tier 0")
        kinds = [one["data"]["to"] for one in await house.store.read(events.history, "payments")]
        assert ["healthy", "unhealthy", "healthy"] == kinds
        await audited(house)


async def test_what_comes_back_soon_is_on_the_same_card_and_each_time_is_told_for_itself(
    tmp_path: Path,
) -> None:
    async with at_work(tmp_path) as (house, fleet, ana):
        await passes(house, 30)
        for _ in range(2):
            fleet.answers["payments"] = 503
            await passes(house, 60)
            fleet.answers.clear()
            await passes(house, 300)
        again = await ana.sees("✓ payments is healthy again, after", "it was not healthy 2 times since")
        assert "after 5m" not in str(again["text"]), "the time between is not counted"
        (spell,) = await house.store.read(records.spells_of, "payments")
        first, second = spell.stretches
        await ana.says("/status payments")
        shown = str((await ana.sees("payments: healthy", "HLT-1"))["text"])
        assert 2 == shown.count("HLT-1")
        assert first.ended is not None
        assert first.ended < second.began


async def test_the_card_of_a_service_names_the_incident_that_a_route_made_of_it(tmp_path: Path) -> None:
    fleet = Fleet()
    async with http(fleet.answer) as base:
        given = configured(tmp_path, base)
        route = "alerts: {routes: [{match: 'source == \"health\"', declare: high, notify: [ops]}]}\n"
        given.config.write_text(given.config.read_text() + route)
        async with running(given, ManualClock(START)) as house, seats(house.url, "ana") as (ana,):
            await passes(house, 30)
            fleet.answers["payments"] = 503
            await passes(house, 40)
            await ana.sees("SEV2 · INC-1 · payments is unhealthy")
            await fast_forward(house, seconds=10)
            await ana.sees(
                "✗ payments is unhealthy", "It is INC-1: people are told and called there.", "HLT-1"
            )


async def test_a_restart_in_the_middle_neither_forgets_nor_repeats(tmp_path: Path) -> None:
    fleet = Fleet()
    clock = ManualClock(START)
    async with http(fleet.answer) as base:
        given = configured(tmp_path, base)
        async with running(given, clock) as house, seats(house.url, "ana") as (ana,):
            await passes(house, 30)
            fleet.answers["checkout"] = 500
            await passes(house, 40)
            await ana.sees("✗ checkout is unhealthy", "HLT-1")
        async with running(given, clock) as house, seats(house.url, "ana") as (ana,):
            await passes(house, 40)
            assert ["HLT-1"] == [one.id for one in await house.store.read(records.spells_of, "checkout")]
            fleet.answers.clear()
            await passes(house, 30)
            await ana.sees("✓ checkout is healthy", "HLT-1")
            assert 1 == ana.count("HLT-1 · tier 0")


async def test_programs_and_pages_see_the_same(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (house, fleet, _), aiohttp.ClientSession() as session:
        secret = await house.store.transact(tokens.create, house.world.people, "ana", (), "test")
        headers = {"Authorization": f"Bearer {secret}"}

        async def ask(path: str, tag: str = "") -> tuple[int, str, dict[str, object]]:
            more = {"If-None-Match": tag} if tag else {}
            async with session.get(f"{house.url}/api/v1{path}", headers=headers | more) as answer:
                body = await answer.json() if answer.status != 304 else {}
                return answer.status, answer.headers.get("ETag", ""), body

        assert "nobody has looked yet" in str(await ask("/services/checkout/health"))
        await passes(house, 30)
        status, tag, shown = await ask("/services/cart/health")
        assert (200, "checkout", "healthy") == (status, shown["service"], shown["state"])
        await passes(house, 20)
        assert (304, tag) == (await ask("/services/checkout/health", tag))[:2]
        fleet.answers["payments"] = 503
        await passes(house, 40)
        status, newer, shown = await ask("/services/checkout/health", tag)
        assert (200, "degraded") == (status, shown["state"])
        assert newer != tag
        why = {"name": "payments", "state": "unhealthy", "why": "live: answered 503", "critical": False}
        assert ([why], [why]) == (shown["reasons"], shown["dependencies"])
        _, _, listed = await ask("/services")
        items = listed["items"]
        assert isinstance(items, list)
        assert [("checkout", "degraded"), ("payments", "unhealthy")] == [
            (one["name"], one["state"]) for one in items
        ]
        assert 404 == (await ask("/services/nothing/health"))[0]
        for ref, words in (
            ("SERVICES", "1 unhealthy, 1 degraded"),
            ("SVC-payments", "answered 503"),
            ("HLT-1", "payments is unhealthy"),
        ):
            async with session.get(page_url(house.url, house.world.secret_key, ref)) as page:
                text = await page.text()
                assert (200, True, True) == (page.status, words in text, "data-live" in text)
        async with session.get(f"{house.url}/metrics") as page:
            figures = await page.text()
        assert 'wardroom_service_status{service="payments",status="unhealthy"} 1.0' in figures
        assert 'wardroom_health_looks_total{means="http",status="healthy"}' in figures


async def test_what_is_said_in_a_channel_about_something_else_is_left_alone(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (_, _, ana):
        for words in ("how is it going?", "is Bob up?", "is everything ok?", "what is down?"):
            await ana.says(words)
        await ana.says("is checkout down?")
        await ana.sees("checkout: unknown", "nobody has looked yet")
        assert 0 == ana.count("I know no service")
        assert 0 == ana.count("Services:")
        await ana.says("/status chekout")
        await ana.sees("I know no service “chekout”.", "checkout")
        await ana.says("/wardroom status payments")
        await ana.sees("payments: unknown")


async def test_the_card_stands_on_both_platforms_and_the_command_answers_on_both(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    fleet = Fleet({"payments": 500})
    accounts: dict[str, Any] = {
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr(APP_TOKEN),
        "slack_api_url": slack.api_url,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with http(fleet.answer) as base:
        given = configured(tmp_path, base, "slack", "discord", local=False, demo=False, **accounts)
        async with running(given, ManualClock(START)) as house:
            await slack.connected()
            await passes(house, 40)
            card = await slack.sees("U0ANA", "payments is unhealthy", "answered 500", "HLT-1")
            there = await discord.sees("2001", "payments is unhealthy", 10)
            await slack.command("U0ANA", "/status", "checkout")
            await slack.sees("U0ANA", "checkout: degraded", "Depends on")
            await discord.command("1001", "2001", "status", {"service": "payments"})
            await discord.until(lambda: any("answered 500" in one for one in discord.whispers("1001")), 10)
            await slack.clicks("U0ANA", card, "Look at payments")
            await slack.sees("U0ANA", "payments: unhealthy")
            fleet.answers.clear()
            await passes(house, 30)
            assert card is await slack.sees("U0ANA", "payments is healthy", "Healthy again after")
            edited = await discord.sees("2001", "Healthy again after", 10)
            assert there["id"] == edited["id"]
