"""Slack as one of the house's platforms: connects, hands in what arrives, sends what is to be said."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Document, Door, Health, Refused, RoomMade, SendError, Wish
from bot.slack import forms, parse
from bot.slack.problems import told
from bot.slack.receive import Receiver
from bot.slack.rooms import Rooms
from bot.slack.send import Sender
from core.clock import Clock
from core.errors import Unavailable
from core.place import Actor, Place
from handlers.cards.card import Card
from handlers.inbound import Seen

log = structlog.get_logger("wardroom.slack")
_ANY = re.compile(".*", re.DOTALL)
_BODY_LIMIT = 1 << 20


class SlackSettings(BaseModel):
    """How to reach Slack: over Socket Mode with an app token, else over HTTP with a signing secret.

    `commands` renames slash commands, what they are called there to our area; `api_url` names another server
    that speaks Slack's protocol.
    """

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    api_url: str = "https://slack.com/api/"
    commands: dict[str, str] = Field(default_factory=dict)


class SlackAdapter:
    """One Slack app in one workspace."""

    name = "slack"
    edit_interval = 3.0

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = AsyncWebClient(
            settings.bot_token.get_secret_value(), base_url=settings.api_url, retry_handlers=[]
        )
        self._sender = Sender(self._client, clock)
        self._rooms = Rooms(self._client, self._sender)
        self._app: AsyncApp | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._last_event: datetime | None = None
        self._trouble = "not started"

    def routes(self) -> list[web.RouteDef]:
        """POST /slack/events, where Slack delivers when there is no app token."""
        if self._settings.app_token.get_secret_value():
            return []
        return [web.post("/slack/events", self._delivered)]

    async def start(self, door: Door) -> None:
        """Say who we are, and let Slack deliver.

        Raises:
            Refused: the token is refused, or nothing can be delivered; says how to mend it.
            SendError: Slack does not answer.
        """
        who = await told(self._client.auth_test())
        self._sender.address = str(who.get("url") or "")
        self._rooms.me = str(who["user_id"])
        receiver = Receiver(door, self._sender, str(who["user_id"]), self._settings.commands)
        secret = self._settings.signing_secret.get_secret_value()
        socket = self._settings.app_token.get_secret_value()
        if not (secret or socket):
            raise Refused(
                "Slack cannot deliver anything: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET."
            )
        self._app = AsyncApp(
            client=self._client,
            signing_secret=secret or None,
            request_verification_enabled=not socket,
            process_before_response=True,
            ignoring_self_events_enabled=False,
        )
        self._listen(self._app, receiver)
        if socket:
            self._socket = AsyncSocketModeHandler(self._app, socket, web_client=self._client)
            await self._socket.connect_async()  # type: ignore[no-untyped-call]
        self._trouble = ""
        log.info("slack.connected", team=who.get("team_id"), socket=bool(socket))

    async def pause(self) -> None:
        """Take nothing more: the socket is closed. What is said goes by other requests."""
        self._trouble = "stopped"
        self._app = None
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close_async()  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """Take nothing more; there is nothing else to disconnect."""
        await self.pause()

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post a card that carries `key`; returns its `ts`."""
        return await self._sender.post(place, card, key)

    async def update(self, place: Place, card: Card) -> None:
        """Replace the message that `place.message` names."""
        await self._sender.update(place, card)

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Tell one person alone."""
        await self._sender.whisper(actor, place, card, key, answering)

    async def find_sent(self, place: Place, key: str, of: str = "") -> str | None:
        """The message with this key, if it was posted, or the stream that shows this."""
        return await self._sender.find_sent(place, key, of)

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names, and the thread it is in."""
        return await self._sender.read(place)

    async def open_room(self, wish: Wish) -> RoomMade:
        """A channel of its own, with those who belong there."""
        return await self._rooms.open(wish)

    async def entitle_room(self, place: Place, topic: str) -> None:
        """Set the topic of a channel."""
        await self._rooms.about(place, topic)

    async def close_room(self, place: Place) -> None:
        """Archive the channel."""
        await self._rooms.close(place)

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin the message to its channel, or take the pin off."""
        await self._rooms.pin(place, on=on)

    async def send_file(self, place: Place, document: Document, key: str) -> str:
        """Post a file."""
        del key  # Slack keeps nothing of ours with a file: see `find_file`
        return await self._sender.send_file(place, document)

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The message with this file, if it was shared since."""
        return await self._sender.find_file(place, document, key)

    async def publish_home(self, actor: Actor, card: Card) -> None:
        """Show the person's App Home."""
        await self._sender.publish_home(actor, card)

    async def open_thread(self, place: Place, title: str) -> str:
        """On Slack a thread is its first message."""
        del title
        return place.thread or place.message or ""

    def health(self) -> Health:
        """Connected or not, and when something last arrived."""
        trouble = self._trouble or self._lost()
        return Health(not trouble, trouble or "connected", self._last_event)

    def _lost(self) -> str:
        """What to say while the socket is gone; its client opens another by itself."""
        if self._socket is None:
            return ""
        session = self._socket.client.current_session
        gone = session is None or session.closed
        return "the socket to Slack is lost, connecting again" if gone else ""

    def _listen(self, app: AsyncApp, receiver: Receiver) -> None:
        """One listener for each kind of thing: Bolt tries listeners one after another."""
        kinds: tuple[tuple[Any, Callable[..., Awaitable[None]]], ...] = (
            (app.event(_ANY), receiver.event),
            (app.action(_ANY), receiver.action),
            (app.command(_ANY), receiver.command),
            (app.view(forms.CALLBACK), receiver.view),
            (app.shortcut(re.compile("|".join(map(re.escape, parse.SHORTCUTS)))), receiver.shortcut),
        )
        for register, handle in kinds:
            register(self._noticing(handle))

        @app.error
        async def failed(error: Exception) -> BoltResponse:
            if not isinstance(error, Unavailable | SendError):
                log.error("slack.not_taken", exc_info=error)
            # Anything but 200 tells Slack to deliver it again.
            return BoltResponse(status=503, body="try again")

    def _noticing(self, handle: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def noticed(body: dict[str, Any], ack: Any) -> None:
            self._last_event = self._clock.now()
            await handle(body, ack)

        return noticed

    async def _delivered(self, request: web.Request) -> web.Response:
        if self._app is None:
            return web.Response(status=503, text="starting or stopping")
        if (request.content_length or 0) > _BODY_LIMIT:
            return web.Response(status=413)
        asked = AsyncBoltRequest(
            body=await request.text(),
            query=request.query_string,
            headers={name: list(request.headers.getall(name)) for name in request.headers},
        )
        answer = await self._app.async_dispatch(asked)
        headers = {
            name: values[0] for name, values in answer.headers.items() if name.lower() != "content-type"
        }
        kind = answer.headers.get("content-type", ["text/plain"])[0].split(";")[0]
        return web.Response(status=answer.status, text=answer.body or "", content_type=kind, headers=headers)
