"""The hooks alone, on a real store behind a real web server, and a person whose token may send alerts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr

from bot.telemetry import Metrics
from bot.web.hooks.door import HookDoor
from bot.web.hooks.known import hooks
from bot.web.server import WebServer
from core.catalogue.model import Service
from core.incidents.alerts.alert import Alert
from core.incidents.alerts.search import records as searching
from core.incidents.config import AlertsConfig
from core.people.person import Person
from core.people.tokens import units as tokens
from core.resilience.config import Limits
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter

KEY = "a key that both sides have"
STANDARD = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
CONFIG: dict[str, Any] = {
    "hooks": {
        "grafana": {
            "secret_env": "GRAFANA",
            "signature_header": "X-Grafana-Alerting-Signature",
            "timestamp_header": "X-Grafana-Alerting-Timestamp",
        },
        "cloudevents": {"secret_env": "EVENTS"},
    },
    "senders": {
        "shop": "alertmanager",
        "pager": "pagerduty",
        "store": "grafana",
        "depot": {"kind": "grafana", "signed": {"secret_env": "DEPOT", "signature_header": "X-Depot"}},
    },
    "generic": {
        "billing": {
            "fingerprint": "body.id",
            "name": "body.title",
            "status": 'body.ok ? "ok" : "firing"',
            "signed": {"secret_env": "BILLING", "signature_header": "X-Hub-Signature-256"},
        }
    },
}
SECRETS = {
    "grafana": SecretStr(KEY),
    "grafana:depot": SecretStr("the key of the depot"),
    "generic:billing": SecretStr(KEY),
    "cloudevents": SecretStr(STANDARD),
}


@dataclass
class Receiver:
    """Where to send, and what came of it."""

    url: str
    http: aiohttp.ClientSession
    store: Store
    metrics: Metrics
    tokens: dict[str, str] = field(default_factory=dict)

    async def post(
        self, path: str, body: Any, who: str | None = "mon", headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """The status, the answer and its headers; a body of bytes is sent as it is."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.tokens.get(who, who)}"
        async with self.http.post(f"{self.url}{path}", data=BytesIO(raw), headers=sent) as answer:
            return answer.status, orjson.loads(await answer.read()), dict(answer.headers)

    async def alerts(self) -> list[Alert]:
        """What is in the database."""
        found, _ = await self.store.read(searching.find, searching.Search(), 10_000)
        return found

    def counted(self, name: str, **labels: str) -> float:
        """A figure."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def receiving(store: Store, **limits: Any) -> AsyncIterator[Receiver]:
    """The hooks, served."""
    people = {
        "mon": Person(id="mon", name="Monitoring", kind="agent", roles=frozenset({"sender"})),
        "ana": Person(id="ana", name="Ana", roles=frozenset({"sre"})),
        "rex": Person(id="rex", name="Rex", kind="agent", roles=frozenset({"agent"})),
    }
    world = World(
        workspace="acme",
        people=people,
        roles={
            "sender": frozenset({"alert.send"}),
            "sre": frozenset({"incident.*"}),
            "agent": frozenset({"approval.request"}),
        },
        services={"checkout": Service(name="checkout")},
        alerts=AlertsConfig.model_validate(CONFIG),
        limits=Limits.model_validate(limits),
    )
    metrics = Metrics()
    limiter = Limiter(world.limits.alerts_per_minute, store.clock, "alerts")
    server = WebServer(
        "127.0.0.1", 0, HookDoor(store, world, hooks(world, SECRETS), limiter, metrics).routes()
    )
    await server.start()
    try:
        async with aiohttp.ClientSession() as http:
            receiver = Receiver(server.url, http, store, metrics)
            for name in people:
                receiver.tokens[name] = await store.transact(tokens.create, people, name, (), "test")
            yield receiver
    finally:
        await server.stop()
