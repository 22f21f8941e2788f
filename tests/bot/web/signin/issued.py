"""A house with a door to sign in by, and the server behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.clock import ManualClock
from core.people.sessions import records
from tests.bot.web.signin.house import Browser, Street, street
from tests.platforms.oidc import CLIENT, SECRET, Issuer
from tests.stores import START

SLACK = "https://slack.com/"
OIDC = {"oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}


@asynccontextmanager
async def issued(
    folder: Path, *people: str, door: str = "oidc", more: str = ""
) -> AsyncIterator[tuple[Street, Issuer, Any]]:
    """A house with this door, and the server behind it; both by one clock."""
    clock = ManualClock(START)
    issuer = Issuer(clock)
    await issuer.start()
    given: dict[str, Any] = {
        "oidc": {"oidc_issuer": issuer.url, **OIDC},
        "slack": {
            "slack_api_url": f"{issuer.url}/api/",
            "slack_client_id": CLIENT,
            "slack_client_secret": SecretStr(SECRET),
        },
        "discord": {
            "discord_api_url": f"{issuer.url}/api/v10",
            "discord_client_id": CLIENT,
            "discord_client_secret": SecretStr(SECRET),
        },
    }[door]
    usual = (
        "signin: {issuer_name: Acme SSO, slack_team: T0ACME}\n"
        if door == "slack"
        else "signin: {issuer_name: Acme SSO}\n"
    )
    try:
        async with street(folder, *people, more=more or usual, clock=clock, **given) as (place, seated):
            yield place, issuer, seated
    finally:
        await issuer.stop()


async def signs_in(place: Street, path: str = "/signin/oidc") -> Browser:
    browser = place.browser()
    await browser.opens(path)
    return browser


async def sessions(place: Street, who: str = "ana") -> list[str]:
    return [one.way for one in await place.store.read(records.open_of, who)]
