"""Several senders of one kind are told apart by their address; a program that calls no hook is told which there are."""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.store.engine import Store
from tests.bot.web.hooks.receiving import KEY, Receiver, receiving
from tests.core.incidents.sources.payloads import alertmanager, pagerduty
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield store


@pytest.fixture
async def hook(store: Store) -> AsyncIterator[Receiver]:
    async with receiving(store) as receiver:
        yield receiver


async def test_the_same_alert_of_two_senders_is_two_alerts_each_with_its_source(hook: Receiver) -> None:
    for path, status in (
        ("/hooks/alertmanager", 200),
        ("/hooks/alertmanager/shop", 200),
        ("/hooks/events/pager/v2/enqueue", 202),
    ):
        body = pagerduty() if "events" in path else alertmanager()
        assert status == (await hook.post(path, body))[0], path
    assert {"alertmanager", "alertmanager:shop", "pagerduty:pager"} == {
        one.source for one in await hook.alerts()
    }


async def test_a_named_sender_of_events_may_show_its_token_as_their_key(hook: Receiver) -> None:
    body = pagerduty(routing_key=hook.tokens["mon"])
    status, answer, _ = await hook.post("/hooks/events/pager/v2/enqueue", body, who=None)
    assert (202, "success") == (status, answer["status"])


async def test_a_named_sender_signs_with_the_key_of_its_kind(hook: Receiver) -> None:
    at, raw = str(int(START.timestamp())), b'{"alerts": [], "version": "1"}'
    for key, status in ((KEY, 200), ("another", 401)):
        signed = hmac.new(key.encode(), f"{at}:".encode() + raw, hashlib.sha256).hexdigest()
        headers = {"X-Grafana-Alerting-Signature": signed, "X-Grafana-Alerting-Timestamp": at}
        assert status == (await hook.post("/hooks/grafana/store", raw, None, headers))[0]


async def test_a_named_sender_with_a_key_of_its_own_signs_with_no_other(hook: Receiver) -> None:
    raw = b'{"alerts": [], "version": "1"}'
    for path, key, status in (
        ("depot", "the key of the depot", 200),
        ("depot", KEY, 401),
        ("store", "the key of the depot", 401),
    ):
        signed = hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()
        assert status == (await hook.post(f"/hooks/grafana/{path}", raw, None, {"X-Depot": signed}))[0]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/hooks/alertmanagr", "/hooks/alertmanager"),
        ("/hooks/alertmanager/shpo", "/hooks/alertmanager/shop"),
        ("/hooks/alertmanager/", "/hooks/alertmanager"),
    ],
)
async def test_a_program_with_a_token_that_calls_no_hook_is_told_the_hooks(
    hook: Receiver, path: str, near: str
) -> None:
    status, answer, headers = await hook.post(path, {})
    assert (404, True) == (status, headers["Content-Type"].startswith("application/problem+json"))
    assert f"There is no hook at {path}." in answer["detail"]
    assert f"Did you mean `{near}`?" in str(answer)
    assert "in the chat" not in str(answer)


@pytest.mark.parametrize("who", [None, "wr_no_token_that_anybody_has_made"])
@pytest.mark.parametrize("path", ["/hooks/alertmanager/shpo", "/hooks/generic/biling"])
async def test_strangers_are_not_told_the_names_of_senders(
    hook: Receiver, path: str, who: str | None
) -> None:
    status, answer, _ = await hook.post(path, {}, who)
    assert 404 == status
    assert "a token that is valid, and I say which hooks there are" in str(answer)
    assert not {"pager", "billing", "store"} & set(re.findall(r"\w+", str(answer)))
