"""A small house for the local workspace: it writes down what it is handed and answers like the real one would."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.local.adapter import LocalPlatform
from bot.local.personas import ChannelInfo, Persona
from bot.web.server import WebServer
from core.clock import ManualClock
from core.place import Place
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Fields,
    Quote,
    Select,
    Step,
    Steps,
    Text,
    When,
    Who,
    line,
    say,
)
from handlers.cards.form import Form, FormField
from handlers.inbound import Click, Command, Inbound, Message, Submit
from handlers.verb import Args, Call, Reply, Verb

NOW = datetime(2026, 11, 21, 13, 2, tzinfo=UTC)
PERSONAS = (
    Persona("dev", "Dev Patel", ("developer",), "asks for runbooks"),
    Persona("ana", "Ana Ruiz", ("sre",), "may approve"),
    Persona("bo", "Bo Lindqvist", ("sre",), "may approve"),
    Persona("chi", "Chi Okafor", ("security",), "must agree to production changes"),
    Persona("eve", "Eve Martin", ("manager",), "may break the glass"),
    Persona("zed", "Zed", (), "nobody configured Zed"),
)
CHANNELS = (
    ChannelInfo("ops", "ops", "Changes to what runs, and who agreed to them"),
    ChannelInfo("incidents", "incidents", "What is broken right now"),
)


class Words(Args):
    """Arguments of the verbs of these tests."""

    runbook: str = ""
    service: str = ""
    title: str = ""
    reason: str = ""


def _never(_: Unit, __: Call, ___: Words) -> Reply:
    raise AssertionError("the small house runs no verbs")


def _verb(name: str, command: str, help_text: str, *order: str) -> Verb:
    choices: dict[str, Callable[[World, str], list[tuple[str, str]]]] = {}
    if "service" in order:
        choices["service"] = lambda _, __: []
    return Verb(name, command, help_text, f"/{command}", Words, _never, order=order, choices=choices)


VERBS = (
    _verb("runbook.run", "runbook run", "Run a runbook", "runbook", "service"),
    _verb("runbook.list", "runbook list", "Show every runbook"),
    _verb("incident.declare", "incident declare", "Declare an incident", "title"),
    _verb("approval.approve", "approvals approve", "Approve a request"),
    _verb("approval.reject", "approvals reject", "Reject a request"),
)
REASON = Form(
    title="Reject AP-1",
    verb="approval.reject",
    object="AP-1",
    intro="Dev reads what you write here.",
    fields=(
        FormField(name="reason", label="Reason", kind="long", hint="One sentence is enough."),
        FormField(
            name="scope",
            label="What may be done instead",
            kind="choice",
            required=False,
            options=(("Nothing", "none"), ("Try staging first", "staging")),
        ),
    ),
    submit="Reject",
)


def approval(votes: int = 0) -> Card:
    """A card with everything that people press."""
    state = {0: "waiting", 1: "partial"}.get(votes, "good")
    open_ = votes < 2
    return Card(
        title="Approval needed: restart checkout in production"
        if open_
        else "Approved: restart checkout in production",
        tone=state,
        parts=(
            Fields(
                items=(
                    ("Asked by", line(Who(name="Dev Patel", ids={"local": "dev"}))),
                    ("Votes", line(f"{votes} of 2, one from security")),
                    (
                        "Until",
                        line(
                            When(at=datetime(2026, 11, 21, 14, 2, tzinfo=UTC)),
                            " · ",
                            When(at=datetime(2026, 11, 21, 14, 2, tzinfo=UTC), style="relative"),
                        ),
                    ),
                )
            ),
            Text(
                line=line(
                    Bold(text="Why: "),
                    "policy ",
                    Code(text="production-change"),
                    " asks two people of sre or security.",
                )
            ),
            Quote(label="Dev wrote", text="restart checkout in production <b>now</b> @everyone"),
        ),
        controls=(
            Button(
                label="Approve",
                verb="approval.approve",
                object="AP-1",
                style="primary",
                confirm="Restart checkout in production?",
                speak="Approve AP-1: restart checkout in production",
            ),
            Button(
                label="Reject…", verb="approval.reject", object="AP-1", style="danger", speak="Reject… AP-1"
            ),
            Select(
                label="Severity",
                verb="incident.severity",
                object="INC-1",
                options=(("SEV1", "1"), ("SEV2", "2")),
            ),
        )
        if open_
        else (),
        footer=line("AP-1 · digest ", Code(text="9f3c2a11"), f" · rev {votes}"),
        summary=f"Approval needed: restart checkout in production, {votes} of 2.",
        revision=votes,
        digest="9f3c2a11",
    )


def progress(done: int) -> Card:
    """A run under way."""
    marks = ["done" if n < done else "running" if n == done else "pending" for n in range(3)]
    return Card(
        title=f"Restart checkout · {'done' if done == 3 else 'running'}",
        tone="good" if done == 3 else "neutral",
        parts=(
            Steps(
                items=tuple(
                    Step(mark=m, name=n, detail=line("4 s"))
                    for m, n in zip(marks, ("Drain", "Restart", "Check"), strict=True)
                )
            ),
        ),
        summary=f"Restart checkout: {done} of 3 steps.",
    )


class SmallHouse:
    """Takes what comes once by its key, and calls `react` with it."""

    verbs: Sequence[Verb] = VERBS
    watched: frozenset[str] = frozenset({"pushpin"})

    def __init__(self) -> None:
        self.received: list[Inbound] = []
        self.keys: set[str] = set()
        self.fails: Exception | None = None
        self.react: Callable[[Inbound], object] = lambda _: None

    async def form_for(self, inbound: Click | Command) -> Form | None:
        if isinstance(inbound, Click):
            return REASON if inbound.verb == "approval.reject" else None
        wants = inbound.area == "incident" and inbound.text == "declare"
        title = FormField(name="title", label="What is broken?")
        return Form(title="Declare an incident", verb="incident.declare", fields=(title,)) if wants else None

    def suggest(self, verb: str, argument: str, typed: str) -> Sequence[tuple[str, str]]:
        names = ("checkout", "payments", "user-db")
        return [(name, name) for name in names if name.startswith(typed)] if argument == "service" else []

    async def receive(self, inbound: Inbound) -> bool:
        if self.fails is not None:
            raise self.fails
        if inbound.key in self.keys:
            return False
        self.keys.add(inbound.key)
        self.received.append(inbound)
        answer = self.react(inbound)
        if hasattr(answer, "__await__"):
            await answer
        return True


class Workspace:
    """A running local workspace: the platform, the server, and the small house behind them."""

    def __init__(self, platform: LocalPlatform, server: WebServer, house: SmallHouse) -> None:
        self.platform = platform
        self.server = server
        self.house = house
        self._keys = 0

    @property
    def url(self) -> str:
        return self.server.url

    def key(self) -> str:
        self._keys += 1
        return f"{self._keys:024d}"

    async def posts(self, card: Card, channel: str = "ops", thread: str | None = None) -> str:
        return await self.platform.post(
            Place(platform="local", channel=channel, thread=thread), card, self.key()
        )

    async def answer_like_the_real_one(self, inbound: Inbound) -> None:
        """Enough of the story for a person at the page: ask, approve, reject, be told."""
        place, actor = inbound.place, inbound.actor
        if isinstance(inbound, Message) and "restart checkout" in inbound.text:
            await self.platform.post(place.under(place.thread or place.message), approval(), self.key())
        elif isinstance(inbound, Click) and inbound.verb == "approval.approve" and actor.user == "dev":
            await self.platform.whisper(
                actor,
                place,
                say("You asked for this, so you cannot vote on it.", tone="bad"),
                self.key(),
                inbound.key,
            )
        elif isinstance(inbound, Click) and inbound.verb == "approval.approve":
            await self.platform.update(place, approval(inbound.revision + 1))
        elif isinstance(inbound, Submit):
            await self.platform.post(
                place.under(place.thread),
                say("Rejected: ", inbound.fields.get("reason", ""), tone="bad"),
                self.key(),
            )
        elif isinstance(inbound, Command) and inbound.text == "home":
            await self.platform.publish_home(
                actor,
                Card(
                    title="Waiting for you",
                    parts=(Text(line=line("Nothing.")),),
                    controls=(Button(label="Open AP-1", verb="approval.approve", object="AP-1"),),
                    summary="Nothing waits.",
                ),
            )


@asynccontextmanager
async def workspace(path: Path, port: int = 0) -> AsyncIterator[Workspace]:
    platform = LocalPlatform(
        path / "local.db",
        PERSONAS,
        CHANNELS,
        ManualClock(NOW),
        previews={
            "Slack": lambda card: {"blocks": [card.title]},
            "Discord": lambda card: {"embeds": [card.title]},
        },
    )
    server = WebServer("127.0.0.1", port, platform.routes(), loopback_only=True)
    house = SmallHouse()
    await server.start()
    await platform.start(house)
    try:
        yield Workspace(platform, server, house)
    finally:
        await platform.stop()
        await server.stop()
