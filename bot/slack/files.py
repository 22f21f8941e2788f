"""Pictures into Slack: uploaded for nobody in particular, and shown by the message that names them."""

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Document, Refused, SendError
from bot.slack.problems import told
from bot.unreached import why
from bot.workers import pause
from handlers.cards.card import Card, Image, Part, Text, line

_NAME = "picture.png"
_LOOKS, _BETWEEN = 10, 0.5  # how often and how far apart it is asked whether a file can be shown
_KEPT = 50


class Files:
    """Uploads the pictures of cards. One that was uploaded for a message is not uploaded again when it is retried."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._uploaded: dict[str, str] = {}

    async def with_files(self, card: Card, key: str) -> Card:
        """The card whose pictures have names that Slack knows; where it takes none, words say why and what they show.

        Raises:
            SendError: Slack did not take one.
        """
        parts = [await self._named(part, f"{key}:{number}") for number, part in enumerate(card.parts)]
        return card.model_copy(update={"parts": tuple(parts)})

    async def post(self, channel: str, thread: str | None, document: Document) -> str:
        """Upload a file into a channel or a thread; returns its id."""
        more: dict[str, Any] = {"thread_ts": thread} if thread else {}
        name = await self._put(document.name, document.data, {})
        done = self._client.files_completeUploadExternal(
            files=[{"id": name, "title": document.name}],
            channel_id=channel,
            initial_comment=document.words,
            **more,
        )
        await told(done)
        return name

    async def _named(self, part: Part, key: str) -> Part:
        if not (isinstance(part, Image) and part.data):
            return part
        try:
            if key not in self._uploaded:
                while len(self._uploaded) >= _KEPT:
                    del self._uploaded[next(iter(self._uploaded))]
                self._uploaded[key] = await self._upload(part)
            await self._can_be_shown(self._uploaded[key])
        except Refused as error:
            return Text(line=line(f"{error} {part.alt}"))
        return part.model_copy(update={"file": self._uploaded[key]})

    async def _upload(self, part: Image) -> str:
        name = await self._put(_NAME, part.data, {"alt_txt": part.alt[:1_000]})
        await told(self._client.files_completeUploadExternal(files=[{"id": name, "title": _NAME}]))
        return name

    async def _put(self, name: str, data: bytes, more: dict[str, Any]) -> str:
        asked = self._client.files_getUploadURLExternal(filename=name, length=len(data), **more)
        where = await told(asked)
        try:
            limit = aiohttp.ClientTimeout(total=30)
            async with (
                aiohttp.ClientSession(timeout=limit) as http,
                http.post(str(where["upload_url"]), data=data) as answer,
            ):
                answer.raise_for_status()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SendError(f"Slack did not take the file: {why(error)}.") from error
        return str(where["file_id"])

    async def _can_be_shown(self, name: str) -> None:
        """Wait until Slack has looked at the file: a message that names it sooner is refused."""
        for _ in range(_LOOKS):
            found = await told(self._client.files_info(file=name))
            if (found.get("file") or {}).get("mimetype"):
                return
            await pause(asyncio.Event(), _BETWEEN)
        raise SendError("Slack still looks at the picture.", retry_after=5.0)
