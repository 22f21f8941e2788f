import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from bot.web.hooks.door import AT_ONCE
from core import wiring
from core.clock import ManualClock
from core.incidents.alerts.alert import State
from core.store.engine import Store
from tests.bot.web.hooks.receiving import KEY, STANDARD, Receiver, receiving
from tests.core.incidents.sources.payloads import ALERT, alertmanager, cloudevent, pagerduty
from tests.stores import ENGINES, START, opened, sqlite_url

ENQUEUE = "/hooks/events/v2/enqueue"
EVENT = {"Content-Type": "application/cloudevents+json"}


@pytest.fixture(params=ENGINES)
async def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START), reactions=wiring.BY_EVENT) as store:
        yield store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield store


@pytest.fixture
async def hook(store: Store) -> AsyncIterator[Receiver]:
    async with receiving(store) as receiver:
        yield receiver


async def test_what_is_answered_with_yes_is_in_the_database(any_store: Store) -> None:
    async with receiving(any_store) as hook:
        for path, body, status, headers in (
            ("/hooks/alertmanager", alertmanager(), 200, {}),
            ("/hooks/grafana", alertmanager(ALERT | {"values": {"B": 1}}), 200, {}),
            (ENQUEUE, pagerduty(), 202, {}),
            ("/hooks/cloudevents", cloudevent(), 200, EVENT),
            ("/hooks/generic/billing", {"id": 7, "title": "Late", "ok": False}, 200, {}),
        ):
            assert status == (await hook.post(path, body, headers=headers))[0], path
        assert {"alertmanager", "grafana", "pagerduty", "cloudevents", "generic:billing"} == {
            one.source for one in await hook.alerts()
        }


async def test_the_events_api_answers_as_its_senders_expect(hook: Receiver) -> None:
    body = pagerduty(routing_key=hook.tokens["mon"])
    status, answer, _ = await hook.post(ENQUEUE, body, who=None)
    assert (status, answer) == (
        202,
        {"status": "success", "message": "Event processed", "dedup_key": "srv01/mysql"},
    )
    status, answer, _ = await hook.post(ENQUEUE, pagerduty("resolve"))
    assert (status, [State.RESOLVED]) == (202, [one.state for one in await hook.alerts()])
    status, answer, _ = await hook.post(ENQUEUE, pagerduty("explode"))
    assert (status, answer["status"], answer["message"]) == (
        400,
        "invalid event",
        "Event object is invalid",
    )
    assert "'event_action' must be one of" in answer["errors"][0]


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [(None, 401, "UNKNOWN_PERSON"), ("wr_" + "x" * 43, 401, "UNKNOWN_PERSON"), ("rex", 403, "FORBIDDEN")],
)
async def test_nobody_sends_who_is_not_known_or_may_not(
    hook: Receiver, token: str | None, status: int, code: str
) -> None:
    answered, answer, headers = await hook.post("/hooks/alertmanager", alertmanager(), token)
    assert (answered, answer["code"]) == (status, code)
    assert headers["Content-Type"].startswith("application/problem+json")
    assert [] == await hook.alerts()


async def test_whoever_may_declare_incidents_may_send_alerts(hook: Receiver) -> None:
    assert 200 == (await hook.post("/hooks/alertmanager", alertmanager(), "ana"))[0]


@pytest.mark.parametrize(
    ("stamp", "key", "status"),
    [(0, KEY, 200), (0, "another", 401), (-301, KEY, 401), (301, KEY, 401)],
)
async def test_a_sender_may_sign_with_its_own_headers(
    hook: Receiver, stamp: int, key: str, status: int
) -> None:
    at = str(int(START.timestamp()) + stamp)
    raw = b'{"alerts": [], "version": "1"}'
    signed = hmac.new(key.encode(), f"{at}:".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"X-Grafana-Alerting-Signature": signed, "X-Grafana-Alerting-Timestamp": at}
    assert status == (await hook.post("/hooks/grafana", raw, None, headers))[0]


async def test_a_sender_may_sign_the_body_alone(hook: Receiver) -> None:
    raw = b'{"id": 7, "title": "Late", "ok": false}'
    signed = hmac.new(KEY.encode(), raw, hashlib.sha256).hexdigest()
    for value, status in ((f"sha256={signed}", 200), (f"sha256={signed[:-1]}x", 401), ("", 401), ("é", 401)):
        headers = {"X-Hub-Signature-256": value} if value else {}
        assert status == (await hook.post("/hooks/generic/billing", raw, None, headers))[0]


async def test_a_sender_may_sign_by_standard_webhooks_and_its_id_counts_once(hook: Receiver) -> None:
    raw = b'{"specversion":"1.0","id":"1","source":"/s","type":"disk.full.firing"}'
    sent = {"webhook-id": "msg_1", "webhook-timestamp": str(int(START.timestamp())), **EVENT}
    sent["webhook-signature"] = Webhook(STANDARD).sign("msg_1", START, raw.decode())
    assert 200 == (await hook.post("/hooks/cloudevents", raw, None, sent))[0]
    _, again, _ = await hook.post("/hooks/cloudevents", raw, None, sent)
    assert again["repeated"]
    for name, value in (
        ("webhook-id", "msg_2"),
        ("webhook-signature", "v1,AAAA"),
        ("webhook-signature", "x"),
    ):
        assert 401 == (await hook.post("/hooks/cloudevents", raw, None, sent | {name: value}))[0]


async def test_the_same_delivery_twice_has_one_effect(any_store: Store) -> None:
    async with receiving(any_store) as hook:
        answers = await asyncio.gather(*(hook.post("/hooks/alertmanager", alertmanager()) for _ in range(5)))
        assert [False, True, True, True, True] == sorted(answer["repeated"] for _, answer, _ in answers)
        assert [1] == [one.count for one in await hook.alerts()]


async def test_past_the_limit_it_says_how_long_to_wait_and_takes_nothing(store: Store) -> None:
    limits = {"alerts_per_minute": {"person": 60, "workspace": 600}}
    clock = store.clock
    assert isinstance(clock, ManualClock)

    def group(first: int) -> dict[str, Any]:
        return alertmanager(*(ALERT | {"fingerprint": str(number)} for number in range(first, first + 40)))

    async with receiving(store, **limits) as hook:
        assert 200 == (await hook.post("/hooks/alertmanager", group(0)))[0]
        status, answer, headers = await hook.post("/hooks/alertmanager", group(40))
        assert (status, headers["Retry-After"], answer["code"]) == (429, "20", "TOO_MANY")
        assert 40 == len(await hook.alerts())
        clock.advance(timedelta(seconds=20))
        assert 200 == (await hook.post("/hooks/alertmanager", group(40)))[0]
        assert 80 == len(await hook.alerts())
        assert 1.0 == hook.counted(
            "wardroom_alert_deliveries_total", source="alertmanager", outcome="too_many"
        )
        assert 80.0 == hook.counted("wardroom_alerts_total", source="alertmanager", change="fired")


async def test_more_deliveries_at_a_time_than_there_is_room_for_come_again_later(hook: Receiver) -> None:
    host, _, port = hook.url.removeprefix("http://").partition(":")
    begun = b"POST /hooks/alertmanager HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 9\r\n\r\n"
    slow = []
    for _ in range(AT_ONCE):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(begun % (hook.url.removeprefix("http://").encode(), hook.tokens["mon"].encode()))
        await writer.drain()
        slow.append(writer)
    # Those that began before are let in one after the other.
    status, answer, headers = await _until(hook, 429)
    assert (status, headers["Retry-After"], answer["code"]) == (429, "1", "TOO_MANY")
    for writer in slow:
        writer.close()
        await writer.wait_closed()
    # A sender that goes away is no fault of ours, and leaves its room to others.
    assert 200 == (await _until(hook, 200))[0]
    assert 0.0 == hook.counted("wardroom_alert_deliveries_total", source="alertmanager", outcome="error")


async def _until(hook: Receiver, status: int) -> tuple[int, dict[str, Any], Mapping[str, str]]:
    """The first answer with this status, of many."""
    answer = await hook.post("/hooks/alertmanager", alertmanager())
    for _ in range(500):
        if answer[0] == status:
            break
        answer = await hook.post("/hooks/alertmanager", alertmanager())
    return answer


DEEP = b'{"version": "4", "alerts": [{"labels": ' + b"[" * 100 + b"]" * 100 + b"}]}"


@pytest.mark.parametrize(
    ("raw", "status", "words"),
    [
        (b"", 400, "no JSON"),
        (b'{"alerts": [{"status": NaN}]}', 400, "no JSON"),
        (b"[" * 5_000 + b"]" * 5_000, 400, "JSON"),
        (DEEP, 400, "nested too deeply"),
        (b"\xff\xfe", 400, "no JSON"),
        (b'{"alerts": {}}', 400, "must be a JSON list"),
        (b'{"alerts": [{"status": "fine, thanks"}]}', 400, "no state of an alert"),
        (b" " * (4 << 20) + b"{}", 413, "4 MiB"),
        (b'{"alerts": [' + b",".join([b"{}"] * 5_001) + b"]}", 400, "5,001"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    hook: Receiver, raw: bytes, status: int, words: str
) -> None:
    answered, answer, _ = await hook.post("/hooks/alertmanager", raw)
    assert (answered, words in answer["detail"]) == (status, True), answer
    assert [] == await hook.alerts()


async def test_a_label_of_a_megabyte_is_cut_and_a_mention_stays_words(hook: Receiver) -> None:
    labels = {"alertname": "<!channel> \u202eevil", "big": "x" * 1_000_000}
    assert 200 == (await hook.post("/hooks/alertmanager", alertmanager(ALERT | {"labels": labels})))[0]
    (alert,) = await hook.alerts()
    assert (alert.name, len(alert.labels["big"])) == ("<!channel> evil", 300)


async def test_an_unknown_hook_names_the_nearest(hook: Receiver) -> None:
    status, answer, _ = await hook.post("/hooks/generic/biling", {})
    assert (status, "billing" in answer["detail"]) == (404, True)
