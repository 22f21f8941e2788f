"""Carries anchors of the audit outside: to a file that is only added to, or to a webhook; and reads them again."""

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import structlog
from pydantic import SecretStr
from typing_extensions import override

from bot.workers import Worker, backoff
from core.digest import canonical
from core.errors import ConfigError, Problem, Unavailable
from core.store import anchor
from core.store.anchor import Anchor, Waiting
from core.store.config import AnchorConfig, AnchorWebhook
from core.store.engine import Store

log = structlog.get_logger("wardroom.anchors")
_PATIENCE = aiohttp.ClientTimeout(total=10)
_OK = range(200, 300)


class AnchorWriter(Worker):
    """Writes waiting anchors until it is stopped. One process of several, the leader, writes for all."""

    def __init__(self, store: Store, config: AnchorConfig, workspace: str, secret: SecretStr) -> None:
        super().__init__(store, anchor.TOPIC)
        self._config = config
        self._workspace = workspace
        self._secret = secret
        self.leader = True

    @override
    async def work(self) -> bool:
        """Write all that waits now; what could not be written is tried again later, so nothing more is to be done at once."""
        if self.leader:
            await self.write()
        return False

    async def write(self) -> list[tuple[Waiting, str]]:
        """Write what waits now; each with what went wrong, or nothing."""
        tried = []
        for each in await self._store.read(anchor.waiting):
            fault = await self._one(each)
            tried.append((each, fault))
        return tried

    async def _one(self, each: Waiting) -> str:
        body = line(each.anchor, self._workspace)
        try:
            match each.target:
                case "file" if self._config.file is not None:
                    where = self._config.file
                    await asyncio.to_thread(append, Path(where), body)
                case "webhook" if self._config.webhook is not None:
                    where = self._config.webhook.url
                    await _post(self._config.webhook, self._secret, each.anchor, body)
                case _:
                    where = "nowhere: the configuration names no such target any more"
        except (OSError, aiohttp.ClientError, TimeoutError, Unavailable) as error:
            fault = str(error) or type(error).__name__
            due = self._store.clock.now() + timedelta(seconds=backoff(each.attempts + 1))
            await self._store.transact(anchor.failed, each, fault, due)
            log.warning("anchor not written", number=each.anchor.number, target=each.target, why=fault)
            return fault
        await self._store.transact(anchor.written, each, where)
        return ""

    @override
    async def due(self) -> datetime | None:
        """When the next one is to be written or tried again."""
        return await self._store.read(anchor.next_due) if self.leader else None


def line(made: Anchor, workspace: str) -> bytes:
    """An anchor as one line of JSON, without its end."""
    return canonical({"workspace": workspace, "at": made.at, "number": made.number, "hash": made.hash})


def append(path: Path, body: bytes) -> None:
    """Add a line to a file, and return when it is on the disk; the file's folder is made.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        if os.write(handle, body + b"\n") != len(body) + 1:
            raise OSError(f"the disk of {path} is full")
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> Iterator[Anchor]:
    """The anchors of a file, in its order.

    Raises:
        ConfigError: it is not there, or a line of it is no anchor.
    """
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield _anchor(path, number, text)
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"This cannot be read: {error.strerror}.")]) from None


def _anchor(path: Path, number: int, text: bytes) -> Anchor:
    try:
        said: Any = orjson.loads(text)
        at = datetime.fromisoformat(said["at"])
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        made = Anchor(int(said["number"]), str(said["hash"]), at)
    except (ValueError, KeyError, TypeError):
        what = "This line is no anchor."
        raise ConfigError(
            [Problem(str(path), number, what, "Give the file that anchors are written to.")]
        ) from None
    return made


async def _post(webhook: AnchorWebhook, secret: SecretStr, made: Anchor, body: bytes) -> None:
    """Send it, signed in the manner of Standard Webhooks where there is a key."""
    name, at = f"anchor-{made.number}", str(int(made.at.timestamp()))
    headers = {"content-type": "application/json", "webhook-id": name, "webhook-timestamp": at}
    if key := secret.get_secret_value():
        signed = hmac.digest(_key(key), f"{name}.{at}.".encode() + body, hashlib.sha256)
        headers["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    async with (
        aiohttp.ClientSession(timeout=_PATIENCE) as session,
        session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status not in _OK:
            raise Unavailable(f"It answered {answer.status}.")


def _key(secret: str) -> bytes:
    # The scheme writes its keys as whsec_ and base64; another text is the key itself.
    coded = secret.removeprefix("whsec_")
    return secret.encode() if coded == secret else base64.b64decode(coded)
