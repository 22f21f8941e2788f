"""`POST /hooks/...`: alerts from monitoring systems. What is answered with 2xx is in the database."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.doors import loaded
from bot.telemetry import Metrics
from bot.web.api.door import problem
from bot.web.hooks import signature
from bot.web.hooks.known import Hook, paths
from core.catalogue.deployments import units as deployments
from core.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable, UnknownPerson, WardroomError
from core.ids import new_reference
from core.incidents.alerts import units as alerts
from core.incidents.alerts.units import Received
from core.incidents.sources import addresses, pagerduty
from core.incidents.sources.source import Delivery, Report
from core.people.permissions import may
from core.people.tokens import units as tokens
from core.people.tokens.token import allows
from core.place import Actor
from core.source import suggestion
from core.store.engine import Store, Unit
from core.text import one_line
from core.world import World
from handlers.limits import Limiter

BODY_LIMIT = 4 << 20
AT_ONCE = 64
"""Deliveries that are worked on at a time; with the limit of a body this bounds the memory that they take."""
SEND = "alert.send"
_DECLARE = "incident.declare"
_LARGE = 32 * 1024  # a body that is read aside, so that others are answered meanwhile
_SHOWN = 4_096
_PATIENCE = 10.0  # seconds for the body of a delivery
_WAIT = "5"
_ASK_WITH_A_TOKEN = (
    "Send it with `Authorization: Bearer …` and a token that is valid, and I say which hooks there are."  # noqa: S105 - words
)
log = structlog.get_logger("wardroom.hooks")


class HookDoor:
    """Takes deliveries from whoever shows a token or signs."""

    def __init__(
        self, store: Store, world: World, known: Mapping[str, Hook], limiter: Limiter, metrics: Metrics
    ) -> None:
        self._store = store
        self._world = world
        self._hooks = known
        self._limiter = limiter
        self._metrics = metrics
        self._busy = 0

    def routes(self) -> list[web.RouteDef]:
        """Every hook; those for any JSON by their name; and words for programs that call one that is not there."""
        fixed = [web.post(path, self._of(source)) for path, source in paths(self._world).items()]
        return [
            *fixed,
            web.post("/hooks/generic/{name}", self._generic),
            web.post("/hooks/{rest:.*}", self._none),
        ]

    def _of(self, source: str) -> Any:
        async def serve(request: web.Request) -> web.Response:
            return await self._serve(request, self._hooks[source])

        return serve

    async def _generic(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        hook = self._hooks.get(f"generic:{name}")
        if hook is None:
            what = f"There is no hook called “{one_line(name, 60)}”."
            return await self._absent(request, what, suggestion(name, self._world.alerts.generic))
        return await self._serve(request, hook)

    async def _none(self, request: web.Request) -> web.Response:
        there = suggestion(request.path, [*paths(self._world), addresses.ANY])
        return await self._absent(request, f"There is no hook at {one_line(request.path, 80)}.", there)

    async def _absent(self, request: web.Request, what: str, there: str) -> web.Response:
        """Words for a program that calls no hook; which there are is for whoever shows a token, and for no stranger."""
        bearer = _bearer(request.headers)
        try:
            if bearer:
                await self._store.read(tokens.owner, self._world.people, bearer)
        except WardroomError:
            bearer = ""
        return problem(NotFound(what, there if bearer else _ASK_WITH_A_TOKEN))

    async def _serve(self, request: web.Request, hook: Hook) -> web.Response:
        try:
            with self._room():
                answer = await self._taken(request, hook)
        except WardroomError as error:
            self._count(hook, error.code.lower())
            return _refusal(hook, error)
        except Exception:
            reference = new_reference()
            log.exception("hook.failed", source=hook.source, reference=reference)
            self._count(hook, "error")
            words = WardroomError("Something went wrong on my side.", f"Reference {reference} is in the log.")
            return problem(words, status=500)
        return answer

    @contextmanager
    def _room(self) -> Iterator[None]:
        if self._busy >= AT_ONCE:
            raise TooMany(
                "More deliveries arrive than I can take.", "Send it again in a second.", retry_after=1
            )
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def _taken(self, request: web.Request, hook: Hook) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        bearer = _bearer(headers)
        sender = await self._holder(bearer) if bearer else ""
        if not sender and hook.signed is None and hook.kind != "pagerduty":
            # Nothing of what strangers send is read.
            raise _stranger()
        raw = await _body(request)
        own = None if sender else self._signed(hook, headers, raw)
        delivery = await _aside(raw, _parsed, raw, headers)
        if not sender:
            sender = await self._sender(hook, delivery, own)
        report = await _aside(raw, hook.read, delivery)
        self._limiter.admit(
            Actor(platform="hook", user=sender), cost=max(1, len(report.news) + len(report.deployments))
        )
        report = replace(report, id=report.id or own or "")
        received = await self._store.transact(
            self._receive, hook, report, hashlib.sha256(raw).hexdigest()[:40]
        )
        self._counted(hook, received)
        return _answer(hook, delivery, report, received)

    def _receive(self, unit: Unit, hook: Hook, report: Report, key: str) -> Received:
        for one in report.deployments:
            deployments.report(unit, self._world, one, one.source)
        return alerts.receive(unit, self._world, hook.source, report, key)

    def _signed(self, hook: Hook, headers: Mapping[str, str], raw: bytes) -> str | None:
        """The sender's own key of a delivery that it signed, empty if it has none; None if this sender does not sign."""
        if hook.signed is None:
            return None
        secret = hook.secret or SecretStr("")
        return signature.check(hook.signed, secret, headers, raw, self._store.clock.now())

    async def _sender(self, hook: Hook, delivery: Delivery, own: str | None) -> str:
        """Who sends, without a token in the header: whoever signed, or whose token is an event's routing key."""
        if own is not None:
            return f"signed:{hook.source}"
        key = delivery.body.get("routing_key") if isinstance(delivery.body, dict) else None
        if hook.kind == "pagerduty" and isinstance(key, str) and key:
            return await self._holder(key)
        raise _stranger()

    async def _holder(self, secret: str) -> str:
        """The id of a token whose person may send alerts."""
        person, token = await self._store.read(tokens.owner, self._world.people, secret)
        if not any(may(person, one, self._world.roles) and allows(token, one) for one in (SEND, _DECLARE)):
            raise Forbidden(
                f"{person.name} may not send alerts: it needs the permission `{SEND}`, and a token that has it.",
                f"Give a role `{SEND}`, then: wardroom token create --person {person.id} --scope {SEND}",
            )
        return token.id

    def _counted(self, hook: Hook, received: Received) -> None:
        self._count(hook, "repeated" if received.was_there else "taken")
        for change, number in received.changes.items():
            self._metrics.alerts.labels(hook.source, change).inc(number)

    def _count(self, hook: Hook, outcome: str) -> None:
        self._metrics.alert_deliveries.labels(hook.source, outcome).inc()


def _stranger() -> UnknownPerson:
    return UnknownPerson(
        "This needs a token or a signature.",
        f"Send `Authorization: Bearer …`, made by: wardroom token create --person NAME --scope {SEND}",
    )


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


async def _body(request: web.Request) -> bytes:
    """What was sent, at most 4 MiB of it, whatever length was announced, within ten seconds."""
    raw = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.content.iter_any():
                raw += piece
                if len(raw) > BODY_LIMIT:
                    raise Invalid(
                        f"This delivery has more than {BODY_LIMIT >> 20} MiB.",
                        "Let the sender cut its groups (Alertmanager: `max_alerts: 500`).",
                        status=413,
                    )
    except ConnectionError:
        raise Invalid("The sender went away before it had sent all.", "Send it again.") from None
    except TimeoutError:
        raise Invalid(
            "This delivery did not arrive within ten seconds.", "Send it again.", status=408
        ) from None
    return bytes(raw)


async def _aside(raw: bytes, work: Any, *given: Any) -> Any:
    """Run what reads a large body beside the loop, so that nobody waits for it."""
    return await asyncio.to_thread(work, *given) if len(raw) > _LARGE else work(*given)


def _parsed(raw: bytes, headers: Mapping[str, str]) -> Delivery:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if "ce-specversion" in headers and not kind.endswith("json"):
        # An event whose attributes are in its headers may carry anything; what is no JSON says nothing of the alert.
        return Delivery(raw[:_SHOWN].decode(errors="replace") or None, headers)
    return Delivery(loaded(raw, "body"), headers)


def _answer(hook: Hook, delivery: Delivery, report: Report, received: Received) -> web.Response:
    if hook.kind == "pagerduty":
        key = pagerduty.dedup_key(delivery.body)
        return _json({"status": "success", "message": "Event processed", "dedup_key": key}, 202)
    changes = dict(received.changes)
    told = {"alerts": len(report.news), "deployments": len(report.deployments)}
    return _json({"status": "ok", **told, "repeated": received.was_there, "changes": changes}, 200)


def _refusal(hook: Hook, error: WardroomError) -> web.Response:
    faults = error.data.get("errors")
    if hook.kind == "pagerduty" and isinstance(faults, list):
        body = {"status": "invalid event", "message": "Event object is invalid", "errors": faults}
        return _json(body, 400)
    status = error.data.get("status")
    answer = problem(error, status if isinstance(status, int) else None)
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = _WAIT
    return answer


def _json(body: dict[str, Any], status: int) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
