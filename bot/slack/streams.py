"""Answers that come word by word, through Slack's streaming methods; where the workspace has none, the caller edits.

A stream carries no metadata, so its first word is the id of what it shows: by that it is found again after a crash.
"""

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Gone, Refused, SendError
from bot.slack.problems import code, told
from core.clock import Clock
from core.place import Place
from core.text import ADDRESS
from handlers.cards.card import Card, Growing

_MOST = 1_000
_AGAIN = timedelta(hours=1)
# It may have begun, or may begin in a moment: whoever tries again looks first.
_UNSURE = frozenset(
    {"", "ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_BUSY = "streaming_state_conflict"
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~&:@])")


class Streams:
    """The messages that grow now, and how much of each is there."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._without: dict[str, datetime] = {}

    async def begin(self, place: Place, channel: str, card: Card) -> str | None:
        """Begin the message; returns its `ts`, or None where it cannot be streamed.

        Raises:
            SendError: Slack does not take it now, for a reason that an edit would meet as well.
        """
        growing = card.growing
        if growing is None or place.thread is None or "slack" not in growing.reader.ids:
            return None
        if self._without.get(place.workspace, self._clock.now()) > self._clock.now():
            return None
        try:
            data = await told(
                self._client.chat_startStream(
                    channel=channel,
                    thread_ts=place.thread,
                    recipient_team_id=place.workspace,
                    recipient_user_id=growing.reader.ids["slack"],
                    markdown_text=f"{growing.of} · {markdown(growing.words)}",
                )
            )
        except SendError as error:
            if code(error) in _UNSURE:
                raise
            # It has no streams, or the app may not use them: an hour later it may.
            self._without[place.workspace] = self._clock.now() + _AGAIN
            return None
        ts = str(data["ts"])
        self._keep(ts, growing)
        return ts

    async def go_on(self, channel: str, ts: str, card: Card) -> bool:
        """Add what has come since; False if it does not grow any more and has to be replaced as a whole."""
        sent = self._sent.get(ts)
        if sent is None:
            return False
        if card.growing is None:
            del self._sent[ts]
            await self.end(channel, ts)
            return False
        words = card.growing.words
        if words.startswith(sent) and len(words) > len(sent):
            more = markdown(words[len(sent) :])
            await told(self._client.chat_appendStream(channel=channel, ts=ts, markdown_text=more))
            self._keep(ts, card.growing)
        return True

    async def end(self, channel: str, ts: str) -> None:
        """Let the message be one like others; nothing happens if it is."""
        try:
            await told(self._client.chat_stopStream(channel=channel, ts=ts))
        except Refused:
            raise
        except SendError as error:
            if not code(error):
                raise

    def _keep(self, ts: str, growing: Growing) -> None:
        self._sent[ts] = growing.words
        while len(self._sent) > _MOST:
            self._sent.popitem(last=False)


def is_streamed(error: SendError) -> bool:
    """Whether a message cannot be edited because a process that is gone began to stream it."""
    return isinstance(error, Gone) and code(error) == _BUSY


def carries(message: dict[str, object], mark: str) -> bool:
    """Whether a message of a bot, without metadata, is the stream that shows this."""
    text = str(message.get("text") or "")
    is_ours = bool(message.get("bot_id") or message.get("app_id"))
    return bool(mark) and is_ours and not message.get("metadata") and text.startswith(f"{mark} ·")


def markdown(words: str) -> str:
    """Foreign words as Markdown that shows them as they are; addresses lead nowhere."""
    pieces = ADDRESS.split(words)
    return "".join(
        f"`{piece.replace('`', '')}`" if number % 2 else _escaped(piece)
        for number, piece in enumerate(pieces)
    )


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text.replace("<", "‹").replace(">", "›"))
