"""A simulated fleet: services that are well or unwell, some by the clock, and that a restart really changes.

It is served by the demo's own web server, so that runbooks have something to call. Every answer says that
it is simulated.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from bot.workers import pause
from core.clock import Clock

_NOTE = "Simulated by the demo; no real system is behind this."
_USUAL = "production"
_ROUND = timedelta(minutes=20)
# From which minute to which of every twenty a service is not well, by itself; a restart begins its time anew.
_MOODS = {"payments": (4.0, 5.5), "recommendation-engine": (10.0, 13.0)}
_SLOW = 0.4


@dataclass
class Instance:
    """One service in one environment. `unwell` is what a restart cures."""

    service: str
    environment: str
    started: datetime
    version: str = "1.0.0"
    restarts: int = 0
    unwell: str = ""

    def restart(self, now: datetime) -> None:
        """Begin anew: the time it is up starts again, and what was unwell is well."""
        self.restarts += 1
        self.started = now
        self.unwell = ""


class Fleet:
    """All instances, in memory: the fleet is as new whenever the demo starts."""

    def __init__(self, services: Iterable[str], environments: Iterable[str], clock: Clock) -> None:
        environments = list(environments)
        self._clock = clock
        now = clock.now()
        self._instances = {
            (service, environment): Instance(service, environment, now)
            for service in services
            for environment in environments
        }
        self._primary = dict.fromkeys(environments, "a")
        ailing = self._instances.get(("checkout", _USUAL))
        if ailing is not None:
            ailing.unwell = "memory is filling up: 1.9 of 2.0 GiB"

    def routes(self) -> list[web.RouteDef]:
        """Overview, health, restart, deploy and failover, all under `/demo/fleet`."""
        return [
            web.get("/demo/fleet", self._overview),
            web.get("/demo/fleet/{service}/healthz", self._health),
            web.post("/demo/fleet/{service}/restart", self._restart),
            web.post("/demo/fleet/{service}/deploy", self._deploy),
            web.get("/demo/fleet/{service}/replication", self._replication),
            web.post("/demo/fleet/{service}/promote", self._promote),
        ]

    async def _overview(self, _: web.Request) -> web.Response:
        return _json({"instances": [self._state(one) for one in self._instances.values()]})

    async def _health(self, request: web.Request) -> web.Response:
        instance = self._meant(request)
        state = self._state(instance)
        if not self._is_moody(instance):
            return _json(state)
        if instance.service == "payments":
            return _json(state | {"status": "down", "detail": "the bank does not answer"}, 503)
        await pause(asyncio.Event(), _SLOW)
        return _json(state | {"status": "slow", "detail": "the model is being loaded"})

    async def _restart(self, request: web.Request) -> web.Response:
        instance = self._meant(request)
        instance.restart(self._clock.now())
        return _json(self._state(instance))

    async def _deploy(self, request: web.Request) -> web.Response:
        instance = self._meant(request)
        instance.version = request.query.get("version", "")[:40] or instance.version
        instance.restart(self._clock.now())
        return _json(self._state(instance))

    async def _replication(self, request: web.Request) -> web.Response:
        return _json(self._replicas(self._meant(request)))

    async def _promote(self, request: web.Request) -> web.Response:
        instance = self._meant(request)
        wanted = request.query.get("to") or ("b" if self._primary[instance.environment] == "a" else "a")
        if wanted not in ("a", "b"):
            raise web.HTTPBadRequest(text="There are the replicas a and b.")
        self._primary[instance.environment] = wanted
        return _json(self._replicas(instance))

    def _meant(self, request: web.Request) -> Instance:
        service = request.match_info["service"]
        environment = request.query.get("environment", _USUAL)
        instance = self._instances.get((service, environment))
        if instance is None:
            raise web.HTTPNotFound(text="The simulated fleet has no such service in that environment.")
        return instance

    def _is_moody(self, instance: Instance) -> bool:
        begins, ends = _MOODS.get(instance.service, (0.0, 0.0))
        minute = (self._clock.now() - instance.started) % _ROUND / timedelta(minutes=1)
        return instance.environment == _USUAL and begins <= minute < ends

    def _state(self, instance: Instance) -> dict[str, Any]:
        return {
            "service": instance.service,
            "environment": instance.environment,
            "status": "degraded" if instance.unwell else "ok",
            "detail": instance.unwell or "all is well",
            "version": instance.version,
            "restarts": instance.restarts,
            "up_for_seconds": int((self._clock.now() - instance.started).total_seconds()),
        }

    def _replicas(self, instance: Instance) -> dict[str, Any]:
        primary = self._primary[instance.environment]
        return {
            "service": instance.service,
            "environment": instance.environment,
            "primary": primary,
            "replica": "b" if primary == "a" else "a",
            "lag_seconds": 1,
        }


def _json(data: dict[str, Any], status: int = 200) -> web.Response:
    body = orjson.dumps({**data, "simulated": True, "note": _NOTE})
    return web.Response(status=status, body=body, content_type="application/json")
