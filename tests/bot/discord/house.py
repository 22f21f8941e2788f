"""A house as small as can be: it records what an adapter hands in, and asks back what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from bot.discord.adapter import DiscordAdapter, DiscordSettings
from core.clock import Clock, SystemClock
from core.errors import WardroomError
from core.place import Actor, Place
from handlers.cards.card import Button, Card, Text, line
from handlers.cards.form import Form, FormField
from handlers.inbound import Click, Command, Inbound
from handlers.verb import NOTHING, Args, Verb
from tests.platforms.discord import FakeDiscord

OPS = Place(platform="discord", channel="2001")
ANA = Actor(platform="discord", user="1001", name="Ana Ruiz")
KEY = "k" * 23


class Run(Args):
    runbook: str
    environment: str = "staging"
    dry: bool = False


class Declare(Args):
    title: str = ""


class Note(Args):
    text: str = ""


def _nothing(*_: Any) -> Any:
    return NOTHING


def verb(name: str, command: str, args: type[Args], **more: Any) -> Verb:
    return Verb(name, command, f"What {command} does.", f"/{command}", args, _nothing, **more)


VERBS = (
    verb("runbook.run", "runbook run", Run, order=("runbook",), choices={"runbook": lambda _w, _t: []}),
    verb("runbook.list", "runbook list", Args),
    verb("wardroom.home", "wardroom home", Args),
    verb("incident.declare", "incident declare", Declare, order=("title",)),
    verb("incident.timeline", "incident timeline", Note, rest="text"),
)

REASON = FormField(name="reason", label="Why not?", kind="long", max_length=500)


class House:
    """The door. `forms` maps a verb to the form it needs; `trouble` is raised by receive.

    `slowly` holds receive back until it is set; `at_once` is the work that begins before receive returns.
    """

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.deliveries = 0
        self.forms: dict[str, Form] = {}
        self.trouble: WardroomError | None = None
        self.asked: list[tuple[str, str, str]] = []
        self.slowly: asyncio.Event | None = None
        self.at_once: Callable[[Any], Coroutine[Any, Any, None]] | None = None
        self.works: list[asyncio.Future[None]] = []

    @property
    def verbs(self) -> Sequence[Verb]:
        return VERBS

    @property
    def watched(self) -> frozenset[str]:
        return frozenset({"📌"})

    async def form_for(self, inbound: Click | Command) -> Form | None:
        if isinstance(inbound, Command):
            return self.forms.get(f"{inbound.area}.{inbound.text}")
        form = self.forms.get(inbound.verb)
        seen = {"object": inbound.object, "revision": inbound.revision, "digest": inbound.digest}
        return form.model_copy(update=seen) if form else None

    def suggest(self, verb: str, argument: str, typed: str) -> Sequence[tuple[str, str]]:
        self.asked.append((verb, argument, typed))
        return [(f"Restart {n}", f"{typed}-{n}") for n in range(40)]

    async def receive(self, inbound: Inbound) -> bool:
        self.deliveries += 1
        if self.trouble is not None:
            raise self.trouble
        if self.slowly is not None:
            await self.slowly.wait()
        if any(inbound.key == seen.key for seen in self.received):
            return False
        self.received.append(inbound)
        if self.at_once is not None:
            self.works.append(asyncio.ensure_future(self.at_once(inbound)))
        return True

    def __getitem__(self, number: int) -> Any:
        return self.received[number]


@asynccontextmanager
async def connected(
    discord: FakeDiscord, house: House, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[DiscordAdapter]:
    adapter = adapter_to(discord, clock, **settings)
    await adapter.start(house)
    try:
        yield adapter
    finally:
        await adapter.stop()


def adapter_to(discord: FakeDiscord, clock: Clock | None = None, **settings: Any) -> DiscordAdapter:
    given: dict[str, Any] = {"token": SecretStr(discord.token)} | settings
    made = DiscordSettings(api_url=discord.api_url, gateway_url=discord.gateway_url, **given)
    return DiscordAdapter(made, clock or SystemClock())


def approval(*, confirm: str = "") -> Card:
    return Card(
        title="AP-1: restart checkout",
        tone="waiting",
        parts=(Text(line=line("Dev asks to restart checkout in production.")),),
        controls=(
            Button(label="Approve", verb="approval.approve", object="AP-1", style="primary", confirm=confirm),
            Button(label="Reject…", verb="approval.reject", object="AP-1", style="danger"),
        ),
        revision=3,
        digest="0123456789abcdef",
    )
