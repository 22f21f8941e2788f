"""A pipeline tells of what it deployed: triage knows it, the page of the service shows it, on both platforms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.app import House
from core.clock import ManualClock
from core.people.tokens import units as tokens
from tests.bot.web.api.house import Program
from tests.core.incidents.sources.test_deployments import cdevent
from tests.platforms.alertmanager import Alertmanager
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.stores import START
from tests.stories.house import fast_forward, running, settings
from tests.stories.world import write_world

ROUTES = """
alerts:
  routes:
    - {match: 'labels.severity == "critical"', declare: high, team: platform, notify: [ops]}
"""
LATE = "checkout 2.4.1 was deployed in production 12 minutes before the first alert"


@asynccontextmanager
async def on_both(folder: Path, slack: FakeSlack, discord: FakeDiscord) -> AsyncIterator[House]:
    config = write_world(folder, channels=("slack", "discord"))
    text = config.read_text().replace("sre: {permissions: [", "sre: {permissions: [deployment.report, ")
    config.write_text(text + ROUTES)
    given: dict[str, Any] = {
        "config": config,
        "local": False,
        "demo": False,
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_app_token": SecretStr(APP_TOKEN),
        "slack_api_url": slack.api_url,
        "discord_token": SecretStr(discord.token),
        "discord_api_url": discord.api_url,
        "discord_gateway_url": discord.gateway_url,
    }
    async with running(settings(folder, **given), ManualClock(START)) as house:
        await slack.connected()
        yield house


async def token(house: House, person: str = "ana") -> str:
    return await house.store.transact(tokens.create, house.world.people, person, (), "test")


async def test_what_was_deployed_before_an_alert_is_suspected_and_shown_with_the_service(
    tmp_path: Path, slack: FakeSlack, discord: FakeDiscord
) -> None:
    async with on_both(tmp_path, slack, discord) as house, aiohttp.ClientSession() as http:
        secret = await token(house)
        program = Program(house.url, secret, http)
        at = (START - timedelta(minutes=12)).isoformat()
        said = {
            "service": "cart",
            "version": "2.4.1",
            "environment": "prod",
            "at": at,
            "id": "7",
            "by": "Dev",
        }
        status, made = await program.post("/deployments", said)
        assert (201, "DEP-1", "checkout", "production") == (
            status,
            made["id"],
            made["service"],
            made["environment"],
        )
        assert (200, made) == await program.post("/deployments", said | {"version": "9"})
        monitoring = Alertmanager(f"{house.url}/hooks/alertmanager", secret)
        monitoring.fires(START, "Checkout fails", alertname="Errors", severity="critical", service="checkout")
        assert [200] == await monitoring.flush(START)
        await slack.sees(
            "U0DEV", "INC-1 · Checkout fails", f"Suspected: {LATE} (reported by Ana Ruiz, by Dev)"
        )
        await discord.sees("2001", LATE)
        # What is rolled back meanwhile stands on the timeline of what is open.
        back = cdevent("rolledback", artifactId="pkg:oci/checkout@2.4.0") | {
            "id": "e-2",
            "time": "2026-03-02T10:00:00Z",
        }
        back["data"]["subject"]["id"] = "checkout"
        back["data"]["context"].pop("timestamp")
        sent = {"Authorization": f"Bearer {secret}", "Content-Type": "application/cloudevents+json"}
        for repeated in (False, True):
            async with http.post(f"{house.url}/hooks/cloudevents", json=back, headers=sent) as answer:
                told = await answer.json()
                assert (200, 0, 1, repeated) == (
                    answer.status,
                    told["alerts"],
                    told["deployments"],
                    told["repeated"],
                )
        await slack.sees("U0DEV", "Deployment DEP-2: checkout was rolled back to 2.4.0 in production")
        await fast_forward(house, minutes=5)
        await slack.command("U0DEV", "/status", "checkout")
        await slack.sees("U0DEV", "2.4.0 in production, a rollback", "2.4.1 in production")
        shown = await discord.command("1004", "2001", "status", {"service": "checkout"})
        await discord.until(lambda: "2.4.0 in production, a rollback" in str(shown.texts), what="the service")
        status, found = await program.get("/deployments?service=cart")
        assert ["DEP-2", "DEP-1"] == [one["id"] for one in found["items"]]
        assert 404 == (await program.get("/deployments?service=carrt"))[0]
        poor = Program(house.url, await token(house, "dev"), http)
        assert 403 == (await poor.post("/deployments", said))[0]
        assert 400 == (await program.post("/deployments", {"service": "cart", "kind": "eaten"}))[0]
