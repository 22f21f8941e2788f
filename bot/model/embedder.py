"""Makes vectors of what was said, through a server that speaks OpenAI's `/embeddings`; and of questions, when they are asked.

Without it, and whenever it does not answer, what was said is found by its words.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from pydantic import SecretStr

from bot.actions.web import Answer, Question, ask
from bot.breakers import Breakers, Pending
from bot.channels.channel import Down
from bot.telemetry import Metrics
from bot.workers import pause
from core.conversation.config import EmbeddingsConfig
from core.conversation.memory import nearness, records, units
from core.conversation.memory.hiding import hidden
from core.conversation.memory.units import Here, Mind
from core.errors import Unavailable
from core.runbooks.action import ActionFailed
from core.store.engine import Store, Unit

log = structlog.get_logger("wardroom.embeddings")
_OK = 200
_BATCH = 16
_LETTERS = 4_000
_LOOK = 20.0  # seconds between two looks for what has no vector yet
_SECONDS = 30.0
_HURRY = 5.0  # while somebody waits for an answer


class Embedder:
    """One server and model. `run` works off what has no vector; `near` is asked when something is looked for."""

    def __init__(self, store: Store, config: EmbeddingsConfig, key: SecretStr, metrics: Metrics) -> None:
        self._store = store
        self._config = config
        self._key = key
        self._breakers = Breakers(store.clock, metrics)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Do whatever waits, and look again and again."""
        while not self._stopping.is_set():
            try:
                while not self._stopping.is_set() and await self.work():
                    pass
            except Unavailable as error:
                log.warning("no vectors are made", why=error.what)
            await pause(self._stopping, _LOOK)

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()

    async def work(self) -> bool:
        """Make vectors of the newest that have none; False if all have one.

        Raises:
            Unavailable: the server does not answer, or not with vectors.
        """
        model = self._config.model
        rows = await self._store.read(records.without_vector, model, _BATCH)
        if not rows:
            return False
        made = await self._vectors([row.text for row in rows], _SECONDS)
        vectors = {row.id: vector for row, vector in zip(rows, made, strict=True)}
        await self._store.transact(records.keep_vectors, model, vectors)
        return True

    async def near(self, mind: Mind, here: Here, question: str) -> Mapping[int, float] | None:
        """How near what may be seen there is to a question; None where that cannot be known now."""
        try:
            (asked,) = await self._vectors([hidden(mind.conceal(question))], _HURRY)
        except Unavailable as error:
            log.warning("a question is looked for by its words alone", why=error.what)
            return None
        rows = await self._store.read(_seen, mind, here, self._config.model)
        # Some thousand long vectors take a while, and others wait for the loop.
        return await asyncio.to_thread(nearness.near, asked, rows)

    async def _vectors(self, texts: Sequence[str], seconds: float) -> list[bytes]:
        try:
            with self._breakers.calling("embeddings", urlsplit(self._config.url).netloc):
                return _read(await self._asked(texts, seconds), len(texts))
        except Pending as error:
            raise Unavailable(str(error), "It is asked again by itself.") from None
        except Down as down:
            raise Unavailable(str(down), "Look at `memory.embeddings`.") from None

    async def _asked(self, texts: Sequence[str], seconds: float) -> Answer:
        body: dict[str, Any] = {"model": self._config.model, "input": [text[:_LETTERS] for text in texts]}
        if self._config.dimensions is not None:
            body["dimensions"] = self._config.dimensions
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := self._key.get_secret_value():
            headers["Authorization"] = f"Bearer {key}"
        url = f"{self._config.url.rstrip('/')}/embeddings"
        question = Question("POST", url, headers, orjson.dumps(body), seconds)
        try:
            return await ask(question, [urlsplit(url).netloc.lower()], self._stopping)
        except ActionFailed as failed:
            raise Down(f"The embeddings server does not answer: {failed.why}") from None


def _seen(unit: Unit, mind: Mind, here: Here, model: str) -> list[tuple[int, bytes]]:
    return units.vectors(unit, mind, here, model)


def _read(answer: Answer, count: int) -> list[bytes]:
    """The vectors of an answer, in the order of what was asked.

    Raises:
        Down: it is no such answer.
    """
    if answer.status != _OK:
        raise Down(f"The embeddings server answered with {answer.status}.")
    try:
        rows = sorted(orjson.loads(answer.body)["data"], key=lambda row: int(row["index"]))
        found = [nearness.packed([float(value) for value in row["embedding"]]) for row in rows]
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Down("The embeddings server answered with something else than vectors.") from None
    if len(found) != count:
        raise Down(f"The embeddings server answered with {len(found)} vectors for {count} texts.")
    return found
