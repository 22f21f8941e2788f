"""The language model within its bounds: what may leave, how long, how often, how much; and what came of it.

It is imported at the first call, so that a house that never asks it does not carry it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from pydantic import SecretStr
from typing_extensions import override

from bot.breakers import Breakers, Pending
from bot.channels.channel import Down
from bot.model.telling import Telling
from bot.platform import Health
from bot.settings import Settings
from bot.telemetry import Metrics, hide
from core.conversation.config import ModelConfig
from core.conversation.llm import Counsel, Hear, Look, Model, Prompt, Said, Used, estimate
from core.conversation.memory.hiding import hidden
from core.conversation.spending import units as spending
from core.errors import ConfigError, Invalid, Unavailable
from core.runbooks.secrecy import SHORTEST, Hider
from core.store.engine import Store
from core.text import laid_out

log = structlog.get_logger("wardroom.llm")
_AT_ONCE = 4
_LOOKING = 4  # times the words that a model reads when it looks things up and reads its own words again
_CHOOSING = 2  # times, should its first choice be none


@dataclass(frozen=True)
class Kept:
    """What must never leave: secrets of the environment, and those of the configuration."""

    settings: Settings
    secrets: Mapping[str, str]

    def values(self) -> Iterable[str]:
        """Every secret that can be read now."""
        for name in type(self.settings).model_fields:
            value = getattr(self.settings, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
        for name in self.secrets:
            with suppress(Invalid, ConfigError):
                yield self.secrets[name]


class Llm(Counsel):
    """A model, asked on behalf of people. `make` makes it, at the first call."""

    def __init__(
        self,
        store: Store,
        config: ModelConfig,
        metrics: Metrics,
        kept: Kept,
        make: Callable[[Settings], Model] | None = None,
    ) -> None:
        self._store = store
        self._config = config
        self._metrics = metrics
        self._kept = kept
        self._make = make or made
        self._model: Model | None = None
        self._breakers = Breakers(store.clock, metrics)
        self._rests_until = store.clock.now()
        self._loading = asyncio.Lock()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        # What has seconds does not wait behind what has a minute.
        self._short = asyncio.Semaphore(_AT_ONCE)

    @property
    @override
    def name(self) -> str:
        """Which model it is."""
        return self._kept.settings.llm_model

    @property
    def config(self) -> ModelConfig:
        """The terms."""
        return self._config

    @override
    async def say(self, person: str, prompt: Prompt, hear: Hear | None = None) -> Said:
        """See Counsel."""
        hider = self._hider()
        safe = _veil(hider, prompt)
        told = Prompt(
            hide(hider.text(prompt.rules)), safe(prompt.words), prompt.most, prompt.look, prompt.choices
        )
        again = _CHOOSING if prompt.choices else 1
        read = (estimate(told.rules) + estimate(told.words)) * (_LOOKING if prompt.look else again)
        held = await self._store.transact(spending.hold, self._config, person, read, prompt.most * again)
        # Where it is left in the middle, what it has read by then is paid for all the same.
        used, failed = Used(read=estimate(told.rules) + estimate(told.words)), True
        try:
            telling = Telling(hear, safe, hider.begun) if hear is not None else None
            told = replace(told, look=_looking(prompt.look, safe, telling))
            said = await self._bounded(told, telling.add if telling else None)
            if telling is not None:
                await telling.end()
            used, failed = said.used, False
        except Unavailable as error:
            found = error.data.get("used")
            used = found if isinstance(found, Used) else Used()
            raise
        finally:
            used = spending.priced(self._config, used)
            await self._store.transact(spending.settle, held, used, failed=failed)
            self._count(used, failed=failed)
        return Said(safe(laid_out(said.text)), used)

    async def close(self) -> None:
        """Give back connections."""
        if self._model is not None:
            await self._model.close()
            self._model = None

    def health(self) -> Health:
        """Whether it answered lately. The house is well without it."""
        found = self._breakers.health()
        return Health(ok=True, detail=f"{self.name}: {found.detail}")

    async def _bounded(self, prompt: Prompt, hear: Hear | None) -> Said:
        seconds = (self._config.opinion if prompt.choices else self._config.timeout).total_seconds()
        try:
            if prompt.choices:
                async with asyncio.timeout(seconds), self._short:
                    return await self._guarded(prompt, hear)
            async with self._turns, asyncio.timeout(seconds):
                return await self._guarded(prompt, hear)
        except Pending:
            what = f"{self.name} has not answered lately, and is not asked now."
            raise Unavailable(what, "Try again in a minute.") from None
        except Down as down:
            raise down.__cause__ or Unavailable(str(down)) from None
        except TimeoutError:
            raise self._late(seconds, prompt) from None

    def _late(self, seconds: float, prompt: Prompt) -> Unavailable:
        """It did not answer in time; what it has read by then is paid for all the same, and is estimated."""
        used = Used(read=estimate(prompt.rules) + estimate(prompt.words))
        return Unavailable(f"{self.name} did not answer within {seconds:g} s.", "Try again later.", used=used)

    async def _guarded(self, prompt: Prompt, hear: Hear | None) -> Said:
        with self._breakers.calling("llm", self.name):
            return await self._called(prompt, hear)

    async def _called(self, prompt: Prompt, hear: Hear | None) -> Said:
        rests = (self._rests_until - self._store.clock.now()).total_seconds()
        if rests > 0:
            what = f"{self.name}: its provider has had too much, and is not asked now."
            raise Unavailable(what, f"It may be asked again in {rests:.0f} s.", ours=True)
        try:
            return await (await self._loaded()).say(prompt, hear)
        except Unavailable as error:
            log.warning("no answer", model=self.name, why=error.what, cause=type(error.__cause__).__name__)
            wait = error.data.get("retry_after")
            if isinstance(wait, float):
                self._rests_until = self._store.clock.now() + timedelta(seconds=wait)
            if error.data.get("ours"):
                raise
            raise Down(error.what) from error

    async def _loaded(self) -> Model:
        """The model; its packages are large, and are loaded beside what others are answered."""
        async with self._loading:
            if self._model is None:
                self._model = await asyncio.to_thread(self._make, self._kept.settings)
        return self._model

    def _hider(self) -> Hider:
        hider = Hider()
        hider.learn({value for value in self._kept.values() if len(value) >= SHORTEST})
        return hider

    def _count(self, used: Used, *, failed: bool) -> None:
        self._metrics.model_calls.labels("failed" if failed else "answered").inc()
        self._metrics.model_tokens.labels("read").inc(used.read)
        self._metrics.model_tokens.labels("written").inc(used.written)
        self._metrics.model_price.inc((used.price or 0) / spending.MILLION)


def _veil(hider: Hider, prompt: Prompt) -> Callable[[str], str]:
    """What takes secrets out of what is said for this prompt, and of what comes back.

    What is used as it stands, such as a draft, has digests and names of keys, so that only what is surely secret goes.
    """
    is_talk = prompt.look is not None or bool(prompt.choices)

    def safe(text: str) -> str:
        shaped: str = hide(hider.text(text))
        return hidden(shaped) if is_talk else shaped

    return safe


def _looking(look: Look | None, safe: Callable[[str], str], telling: Telling | None) -> Look | None:
    """The same, with nothing secret in what it gives; what was said before it is a text of its own."""
    if look is None:
        return None

    async def looked(command: str) -> str:
        if telling is not None:
            await telling.end()
        return safe(await look(command))

    return looked


def made(settings: Settings) -> Model:
    """The model through pydantic-ai.

    Raises:
        Unavailable: it is not installed, or cannot be used as it is configured.
    """
    try:
        from bot.backends.llm import PydanticModel
    except ModuleNotFoundError as missing:
        what = f"{settings.llm_model} needs packages that are not installed ({missing.name})."
        raise Unavailable(what, "pip install 'wardroom-chatops[llm]'", ours=True) from None
    return PydanticModel(settings)
