"""`/hooks/heartbeat/{name}/{key}`: something says that it is alive. The address is the key."""

import orjson
from aiohttp import web

from bot.telemetry import Metrics
from bot.web.api.door import problem
from core.errors import NotFound, WardroomError
from core.incidents.heartbeats import units as heartbeats
from core.incidents.heartbeats.heartbeat import fits
from core.place import Actor
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter


def routes(store: Store, world: World, limiter: Limiter, metrics: Metrics) -> list[web.RouteDef]:
    """A beat is sent by POST, or by GET, since many programs can do nothing else; a body is not read."""

    async def beat(request: web.Request) -> web.Response:
        name, key = request.match_info["name"], request.match_info["key"]
        try:
            if not fits(world.secret_key, name, key):
                raise NotFound(
                    "No heartbeat has this address.", "`/alerts heartbeats` shows those that there are."
                )
            limiter.admit(Actor(platform="heartbeat", user=name))
            known = await store.transact(heartbeats.beat, world, name)
            if known is None:
                raise NotFound(f"Nobody waits for {name} any more.", "Write it under `heartbeats:` again.")
        except WardroomError as error:
            metrics.alert_deliveries.labels("heartbeat", error.code.lower()).inc()
            return problem(error)
        metrics.alert_deliveries.labels("heartbeat", "taken").inc()
        return web.Response(body=orjson.dumps({"status": "ok"}), content_type="application/json")

    return [web.post("/hooks/heartbeat/{name}/{key}", beat), web.get("/hooks/heartbeat/{name}/{key}", beat)]
