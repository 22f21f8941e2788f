"""Is the process alive, is the house ready, and its figures: for whoever watches over it."""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from bot.platform import Health

Parts = Callable[[], Mapping[str, Health]]


def routes(
    parts: Parts, registry: CollectorRegistry, required: frozenset[str] | None = None
) -> list[web.RouteDef]:
    """`/healthz` and `/livez` (the process answers), `/readyz` (each part), `/metrics`.

    Args:
        parts: how each part of the house is, now; it must answer at once.
        registry: the figures to show.
        required: the parts without which the house is not ready (503); None: all of them.
    """

    async def alive(_: web.Request) -> web.Response:
        return _json({"status": "ok"})

    async def ready(_: web.Request) -> web.Response:
        state = parts()
        needed = state.keys() if required is None else required
        is_ready = all(name in state and state[name].ok for name in needed)
        shown = {name: _part(health, needed=name in needed) for name, health in state.items()}
        missing = {
            name: {"ok": False, "detail": "not there", "required": True} for name in needed - state.keys()
        }
        body = {"status": "ok" if is_ready else "unavailable", "parts": shown | missing}
        return _json(body, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        web.get("/healthz", alive),
        web.get("/livez", alive),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
    ]


def _part(health: Health, *, needed: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"ok": health.ok, "detail": health.detail, "required": needed}
    if health.last_event is not None:
        shown["last_event"] = health.last_event.astimezone(UTC).isoformat(timespec="seconds")
    return shown


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
