"""The action `http`, against a real local server."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.actions.http import Http, HttpArgs
from core.runbooks.action import ActionFailed, Context
from core.runbooks.config import HttpRules

SEEN: Counter[str] = Counter()


def context(stop: asyncio.Event | None = None) -> Context:
    """What a step is told."""
    return Context(
        execution="RUN-1",
        step="a",
        key="key-1",
        attempt=1,
        deadline=datetime(2026, 11, 21, tzinfo=UTC),
        stop=stop or asyncio.Event(),
    )


async def _answer(request: web.Request) -> web.StreamResponse:
    SEEN[request.path.strip("/")] += 1
    if request.path == "/endless":
        return await _endless(request)
    if request.path == "/slow":
        await asyncio.Event().wait()
    key = request.headers.get("Idempotency-Key", "")
    return {
        "/ok": web.json_response({"up": True, "key": key}),
        "/busy": web.Response(status=429, headers={"Retry-After": "7"}),
        "/broken": web.Response(status=503, text="x" * 5_000),
        "/moved": web.Response(status=302, headers={"Location": "http://169.254.169.254/"}),
        "/round": web.Response(status=302, headers={"Location": "/round"}),
        "/count": web.json_response({name: SEEN[name] for name in ("round", "count")}),
        "/long": web.json_response({"x": "y" * 200_000}),
        "/large": web.Response(text="y" * 500_000),
    }.get(request.path, web.Response(status=404))


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"y" * 65_536)
    return response


@pytest.fixture
async def address() -> AsyncIterator[str]:
    SEEN.clear()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_listed_host_is_called_and_its_json_read(address: str) -> None:
    result = await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/ok"), context())
    assert (result["status"], result["json"]) == (200, {"up": True, "key": ""})


async def test_a_call_that_changes_things_carries_the_key_that_shows_a_repeat(address: str) -> None:
    args = HttpArgs.model_validate({"url": f"http://{address}/ok", "method": "POST", "json": {"a": 1}})
    result = await Http(HttpRules(allow=(address,))).run(args, context())
    assert result["json"]["key"] == "key-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "file:///etc/passwd",
        "http://a:b@{}/",
        "http://[::1",
        "gopher://{}/",
        "http://{}@evil.test/",
    ],
)
async def test_an_address_that_is_not_listed_is_not_called(address: str, url: str) -> None:
    with pytest.raises(ActionFailed) as failed:
        await Http(HttpRules(allow=(address,))).run(HttpArgs(url=url.format(address)), context())
    assert not failed.value.retriable


async def test_a_listed_name_that_leads_to_a_private_address_is_not_called(address: str) -> None:
    port = address.rsplit(":", 1)[1]
    rules = HttpRules(allow=(f"localhost:{port}",))
    with pytest.raises(ActionFailed, match="list that address as well"):
        await Http(rules).run(HttpArgs(url=f"http://localhost:{port}/ok"), context())
    both = HttpRules(allow=(f"localhost:{port}", address))
    assert (await Http(both).run(HttpArgs(url=f"http://localhost:{port}/ok"), context()))["status"] == 200


@pytest.mark.parametrize(
    ("path", "words", "retriable", "wait"),
    [
        ("busy", "429", True, 7.0),
        ("broken", "503", True, None),
        ("gone", "404", False, None),
        ("moved", "redirect", False, None),
    ],
)
async def test_what_a_wrong_status_means(
    address: str, path: str, words: str, retriable: bool, wait: float | None
) -> None:
    with pytest.raises(ActionFailed, match=words) as failed:
        await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/{path}"), context())
    assert (failed.value.retriable, failed.value.retry_after) == (retriable, wait)


async def test_a_status_that_is_expected_is_right(address: str) -> None:
    args = HttpArgs(url=f"http://{address}/gone", expect=(404,))
    assert (await Http(HttpRules(allow=(address,))).run(args, context()))["status"] == 404


async def test_a_large_answer_is_cut(address: str) -> None:
    result = await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/large"), context())
    assert len(result["body"]) == 64 * 1024


async def test_json_is_read_whole_though_only_its_beginning_is_kept_as_text(address: str) -> None:
    result = await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/long"), context())
    assert (len(result["body"]), len(result["json"]["x"])) == (64 * 1024, 200_000)


async def test_an_answer_without_end_is_not_read_on_and_said_to_be_too_large(address: str) -> None:
    with pytest.raises(ActionFailed, match="status 200 and more than 1024 KiB") as failed:
        await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/endless"), context())
    assert not failed.value.retriable


async def test_what_is_too_large_to_be_sent_is_not_sent(address: str) -> None:
    args = HttpArgs(url=f"http://{address}/ok", method="POST", body="z" * 1_100_000)
    with pytest.raises(ActionFailed, match="more than a step sends"):
        await Http(HttpRules(allow=(address,))).run(args, context())


async def test_a_redirect_is_not_followed_anywhere(address: str) -> None:
    with pytest.raises(ActionFailed, match="redirect"):
        await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/round"), context())
    counted = await Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/count"), context())
    assert counted["json"] == {"round": 1, "count": 1}


async def test_a_name_that_changes_its_address_after_it_was_judged_leads_where_it_was_judged(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first answer is listed, every later one is this machine's private neighbour."""
    port = int(address.rsplit(":", 1)[1])
    answers = ["127.0.0.1"]
    asked: list[str] = []

    def look_up(host: str, *_more: object, **_named: object) -> list[object]:
        asked.append(host)
        where = answers.pop() if answers else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    rules = HttpRules(allow=(f"rebound.test:{port}", address))
    url = f"http://rebound.test:{port}/ok"
    assert (await Http(rules).run(HttpArgs(url=url), context()))["status"] == 200
    assert asked == ["rebound.test"]
    with pytest.raises(ActionFailed, match=r"private address 127\.0\.0\.2"):
        await Http(rules).run(HttpArgs(url=url), context())
    assert asked == ["rebound.test", "rebound.test"]


async def test_nobody_there_can_be_tried_again() -> None:
    with pytest.raises(ActionFailed, match="call failed") as failed:
        await Http(HttpRules(allow=("127.0.0.1:9",))).run(HttpArgs(url="http://127.0.0.1:9/"), context())
    assert failed.value.retriable


async def test_a_call_ends_when_it_is_told_to_stop(address: str) -> None:
    stop = asyncio.Event()
    call = asyncio.ensure_future(
        Http(HttpRules(allow=(address,))).run(HttpArgs(url=f"http://{address}/slow"), context(stop))
    )
    await asyncio.wait({call}, timeout=0.1)
    stop.set()
    with pytest.raises(ActionFailed, match="stopped"):
        await call
