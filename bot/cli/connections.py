"""The parts of a check that connect: database, Slack, Discord, mail, texts, webhooks. Nothing is posted."""

import asyncio
import json
from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING, Any

from bot.cli.parts import Part, Status
from bot.settings import DISCORD_API_URL, Settings
from bot.slack.manifest import SCOPES
from bot.unreached import why
from core.errors import ConfigError, Unavailable, WardroomError

if TYPE_CHECKING:
    from bot.channels.channel import Outlet
    from core.notify.channel import Channel

_PATIENCE = 10.0
_MESSAGE_CONTENT = (1 << 18) | (1 << 19)
_UNAUTHORISED = 401
# The client stumbles over an answer that is no JSON, such as a proxy's page, with an AttributeError.
_UNREACHED = (OSError, ValueError, AttributeError)


async def tried(settings: Settings) -> list[Part]:
    """Every configured connection, each tried for at most ten seconds."""
    parts: list[Awaitable[list[Part]]] = [_within("database", _database(settings))]
    if settings.has_slack:
        parts.append(_within("slack", _slack(settings)))
    if settings.has_discord:
        parts.append(_within("discord", _discord(settings)))
    if settings.llm_model:
        parts.append(_within("llm", _llm(settings)))
    parts += [_within(f"channel {name}", attempt) for name, attempt in _channels(settings)]
    return [part for found in await asyncio.gather(*parts) for part in found]


async def _within(name: str, attempt: Awaitable[list[Part]]) -> list[Part]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await attempt
    except TimeoutError:
        return [
            Part(
                name,
                Status.FAIL,
                f"no answer within {_PATIENCE:.0f} s",
                "Is the address right, and reachable?",
            )
        ]


def _channels(settings: Settings) -> Iterator[tuple[str, Awaitable[list[Part]]]]:
    """Each way of each channel that is no chat; a configuration with mistakes is told of elsewhere."""
    from bot.channels.channel import Gear
    from bot.configuration import load_world
    from bot.plugins import CHANNELS
    from bot.settings import secret_named
    from core.clock import SystemClock

    try:
        channels = load_world(settings).channels
    except ConfigError:
        return
    gear = Gear(settings, SystemClock(), secret_named)
    for channel in channels.values():
        for way in channel.outlets:
            yield channel.name, _probed(CHANNELS[way](gear), channel)


async def _probed(outlet: "Outlet", channel: "Channel") -> list[Part]:
    found = await outlet.probe(channel)
    status = Status.FAIL if not found.ok else Status.WARN if found.mend else Status.OK
    return [Part(f"channel {channel.name}", status, f"{outlet.way}: {found.detail}", found.mend)]


async def _llm(settings: Settings) -> list[Part]:
    """Ask the model for one word; what that costs is a few tokens, which no budget counts."""
    from bot.model.llm import made

    try:
        model = made(settings)
    except Unavailable as error:
        return [Part("llm", Status.FAIL, error.what, error.mend)]
    try:
        return [Part("llm", Status.OK, await model.probe())]
    except Unavailable as error:
        return [Part("llm", Status.FAIL, error.what, error.mend)]
    finally:
        await model.close()


async def _database(settings: Settings) -> list[Part]:
    from bot.database import address
    from core.store import migrate
    from core.store.opening import sqlite_path

    try:
        url = address(settings)
        path = sqlite_path(url)
        if path is not None and not path.exists():
            return [Part("database", Status.OK, f"file {path}, made at the first start")]
        found = await migrate.run(url, migrate.current)
    except ConfigError as error:
        return [Part("database", Status.FAIL, str(error))]
    except WardroomError as error:
        return [Part("database", Status.FAIL, error.what, error.mend)]
    kind = f"file {path}" if path else "PostgreSQL"
    if found == migrate.newest():
        return [Part("database", Status.OK, f"{kind}, at {found}")]
    if path is not None:
        return [Part("database", Status.OK, f"{kind}, brought up to date at the next start")]
    return [Part("database", Status.FAIL, f"{kind}, at {found or 'nothing'}", "Run: wardroom db upgrade")]


async def _slack(settings: Settings) -> list[Part]:
    from slack_sdk.errors import SlackApiError, SlackClientError
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        code = str(error.response.get("error", "unknown"))
        mend = "Copy the Bot User OAuth Token (xoxb-…) from the app's page into SLACK_BOT_TOKEN."
        return [Part("slack", Status.FAIL, f"Slack says {code}", mend)]
    except (SlackClientError, *_UNREACHED) as error:
        return [
            Part(
                "slack",
                Status.FAIL,
                f"Slack cannot be reached: {why(error)}",
                "Look at SLACK_API_URL.",
            )
        ]
    granted = {
        scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()
    }
    missing = sorted(set(SCOPES) - granted) if granted else []
    who = f"{answer.get('user', 'the app')} in {answer.get('team', 'the workspace')}"
    if missing:
        mend = f"Add the scopes {', '.join(missing)} under OAuth & Permissions, and install the app again."
        return [
            Part("slack", Status.FAIL, f"{who}, without {len(missing)} scopes", mend),
            await _socket(settings),
        ]
    return [Part("slack", Status.OK, who), await _socket(settings)]


async def _socket(settings: Settings) -> Part:
    from slack_sdk.errors import SlackApiError, SlackClientError
    from slack_sdk.web.async_client import AsyncWebClient

    token = settings.slack_app_token.get_secret_value()
    if not token:
        if settings.slack_signing_secret.get_secret_value():
            return Part("slack events", Status.OK, f"over HTTP at {settings.base_url}/slack/events")
        mend = "Set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP)."
        return Part("slack events", Status.FAIL, "events cannot arrive", mend)
    try:
        await AsyncWebClient(base_url=settings.slack_api_url).apps_connections_open(app_token=token)
    except SlackApiError as error:
        mend = "Make an app-level token (xapp-…) with connections:write, and set SLACK_APP_TOKEN."
        return Part("slack events", Status.FAIL, f"Slack says {error.response.get('error', 'unknown')}", mend)
    except (SlackClientError, *_UNREACHED) as error:
        return Part("slack events", Status.FAIL, f"Slack cannot be reached: {why(error)}")
    return Part("slack events", Status.OK, "over Socket Mode")


async def _discord(settings: Settings) -> list[Part]:
    import aiohttp

    root = (settings.discord_api_url or DISCORD_API_URL).rstrip("/")
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    try:
        async with aiohttp.ClientSession(headers=headers) as session:
            status, me = await _get(session, f"{root}/users/@me")
            _, application = await _get(session, f"{root}/oauth2/applications/@me")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        detail = f"Discord cannot be reached: {why(error)}"
        return [Part("discord", Status.FAIL, detail, "Look at DISCORD_API_URL and the network.")]
    if status == _UNAUTHORISED:
        mend = "Copy the token from the Bot page of the developer portal into DISCORD_TOKEN."
        return [Part("discord", Status.FAIL, "Discord does not know this token", mend)]
    if not me.get("username"):
        return [
            Part("discord", Status.FAIL, f"Discord answers with status {status}", "Try again in a minute.")
        ]
    if not int(application.get("flags") or 0) & _MESSAGE_CONTENT:
        mend = "Switch on Message Content Intent on the Bot page, or only use commands and mentions."
        return [Part("discord", Status.WARN, f"{me['username']}, which cannot read replies in threads", mend)]
    return [Part("discord", Status.OK, str(me["username"]))]


async def _get(session: Any, url: str) -> tuple[int, dict[str, Any]]:
    async with session.get(url) as response:
        data = json.loads(await response.text())
        return response.status, data if isinstance(data, dict) else {}
