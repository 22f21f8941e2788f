"""Every kind of check, against real servers on this machine."""

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.checks import tls
from bot.checks.address import failed
from bot.plugins import CHECKS, checks
from core.catalogue.config import HealthConfig, ServiceConfig, services
from core.clock import SystemClock
from core.health.check import Check, Finding, Status
from core.observability.config import BackendsConfig
from core.runbooks.config import ActionRules
from core.world import World
from tests.bot.checks.servers import certificate, closed_port, http, names

H, U, D, K = Status.HEALTHY, Status.UNHEALTHY, Status.DEGRADED, Status.UNKNOWN


def kinds(**more: Any) -> Mapping[str, Check]:
    return checks(World(workspace="acme", **more), SystemClock())


async def look(given: dict[str, Any], seconds: float = 2.0, **more: Any) -> Finding:
    """What a check finds that the configuration writes so."""
    config = ServiceConfig(health=(HealthConfig.model_validate({"name": "x", **given}),))
    (check,) = services({"s": config})["s"].health
    kind = kinds(**more)[check.means]
    return await kind.probe(kind.spec.args.model_validate(check.options), seconds)


@pytest.mark.parametrize("name", sorted(CHECKS))
async def test_every_kind_says_what_it_takes_and_refuses_the_rest(name: str) -> None:
    kind = kinds()[name]
    assert (name, "forbid") == (kind.spec.name, kind.spec.args.model_config["extra"])
    assert isinstance(kind.side, str)


async def test_an_address_that_answers_is_healthy_and_says_how_fast() -> None:
    async with http(_page) as base:
        found = await look({"http": f"{base}/ok"})
        assert H is found.status
        assert found.why.startswith("answered 200 in ")
        assert H is (await look({"http": f"{base}/moved"})).status
        assert H is (await look({"http": {"url": f"{base}/ok", "method": "HEAD"}})).status


@pytest.mark.parametrize(
    ("path", "more", "status", "said"),
    [
        ("ok", {"contains": "all is well"}, H, "answered 200 in"),
        ("ok", {"contains": "not this"}, U, "answered 200, without “not this”"),
        ("ok", {"expect": [204]}, U, "answered 200"),
        ("bad", {}, U, "answered 503"),
        ("bad", {"expect": [503]}, H, "answered 503 in"),
        ("slow", {"slow": "50ms"}, D, "slower than 50 ms"),
        ("slow", {"slow": "5s"}, H, "answered 200 in"),
        ("cut", {}, U, "closed without an answer"),
    ],
)
async def test_what_an_answer_is_taken_for(
    path: str, more: dict[str, Any], status: Status, said: str
) -> None:
    async with http(_page) as base:
        found = await look({"http": {"url": f"{base}/{path}", **more}})
    assert status is found.status
    assert said in found.why


async def test_who_does_not_answer_is_unhealthy() -> None:
    port = await closed_port()
    found = await look({"http": f"http://127.0.0.1:{port}/"})
    assert Finding(U, "no connection: Connection refused") == found
    async with http(_page) as base:
        assert Finding(U, "no answer within 0.2 s") == await look({"http": f"{base}/never"}, 0.2)


@pytest.mark.parametrize(
    ("number", "status"), [(socket.EAI_AGAIN, K), (socket.EAI_NONAME, U)], ids=["no answer", "no such name"]
)
def test_a_name_server_that_does_not_answer_is_not_the_fault_of_whom_we_look_for(
    number: int, status: Status
) -> None:
    assert status is failed(socket.gaierror(number, "said by the resolver")).status


async def test_a_port_that_takes_connections_is_healthy() -> None:
    async with http(_page) as base:
        found = await look({"tcp": base.removeprefix("http://")})
        assert (H, "connected in") == (found.status, found.why[:12])
        assert D is (await look({"tcp": {"address": base.removeprefix("http://"), "slow": "0ms"}})).status
    found = await look({"tcp": f"127.0.0.1:{await closed_port()}"})
    assert Finding(U, "no connection: Connection refused") == found


@pytest.mark.parametrize(
    ("name", "more", "status", "said"),
    [
        ("shop.test", {}, H, "it is 10.0.0.7, 10.0.0.8"),
        ("shop.test", {"expect": ["10.0.0.8"]}, H, "it is 10.0.0.7, 10.0.0.8"),
        ("shop.test", {"expect": ["10.0.0.9"]}, U, "it is 10.0.0.7, 10.0.0.8, without 10.0.0.9"),
        ("shop.test", {"record": "MX"}, U, "it has no record MX"),
        ("alias.test", {"record": "CNAME", "expect": ["shop.test"]}, H, "it is shop.test"),
        ("nowhere.test", {}, U, "there is no such name"),
        ("broken", {}, U, "the name server refuses"),
        ("silent", {}, U, "the name server does not answer"),
    ],
)
async def test_what_a_name_server_says(name: str, more: dict[str, Any], status: Status, said: str) -> None:
    records = {("shop.test.", "A"): ["10.0.0.7", "10.0.0.8"], ("alias.test.", "CNAME"): ["shop.test."]}
    async with names(records) as server:
        found = await look({"dns": {"name": name, "server": server, **more}}, 0.4)
    assert status is found.status
    assert said in found.why


@pytest.mark.parametrize(
    ("good_for", "more", "status", "said"),
    [
        (timedelta(days=90), {}, H, "ends in 89 days"),
        (timedelta(days=10, minutes=1), {}, D, "ends in 10 days"),
        (timedelta(days=2, minutes=1), {}, U, "ends in 2 days"),
        (timedelta(hours=5, minutes=1), {"fail": "1h", "warn": "2h"}, H, "ends in 5 hours"),
        (timedelta(hours=-1), {}, U, "the certificate ended on"),
    ],
)
async def test_a_certificate_is_judged_by_what_is_left_of_it(
    tmp_path: Path, good_for: timedelta, more: dict[str, Any], status: Status, said: str
) -> None:
    async with http(_page, certificate(tmp_path, good_for)) as base:
        address = base.removeprefix("https://")
        found = await look({"tls": {"address": address, "verify": False, **more}})
        assert status is found.status
        assert said in found.why


async def test_a_certificate_that_nobody_vouches_for_is_unhealthy_and_one_that_somebody_does_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with http(_page, certificate(tmp_path, timedelta(days=90))) as base:
        address = base.removeprefix("https://")
        found = await look({"tls": address})
        assert (U, "not trusted: self-signed certificate") == (found.status, found.why)
        found = await look({"http": f"{base}/ok"})
        assert U is found.status
        assert "not trusted" in found.why
        assert H is (await look({"http": {"url": f"{base}/ok", "verify": False}})).status
        trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        monkeypatch.setattr(tls, "_context", lambda *, verify: trusting)
        assert H is (await look({"tls": address})).status


async def test_what_speaks_no_tls_has_no_certificate() -> None:
    async with http(_page) as base:
        found = await look({"tls": base.removeprefix("http://")})
    assert (U, "no handshake") == (found.status, found.why[:12])


SERIES: dict[str, list[tuple[dict[str, str], str]]] = {
    "up": [({"job": "shop"}, "1")],
    "down": [({"job": "shop"}, "0"), ({"job": "bank"}, "1")],
    "nothing": [],
    "strange": [({}, "NaN")],
    "errors < bool 1": [({"code": "500"}, "0"), ({"code": "502"}, "1")],
    "errors": [({"code": "500"}, "12.4"), ({"code": "502"}, "0.1")],
    "latency < bool 0.3": [({}, "1")],
}


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("up", H, "it is 1"),
        ("down", U, "it is zero for job=shop"),
        ("nothing", K, "there is no data"),
        ("strange", K, "NaN"),
        ("errors < 1", U, "it is 12.4, and should be < 1 for code=500"),
        ("(errors < 1)", U, "it is 12.4, and should be < 1"),
        ("latency < 0.3", H, "< 0.3 holds for 1 series"),
        ("no_such_function()", K, "Prometheus could not answer (status 400). parse error"),
    ],
)
async def test_what_a_condition_over_metrics_is_taken_for(query: str, status: Status, said: str) -> None:
    async with http(_prometheus) as base:
        found = await look({"promql": query}, backends=_backends(base))
    assert (status, False) == (found.status, found.is_lost)
    assert said in found.why


async def test_a_prometheus_that_is_away_makes_nothing_unhealthy() -> None:
    port = await closed_port()
    found = await look({"promql": "up"}, backends=_backends(f"http://127.0.0.1:{port}"))
    assert (K, True) == (found.status, found.is_lost)
    found = await look({"promql": "up"})
    assert (K, False) == (found.status, found.is_lost)
    assert "no Prometheus is configured" in found.why


@pytest.mark.parametrize(
    ("code", "plugin", "status"),
    [
        (0, False, H), (1, False, U), (2, False, U),
        (0, True, H), (1, True, D), (2, True, U), (3, True, K), (9, True, K),
    ],
)  # fmt: skip
async def test_a_program_says_it_with_its_code(code: int, plugin: bool, status: Status) -> None:
    argv = ["sh", "-c", f"echo 'DISK is full | /=97%'; exit {code}"]
    found = await look({"command": {"argv": argv, "plugin": plugin}}, actions=_allowing("sh"))
    shown = "DISK is full" if plugin else "DISK is full | /=97%"
    assert Finding(status, f"code {code}: {shown}") == found


async def test_a_program_is_no_shell_and_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_SECRET", "hunter2")
    found = await look({"command": ["echo", "$HOME; rm -rf x"]}, actions=_allowing("echo"))
    assert Finding(H, "code 0: $HOME; rm -rf x") == found
    found = await look({"command": ["sh", "-c", "echo [$OUR_SECRET]"]}, actions=_allowing("sh"))
    assert Finding(H, "code 0: []") == found


async def test_a_program_that_is_not_allowed_or_not_there_is_unknown() -> None:
    assert Finding(K, "sh is not allowed to run") == await look({"command": ["sh"]})
    found = await look({"command": ["no-such-thing"]}, actions=_allowing("no-such-thing"))
    assert Finding(K, "no-such-thing is not installed here") == found


async def test_a_program_that_is_broken_off_leaves_nothing_behind(tmp_path: Path) -> None:
    mark = tmp_path / "late"
    argv = ["sh", "-c", f"sleep 0.6; touch {mark}"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await look({"command": argv}, actions=_allowing("sh"))
    await asyncio.sleep(0.8)
    assert not mark.exists()


def test_no_kind_of_check_loads_what_is_dear_before_it_looks() -> None:
    code = "import sys; from bot import plugins; print({'dns', 'cryptography.x509'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "set()" == said.strip()


async def _page(request: web.Request) -> web.StreamResponse:
    match request.match_info["path"]:
        case "bad":
            return web.Response(status=503)
        case "moved":
            return web.Response(status=302, headers={"Location": "/bad"})
        case "slow":
            await asyncio.sleep(0.1)
        case "never":
            await asyncio.sleep(30)
        case "cut":
            assert request.transport is not None
            request.transport.abort()
    return web.Response(text="all is well")


async def _prometheus(request: web.Request) -> web.StreamResponse:
    query = request.query["query"]
    if query not in SERIES:
        return web.json_response({"status": "error", "error": "parse error"}, status=400)
    found = [{"metric": labels, "value": [0, value]} for labels, value in SERIES[query]]
    return web.json_response({"status": "success", "data": {"resultType": "vector", "result": found}})


def _backends(base: str) -> BackendsConfig:
    return BackendsConfig.model_validate({"metrics": {"prometheus": base}})


def _allowing(*programs: str) -> ActionRules:
    return ActionRules.model_validate({"shell": {"allow": list(programs)}})
