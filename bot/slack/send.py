"""What the house says, through Slack's Web API and within its limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platform import Document, Gone, Limited, Refused, SendError
from bot.slack.files import Files
from bot.slack.parse import moment, spoken
from bot.slack.problems import code, told
from bot.slack.render import Rendered, render
from bot.slack.streams import Streams, carries, is_streamed
from core.clock import Clock
from core.ids import made_at
from core.place import Actor, Place
from core.resilience.limits import Bucket
from handlers.cards.card import Card
from handlers.inbound import Seen

EVENT = "wardroom"
_LOOKED_AT = 200
# A message is looked for through so many pages; a channel that says more than that meanwhile is rare.
_PAGES = 5
# How far the clocks of two servers may be apart.
_CLOCKS = timedelta(minutes=2)
_USES, _HOLDS = 5, timedelta(minutes=30)
# Slack's published tiers, per method and workspace; a burst is what it tolerates of a minute at once.
_TIERS: Mapping[str, tuple[float, float]] = {
    "chat.update": (12, 50 / 60),
    "chat.postEphemeral": (25, 100 / 60),
    "views.publish": (25, 100 / 60),
    "conversations.history": (12, 50 / 60),
    "conversations.replies": (12, 50 / 60),
    "conversations.open": (12, 50 / 60),
    "conversations.invite": (12, 50 / 60),
    **dict.fromkeys(
        (
            "conversations.create",
            "conversations.list",
            "conversations.archive",
            "conversations.setTopic",
            "pins.add",
            "pins.remove",
        ),
        (5, 20 / 60),
    ),
}
_PER_CHANNEL = (4, 1.0)


@dataclass
class _Answer:
    """A short-lived address at which one person can be told something alone."""

    url: str
    until: datetime
    uses: int = _USES


class Sender:
    """Posts, edits, whispers and looks for what was posted."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.address = ""
        self._client = client
        self._files = Files(client)
        self._streams = Streams(client, clock)
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._answers: dict[str, _Answer] = {}
        self._direct: dict[str, str] = {}

    def hold(self, key: str, url: str) -> None:
        """Keep the address at which the inbound `key` can be answered, for half an hour and five answers."""
        now = self._clock.now()
        # They were put in in the order in which they end, so only the first ones can be over.
        while self._answers and next(iter(self._answers.values())).until <= now:
            del self._answers[next(iter(self._answers))]
        if url:
            self._answers[key] = _Answer(url, now + _HOLDS)

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post a card that carries `key`; returns its `ts`."""
        channel = await self._channel(place)
        card = await self._files.with_files(card, key)
        self._take(f"chat.postMessage:{place.workspace}:{channel}", _PER_CHANNEL)
        streamed = await self._streams.begin(place, channel, card) if card.growing else None
        return streamed or await self._post(channel, place.thread, render(card), key)

    async def update(self, place: Place, card: Card) -> None:
        """Replace the message that `place.message` names."""
        self.admit("chat.update", place.workspace)
        channel = await self._channel(place)
        ts = place.message or ""
        if await self._streams.go_on(channel, ts, card):
            return
        try:
            await self._replace(channel, ts, render(card))
        except SendError as error:
            if not is_streamed(error):
                raise
            await self._streams.end(channel, ts)
            await self._replace(channel, ts, render(card))

    async def _replace(self, channel: str, ts: str, shown: Rendered) -> None:
        await told(self._client.chat_update(channel=channel, ts=ts, text=shown.text, blocks=shown.blocks))

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Tell one person alone: as the answer to what they did, else for their eyes in the channel, else directly.

        What answers nothing goes directly: for their eyes in the channel it would be lost while they are not there.
        """
        shown = render(card)
        if await self._answered(answering, place, shown):
            return
        if answering and not place.direct:
            try:
                await self._ephemeral(actor, place, shown)
            except Refused as error:
                if code(error) not in ("user_not_in_channel", "not_in_channel", "channel_not_found"):
                    raise
            else:
                return
        direct = (
            place if place.direct else Place(platform="slack", channel=actor.user, workspace=place.workspace)
        )
        channel = await self._channel(direct)
        self._take(f"chat.postMessage:{place.workspace}:{channel}", _PER_CHANNEL)
        await self._post(channel, direct.thread, shown, key)

    async def find_sent(self, place: Place, key: str, of: str = "") -> str | None:
        """The `ts` of the message that carries `key`, or streams what is called `of`, among those after the key was made."""

        def fits(message: dict[str, Any]) -> bool:
            metadata = message.get("metadata") or {}
            return metadata.get("event_payload", {}).get("key") == key or carries(message, of)

        return await self._found(place, key, fits)

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The `ts` of the message with the file, if it was shared since the key was made: a file carries no key of ours."""

        def fits(message: dict[str, Any]) -> bool:
            names = [file.get("name") for file in message.get("files") or []]
            return document.name in names and spoken(str(message.get("text") or ""), "") == document.words

        return await self._found(place, key, fits)

    async def _found(self, place: Place, key: str, fits: Callable[[dict[str, Any]], bool]) -> str | None:
        channel = await self._channel(place)
        cursor = ""
        for _ in range(_PAGES):
            page = await self._page(place, channel, key, cursor)
            for message in page.get("messages", []):
                if fits(message):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None

    async def send_file(self, place: Place, document: Document) -> str:
        """Post a file; returns its id."""
        channel = await self._channel(place)
        self._take(f"chat.postMessage:{place.workspace}:{channel}", _PER_CHANNEL)
        return await self._files.post(channel, place.thread, document)

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names, and the thread it is in."""
        ts = place.message or ""
        self.admit("conversations.replies", place.workspace)
        asked = self._client.conversations_replies(
            channel=place.channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=1
        )
        page = await told(asked)
        found = next((one for one in page.get("messages", []) if str(one.get("ts")) == ts), None)
        if found is None:
            raise Gone("The message is not there any more.")
        thread = found.get("thread_ts")
        author = Actor(platform="slack", user=str(found.get("user") or ""), workspace=place.workspace)
        link = f"{self.address.rstrip('/')}/archives/{place.channel}/p{ts.replace('.', '')}"
        return Seen(
            text=spoken(str(found.get("text") or ""), ""),
            author=author,
            at=moment(ts),
            place=place.model_copy(update={"thread": thread if thread != ts else None}),
            link=link if self.address else "",
        )

    async def _page(self, place: Place, channel: str, key: str, cursor: str) -> Mapping[str, Any]:
        born = made_at(key)
        shown: dict[str, Any] = {"channel": channel, "limit": _LOOKED_AT, "include_all_metadata": True}
        if born is not None:
            shown["oldest"] = f"{(born - _CLOCKS).timestamp():.6f}"
        if cursor:
            shown["cursor"] = cursor
        if place.thread:
            self.admit("conversations.replies", place.workspace)
            return await told(self._client.conversations_replies(ts=place.thread, **shown))
        self.admit("conversations.history", place.workspace)
        return await told(self._client.conversations_history(**shown))

    async def publish_home(self, actor: Actor, card: Card) -> None:
        """Show the person's own page."""
        self.admit("views.publish", actor.workspace)
        view = {"type": "home", "blocks": render(card).blocks}
        await told(self._client.views_publish(user_id=actor.user, view=view))

    async def open_form(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a modal; the trigger holds for three seconds, so it does not wait for limits."""
        await told(self._client.views_open(trigger_id=trigger, view=view))

    async def tell_at(self, url: str, text: str) -> None:
        """Say a sentence at a short-lived address; whether it arrives changes nothing."""
        await AsyncWebhookClient(url).send(text=text, response_type="ephemeral", replace_original=False)

    async def _answered(self, answering: str, place: Place, shown: Rendered) -> bool:
        answer = self._answers.get(answering)
        if answer is None or answer.until <= self._clock.now() or answer.uses <= 0:
            return False
        answer.uses -= 1
        body: dict[str, Any] = {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": shown.text,
            "blocks": shown.blocks,
        }
        if place.thread:
            body["thread_ts"] = place.thread
        try:
            response = await AsyncWebhookClient(answer.url).send_dict(body)
        except (OSError, TimeoutError, SendError):
            return False
        return response.status_code == HTTPStatus.OK

    async def _ephemeral(self, actor: Actor, place: Place, shown: Rendered) -> None:
        self.admit("chat.postEphemeral", place.workspace)
        await told(
            self._client.chat_postEphemeral(
                channel=place.channel,
                user=actor.user,
                text=shown.text,
                blocks=shown.blocks,
                thread_ts=place.thread,
            )
        )

    async def _post(self, channel: str, thread: str | None, shown: Rendered, key: str) -> str:
        data = await told(
            self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=shown.text,
                blocks=shown.blocks,
                metadata={"event_type": EVENT, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(data["ts"])

    async def _channel(self, place: Place) -> str:
        """The channel of a place; the conversation with a person is opened first."""
        channel = place.channel.removeprefix("@")
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._direct:
            self.admit("conversations.open", place.workspace)
            data = await told(self._client.conversations_open(users=channel))
            self._direct[channel] = str(data["channel"]["id"])
        return self._direct[channel]

    def admit(self, method: str, workspace: str) -> None:
        """Count a call of a method, or say how long it has to wait."""
        self._take(f"{method}:{workspace}", _TIERS[method])

    def _take(self, name: str, tier: tuple[float, float]) -> None:
        bucket = self._buckets.setdefault(name, Bucket(*tier))
        wait = bucket.take(self._clock.now())
        if wait > 0:
            raise Limited("Slack's limit is reached; it goes on by itself.", retry_after=wait)
