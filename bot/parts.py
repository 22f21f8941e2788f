"""Which platforms, pages and actions a house of these settings has."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot import plugins
from bot.asker import Asker
from bot.configuration import whom_of
from bot.doors import Gate
from bot.feeds import Feeds
from bot.following import Following
from bot.model.answerer import Answerer
from bot.model.drafter import Drafter
from bot.model.llm import Kept, Llm
from bot.model.minding import Minding
from bot.platform import Health, Platform
from bot.rehearsals import Rehearsals
from bot.secrets import Secrets
from bot.settings import Settings, named_secret, secret_named
from bot.showing import shown_of
from bot.telemetry import Metrics
from bot.web import answers, calendars, confirm, documents, health, manual, pages, public, reviewing
from bot.web.api import serve as api
from bot.web.api.door import Door
from bot.web.api.questions import Questions
from bot.web.api.stream import Streams
from bot.web.connections import Connections
from bot.web.hooks import serve as alerts
from bot.web.live.door import LiveDoor
from bot.web.live.session import Bounds
from bot.web.runbook_calls import Calls
from bot.web.signin import serve as signin
from bot.web.signin.doors import doors_of
from core.clock import Clock
from core.conversation.drafting.check import Bench
from core.runbooks.engine import Engine, Pace
from core.runbooks.params import Names
from core.store.engine import Store
from core.store.opening import sqlite_path
from core.world import World
from handlers.cards.card import Card
from handlers.limits import Limiter
from handlers.registry import Registry

if TYPE_CHECKING:
    from bot.grpc.server import GrpcServer

log = structlog.get_logger("wardroom")
_WRITERS = 3  # a slow model keeps others waiting no longer than two do


@dataclass(frozen=True)
class Parts:
    """What was made for these settings."""

    platforms: Mapping[str, Platform]
    routes: tuple[web.RouteDef, ...]
    engine: Engine
    rehearsals: Rehearsals
    asker: Asker
    live: LiveDoor
    grpc: "GrpcServer | None"
    llm: Llm | None
    drafter: Drafter
    answerer: Answerer
    minding: Minding
    feeds: Feeds

    def asking(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """The workers that ask a language model, by name; without one, drafts are only saved, and answers are plain."""
        for number in range(_WRITERS if self.llm is not None else 1):
            yield f"drafts-{number + 1}", self.drafter.run
            yield f"answers-{number + 1}", self.answerer.run
        yield from self.minding.workers()

    async def end(self) -> None:
        """End what others hold open, and take no more work."""
        self.drafter.stop()
        self.answerer.stop()
        self.minding.stop()
        self.rehearsals.stop()
        self.feeds.stop()
        await self.live.close()
        if self.grpc is not None:
            await self.grpc.stop()

    async def close(self) -> None:
        """Give back what is held open elsewhere, once nobody uses it any more."""
        for platform in self.platforms.values():
            await platform.stop()
        if self.llm is not None:
            await self.llm.close()


def parts_of(settings: Settings, world: World, store: Store, registry: Registry, watch: "Watch") -> Parts:
    """Make the platforms whose tokens are there, the pages, and the engine with its actions."""
    clock = store.clock
    platforms, routes = _chats(settings, world, clock)
    routes += health.routes(watch.health, watch.metrics.registry, frozenset({"database", "workers"}))
    routes += _for_people(settings, world, store, registry)
    secrets = Secrets(world.secrets, settings.config.parent)
    llm = Llm(store, world.llm, watch.metrics, Kept(settings, secrets)) if settings.llm_model else None
    asker = Asker(store, plugins.book(world, named_secret))
    door = Door(store, world, Limiter(world.limits.requests_per_minute, clock), asker)
    connections = Connections(world.limits.connections_per_token)
    routes += api.routes(door, store, Streams(watch.following, connections), Questions(connections, llm))
    bounds = Bounds(world.limits.topics_per_connection)
    live = LiveDoor(door.gate, watch.following, connections, world.public_url, bounds)
    routes += live.routes()
    routes += Calls(store, world, Limiter(world.limits.requests_per_minute, clock), secrets).routes()
    routes += alerts.routes(store, world, watch.metrics, settings.twilio_auth_token.get_secret_value())
    workers = world.workers
    pace = Pace(lease=workers.lease, look=timedelta(seconds=2), steps=workers.steps)
    actions = plugins.actions(world, clock)
    engine = Engine(store, actions, store.process, world, secret_values=secrets, pace=pace)
    rehearsals = Rehearsals(store, world, actions, secrets)
    drafter = _drafter(store, world, llm)
    grpc = _grpc(settings, world, store, asker, (door.gate, watch.following))
    minding = Minding(store, world, llm, watch.metrics)
    answerer = Answerer(store, world, llm, minding.embedder)
    doors = (tuple(routes), engine, rehearsals, asker, live, grpc)
    feeds = Feeds(store, world, settings.config.parent, secret_named)
    return Parts(platforms, *doors, llm, drafter, answerer, minding, feeds)


def _chats(settings: Settings, world: World, clock: Clock) -> tuple[dict[str, Platform], list[web.RouteDef]]:
    """The platforms whose tokens are there, and where they deliver."""
    platforms: dict[str, Platform] = {}
    routes: list[web.RouteDef] = []
    if settings.has_slack:
        from bot.slack.adapter import SlackAdapter, SlackSettings

        slack = SlackAdapter(
            SlackSettings(
                bot_token=settings.slack_bot_token,
                app_token=settings.slack_app_token,
                signing_secret=settings.slack_signing_secret,
                api_url=settings.slack_api_url,
                commands={theirs: ours for ours, theirs in world.slack.commands.items()},
            ),
            clock,
        )
        platforms["slack"] = slack
        routes += slack.routes()
    if settings.has_discord:
        from bot.discord.adapter import DiscordAdapter, DiscordSettings

        platforms["discord"] = DiscordAdapter(
            DiscordSettings(
                token=settings.discord_token,
                api_url=settings.discord_api_url,
                gateway_url=settings.discord_gateway_url,
                message_content=world.discord.message_content,
                guild_ids=world.discord.guilds,
            ),
            clock,
        )
    if settings.local:
        platforms["local"], more = _local(settings, world, clock)
        routes += more
    return platforms, routes


def _for_people(settings: Settings, world: World, store: Store, registry: Registry) -> list[web.RouteDef]:
    """The pages that people open by a link, and what their calendars read."""
    limiter = Limiter(world.limits.pages_per_minute, store.clock)
    return [
        *pages.routes(shown_of(store, world, registry), world.secret_key),
        *confirm.routes(store, world),
        *manual.routes(),
        *answers.routes(store, world),
        *calendars.routes(store, world),
        *documents.routes(store, world),
        *public.routes(store, world),
        *reviewing.routes(store, world),
        *signin.routes(store, world, limiter, doors_of(settings, world.signin)),
    ]


@dataclass(frozen=True)
class Watch:
    """What those see who watch over the house, or follow what happens in it."""

    health: Callable[[], Mapping[str, Health]]
    metrics: Metrics
    following: Following


def _grpc(
    settings: Settings, world: World, store: Store, asker: Asker, doors: tuple[Gate, Following]
) -> "GrpcServer | None":
    """The gRPC server; None if it is off, or its packages are not installed, which is said once.

    Raises:
        Invalid: it would be reached by other machines without TLS, or the files of TLS cannot be used.
    """
    if settings.grpc_port == "off":
        return None
    try:
        from bot.grpc.server import GrpcServer, Tls
        from bot.grpc.service import Service
        from bot.grpc.watching import Watching
    except ModuleNotFoundError as missing:
        mend = "pip install 'wardroom-chatops[grpc]', or set WARDROOM_GRPC_PORT=off to hear no more of it"
        log.warning("grpc.not_served", port=settings.grpc_port, missing=missing.name, mend=mend)
        return None
    gate, following = doors
    limits = world.limits
    watching = Watching(store, following, limits.connections_per_token * limits.topics_per_connection)
    tls = Tls(settings.grpc_tls_cert, settings.grpc_tls_key, settings.grpc_tls_client_ca)
    service = Service(store, gate, asker, watching)
    return GrpcServer(settings.http_host, settings.grpc_port, service, tls)


def _drafter(store: Store, world: World, llm: Llm | None) -> Drafter:
    names = Names(world.services, world.environments, world.runbooks)
    return Drafter(
        store, world, Bench(plugins.specs(), world.actions, whom_of(world), names, world.drafts), llm
    )


def _on_discord(card: Card) -> list[dict[str, Any]]:
    # The library is large, and few look at this.
    from bot.discord.render import preview

    return preview(card)


def _local(settings: Settings, world: World, clock: Clock) -> tuple[Platform, list[web.RouteDef]]:
    from bot.demo import cast
    from bot.demo.exchange import Exchange
    from bot.demo.fleet import Fleet
    from bot.local.adapter import LocalPlatform
    from bot.slack.render import preview as on_slack

    database = sqlite_path(settings.database_url.get_secret_value())
    folder = database.parent if database else settings.config.parent
    local = LocalPlatform(
        folder / "workspace.db",
        cast.personas(world),
        cast.channels(world),
        clock,
        previews={"Slack": on_slack, "Discord": _on_discord},
    )
    fleet = Fleet(world.services, world.environments, clock) if settings.demo else None
    agents = (person.id for person in world.people.values() if not person.is_human)
    exchange = Exchange(agents, clock) if settings.demo else None
    return local, [
        *local.routes(),
        *(fleet.routes() if fleet else ()),
        *(exchange.routes() if exchange else ()),
    ]
