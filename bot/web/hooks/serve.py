"""All hooks for alerts together."""

from aiohttp import web

from bot.telemetry import Metrics
from bot.web.hooks import heartbeat, phone
from bot.web.hooks.door import HookDoor
from bot.web.hooks.known import hooks, keys_of
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter


def routes(store: Store, world: World, metrics: Metrics, twilio: str) -> list[web.RouteDef]:
    """What the web server serves to monitoring systems, and to telephones; `twilio` is the token of the account there.

    Raises:
        ConfigError: the key of a sender that signs is not set.
    """
    counted = Limiter(world.limits.alerts_per_minute, store.clock, "alerts")
    door = HookDoor(store, world, hooks(world, keys_of(world)), counted, metrics)
    return [
        *door.routes(),
        *heartbeat.routes(store, world, counted, metrics),
        *phone.routes(store, world, twilio, counted, metrics),
    ]
