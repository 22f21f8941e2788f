"""Runbooks that a call from outside, the clock or an alert starts, through the doors of a whole house."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from bot.app import House
from bot.settings import Settings
from core.clock import ManualClock
from core.people.tokens import units as tokens
from core.runbooks import records as runs
from core.store import events
from tests.platforms.alertmanager import Alertmanager
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats

WORDS = "a long and secret word"
KEY = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
BOOKS = {
    "released": """
        name: released
        owners: [platform]
        params: {service: {type: service, required: true}, environment: {type: environment, default: staging}}
        triggers:
          - webhook: HOW
            params: {service: "${{ body.service }}", environment: "${{ has(body.where) ? body.where : 'staging' }}"}
            channel: dev
        steps:
          - {id: tell, action: chat.post, with: {text: "${{ params.service }} is out"}}
          - {id: do, needs: [tell], action: shell, with: {argv: [echo, x]}, nature: idempotent}
    """,
    "nightly": """
        name: nightly
        owners: [platform]
        triggers: [{cron: "30 3 * * *", channel: ops}]
        steps: [{id: tell, action: chat.post, with: {text: "the night is over"}}]
    """,
    "heal": """
        name: heal
        params: {service: {type: service, required: true}, environment: {type: environment, default: production}}
        triggers: [{alert: 'labels.alertname == "Down"', params: {service: "${{ alert.service }}"}, channel: ops}]
        steps: [{id: do, action: shell, with: {argv: [echo, x]}, nature: idempotent}]
    """,
}


def _written(tmp_path: Path, how: str) -> Settings:
    given = settings(tmp_path)
    for name, text in BOOKS.items():
        file = given.config.parent / "runbooks" / f"{name}.yaml"
        file.write_text(text.replace("\n        ", "\n").replace("HOW", how), encoding="utf-8")
    secrets = "secrets: {WORDS: {env: HOOK_WORDS}, KEY: {env: HOOK_KEY}, NONE: {env: HOOK_NONE}}\n"
    text = given.config.read_text(encoding="utf-8")
    if secrets not in text:  # what was changed is kept over a restart
        given.config.write_text(text + secrets, encoding="utf-8")
    return given


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_WORDS", WORDS)
    monkeypatch.setenv("HOOK_KEY", KEY)


Post = Any


@asynccontextmanager
async def calling(
    tmp_path: Path, how: str, clock: ManualClock | None = None
) -> AsyncIterator[tuple[House, Post]]:
    """A house, and a program that calls its hooks: the status and the JSON of the answer."""
    async with running(_written(tmp_path, how), clock) as house, aiohttp.ClientSession() as http:

        async def post(body: Any, name: str = "released", **headers: str) -> tuple[int, Any]:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent = {"Content-Type": "application/json"} | {
                key.replace("_", "-"): it for key, it in headers.items()
            }
            async with http.post(f"{house.url}/hooks/runbooks/{name}", data=raw, headers=sent) as answer:
                kind = "json" if answer.status < 400 else "problem+json"
                assert f"application/{kind}" == answer.content_type
                return answer.status, await answer.json(content_type=None)

        yield house, post


async def ended(house: House, execution: str = "RUN-1") -> str:
    """How a run ended."""
    async with asyncio.timeout(10):
        while not (run := await house.store.read(runs.get, execution)).state.is_final:
            await asyncio.sleep(0.05)
    return str(run.state)


async def test_a_call_with_its_token_starts_a_run_that_the_channel_sees(tmp_path: Path) -> None:
    async with calling(tmp_path, "{token: WORDS}") as (house, post), seats(house.url, "dev") as (dev,):
        told = await post({"service": "cart"}, Authorization=f"Bearer {WORDS}", Idempotency_Key="k1")
        assert (202, "RUN-1", True) == (told[0], told[1]["execution"], told[1]["started"])
        assert "COMPLETED" == await ended(house)
        await dev.sees("released of checkout in staging: done")
        again = await post({"service": "cart"}, Authorization=f"Bearer {WORDS}", Idempotency_Key="k1")
        assert (200, "RUN-1", False) == (again[0], again[1]["execution"], again[1]["started"])
        assert 1 == dev.count("checkout is out")
        await audited(house)


async def test_a_call_that_changes_production_waits_for_people(tmp_path: Path) -> None:
    async with (
        calling(tmp_path, "{token: WORDS}") as (house, post),
        seats(house.url, "ana", "chi") as (ana, chi),
    ):
        body = {"service": "cart", "where": "prod"}
        _, told = await post(body, Authorization=f"Bearer {WORDS}", Idempotency_Key="k1")
        assert ("WAITING_APPROVAL", "AP-1") == (told["state"], told["request"])
        await ana.presses(await ana.sees("Approval needed", "a webhook of released"), "Approve")
        await chi.presses(await chi.sees("Approval needed"), "Approve")
        assert "COMPLETED" == await ended(house)


WRONG: list[tuple[Any, dict[str, str], int, str]] = [
    ({}, {}, 401, "no token"),
    ({}, {"Authorization": "Bearer wrong"}, 401, "no token"),
    ({}, {"Authorization": f"Basic {WORDS}"}, 401, "no token"),
    ({"service": "cart"}, {"Authorization": f"Bearer {WORDS}"}, 400, "Idempotency-Key"),
    ({"service": "chekout"}, {"key": "a"}, 400, "Did you mean “checkout”"),
    ({}, {"key": "b"}, 400, "service"),
    ([], {"key": "c"}, 400, "could not be worked out"),
    (b"{", {"key": "d"}, 400, "no JSON"),
    (b"\xff", {"key": "e"}, 400, "no JSON"),
    (b"[" * 200 + b"]" * 200, {"key": "f"}, 400, "deeply"),
    (b'"' + b"x" * 300_000 + b'"', {"key": "g"}, 413, "256 KiB"),
    ({"service": "cart"}, {"key": "h", "Content_Type": "text/plain"}, 415, "application/json"),
    ({"service": ["x"] * 600}, {"key": "i"}, 400, "too much"),
]


async def test_what_is_wrong_with_a_call_is_told(tmp_path: Path) -> None:
    async with calling(tmp_path, "{token: WORDS}") as (house, post):
        for body, headers, status, words in WRONG:
            sent = dict(headers)
            if "key" in sent:
                sent |= {"Authorization": f"Bearer {WORDS}", "Idempotency_Key": sent.pop("key")}
            came, told = await post(body, **sent)
            assert (status, True) == (came, words in told["detail"]), (body, told)
        assert 404 == (await post({}, "restart-service"))[0]
        assert 404 == (await post({}, "..%2f"))[0]
        assert [] == await house.store.read(runs.find)


async def test_a_call_signed_by_the_scheme_is_taken_once_and_only_while_it_is_fresh(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    async with calling(tmp_path, "{signature: KEY}", clock) as (_, post):
        raw = b'{"service": "cart"}'

        def signed(at: datetime, body: bytes = raw) -> dict[str, str]:
            right = Webhook(KEY).sign("m1", at, body.decode())
            stamp = str(int(at.timestamp()))
            return {"webhook_id": "m1", "webhook_timestamp": stamp, "webhook_signature": f"v1,no {right}"}

        assert 202 == (await post(raw, **signed(clock.now())))[0]
        assert 200 == (await post(raw, **signed(clock.now())))[0]
        assert 401 == (await post(b'{"service": "payments"}', **signed(clock.now())))[0]
        assert 401 == (await post(raw, **signed(clock.now() - timedelta(minutes=6))))[0]
        assert 401 == (await post(raw, **(signed(clock.now()) | {"webhook_id": "m2"})))[0]
        assert 400 == (await post(raw))[0]
        assert 401 == (await post(raw, **(signed(clock.now()) | {"webhook_timestamp": "9" * 30})))[0]


async def test_a_call_with_an_hmac_counts_once_whatever_else_is_sent_with_it(tmp_path: Path) -> None:
    async with calling(tmp_path, "{hmac: WORDS}") as (_, post):
        raw = b'{"service": "cart", "n": 1}'
        right = f"sha256={hmac.new(WORDS.encode(), raw, hashlib.sha256).hexdigest()}"
        assert 202 == (await post(raw, X_Hub_Signature_256=right))[0]
        assert 200 == (await post(raw, X_Hub_Signature_256=right, Idempotency_Key="another"))[0]
        assert 401 == (await post(raw + b" ", X_Hub_Signature_256=right))[0]
        assert 401 == (await post(raw))[0]


async def test_a_hook_whose_secret_is_not_set_lets_nobody_in(tmp_path: Path) -> None:
    async with calling(tmp_path, "{token: NONE}") as (_, post):
        status, told = await post({"service": "cart"}, Authorization="Bearer ", Idempotency_Key="k")
        assert (503, False) == (status, "HOOK_NONE" in told["detail"])


async def test_whatever_a_body_holds_the_answer_is_in_words_and_never_a_failure_of_ours(
    tmp_path: Path,
) -> None:
    pieces = [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"service"',
        b":",
        b",",
        b'"cart"',
        b"1e999",
        b"null",
        b"\x00",
        b"\xc3\x28",
    ]
    pieces += [b'"\\ud800"', b'"where"', b"-0", b"99999999999999999999999", b'"${{ secrets.WORDS }}"', b"NaN"]
    values: list[Any] = [None, 1, [], {}, "x", "prod\n", "<!channel>", {"a": [1] * 600}, -1.5]
    async with calling(tmp_path, "{token: WORDS, key: '${{ body.id }}'}") as (house, post):
        for number in range(100):
            drawn = hashlib.sha256(str(number).encode()).digest()
            raw = b"".join(pieces[one % len(pieces)] for one in drawn[: drawn[0] % 13])
            if number % 2:
                body = {"id": number, "service": values[drawn[1] % 9], "where": values[drawn[2] % 9]}
                raw = json.dumps(body).encode()
            status, told = await post(raw, Authorization=f"Bearer {WORDS}")
            assert status == 400, (raw, status, told)
        assert [] == await house.store.read(runs.find)


async def test_a_schedule_starts_its_runbook_in_its_channel_and_a_restart_in_between_changes_nothing(
    tmp_path: Path,
) -> None:
    clock = ManualClock(START)  # 9:00 in UTC, and the next 3:30 in Berlin is at 2:30 of the day after
    async with running(_written(tmp_path, "{token: WORDS}"), clock) as house:
        assert [] == await house.store.read(runs.find)
    clock.advance(timedelta(hours=17, minutes=30, seconds=5))
    async with (
        running(_written(tmp_path, "{token: WORDS}"), clock) as house,
        seats(house.url, "ana") as (ana,),
    ):
        assert "COMPLETED" == await ended(house)
        await ana.sees("nightly: done", "by itself, on time")
        await ana.sees("the night is over")
        await fast_forward(house, hours=24)
        assert "COMPLETED" == await ended(house, "RUN-2")
        await ana.says("/runbook show nightly")
        await ana.sees("Started by", "30 3 * * *", "Europe/Berlin")


async def test_a_plan_says_when_the_schedule_starts_it_next(tmp_path: Path) -> None:
    async with (
        running(_written(tmp_path, "{token: WORDS}"), ManualClock(START)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says("/runbook plan nightly")
        await ana.sees("By its schedule: next", "2026-03-03 02:30")


async def test_an_alert_starts_its_runbook_which_asks_people_as_always(tmp_path: Path) -> None:
    facts = {"fingerprint": "f", "source": "x", "labels": {"alertname": "Down"}, "service": "checkout"}
    async with running(_written(tmp_path, "{token: WORDS}")) as house, seats(house.url, "ana") as (ana,):
        await house.store.transact(
            lambda unit: events.append(unit, "alert.fired", "f", actor="alert:x", data=facts)
        )
        await ana.sees("Approval needed", "an alert of heal")
        assert "trigger:alert" == (await house.store.read(runs.get, "RUN-1")).by


async def test_an_alert_that_a_monitoring_system_sends_starts_its_runbook_beside_its_incident(
    tmp_path: Path,
) -> None:
    given = _written(tmp_path, "{token: WORDS}")
    routes = "alerts: {routes: [{match: 'true', declare: high, notify: [ops]}]}\n"
    given.config.write_text(given.config.read_text(encoding="utf-8") + routes, encoding="utf-8")
    async with running(given) as house, seats(house.url, "ana") as (ana,):
        token = await house.store.transact(tokens.create, house.world.people, "ana", ("incident.*",), "test")
        monitoring = Alertmanager(f"{house.url}/hooks/alertmanager", token)
        at = house.clock.now()
        monitoring.fires(at, "checkout is down", alertname="Down", severity="critical", service="checkout")
        assert [200] == await monitoring.flush(at)
        assert [200] == await monitoring.flush(at + timedelta(hours=5))
        await ana.sees("Approval needed", "an alert of heal")
        await ana.sees("INC-1", "checkout is down")
        run = await house.store.read(runs.get, "RUN-1")
        assert ("trigger:alert", "checkout") == (run.by, run.params["service"])
        assert 1 == len(await house.store.read(runs.find))
