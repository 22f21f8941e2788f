"""The house's web server: what it tells, what it refuses, and the headers under which it does so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from bot.platform import Health
from bot.web import health, pages
from bot.web.server import BODY_LIMIT, WebServer
from core.errors import Invalid
from handlers.cards.card import Button, Card, Text, line
from handlers.cards.link import page_url

SECRET = "a secret of the house"
CARD = Card(
    title="Approved: restart <checkout>",
    parts=(Text(line=line("by @everyone")),),
    controls=(Button(label="Approve", verb="approval.approve"),),
)


@asynccontextmanager
async def serving(
    routes: list[web.RouteDef], hosts: frozenset[str] = frozenset()
) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    server = WebServer("127.0.0.1", 0, routes, hosts=hosts)
    await server.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield server.url, http
    finally:
        await server.stop()


async def shown_of(ref: str) -> pages.Shown | None:
    return pages.Shown(CARD) if ref == "AP-1" else None


async def test_the_page_of_an_object_opens_with_its_key_and_decides_nothing() -> None:
    async with (
        serving(pages.routes(shown_of, SECRET)) as (url, http),
        http.get(page_url(url, SECRET, "AP-1")) as page,
    ):
        text = await page.text()
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-store"
    assert "Approved: restart &lt;checkout&gt;" in text
    assert "<button" not in text


@pytest.mark.parametrize(
    "query", ["", "?k=", "?k=00000000000000000000000000000000", "?k=%F0%9F%92%A5", "?k=\u00fc"]
)
async def test_without_the_right_key_a_page_is_told_to_nobody(query: str) -> None:
    routes, accepts = pages.routes(shown_of, SECRET), {"Accept": "text/html"}
    async with serving(routes) as (url, http), http.get(f"{url}/o/AP-1{query}", headers=accepts) as page:
        assert (page.status, "This is not for you to see" in await page.text()) == (403, True)


async def test_a_key_opens_one_object_only_and_a_missing_one_is_told_in_words() -> None:
    async with serving(pages.routes(shown_of, SECRET)) as (url, http):
        key = page_url(url, SECRET, "AP-1").partition("?")[2]
        async with http.get(f"{url}/o/AP-2?{key}") as page:
            assert page.status == 403
        async with http.get(page_url(url, SECRET, "AP-2"), headers={"Accept": "text/html"}) as page:
            assert (page.status, "There is nothing here" in await page.text()) == (404, True)
        async with http.get(f"{url}/nowhere") as page:
            assert page.content_type == "application/problem+json"


async def test_a_house_without_a_secret_opens_no_page() -> None:
    async with serving(pages.routes(shown_of, "")) as (url, http), http.get(f"{url}/o/AP-1?k=") as page:
        assert page.status == 403
    assert page_url("https://w.example", "", "AP-1") == ""


async def test_ready_names_each_part_and_a_needed_one_that_is_down() -> None:
    parts = {
        "database": Health(ok=True, detail="sqlite, 3 ms"),
        "slack": Health(ok=False, detail="socket closed", last_event=datetime(2026, 11, 21, tzinfo=UTC)),
    }
    registry = CollectorRegistry()
    Counter("wardroom_clicks", "Clicks.", registry=registry).inc()
    routes = health.routes(lambda: parts, registry, frozenset({"database"}))
    async with serving(routes) as (url, http):
        async with http.get(f"{url}/readyz") as answer:
            body = await answer.json()
            assert (answer.status, body["parts"]["slack"]["detail"]) == (200, "socket closed")
            assert body["parts"]["slack"]["last_event"] == "2026-11-21T00:00:00+00:00"
        parts["database"] = Health(ok=False, detail="locked")
        async with http.get(f"{url}/readyz") as answer:
            assert answer.status == 503
        del parts["database"]
        async with http.get(f"{url}/readyz") as answer:
            assert (answer.status, (await answer.json())["parts"]["database"]["detail"]) == (503, "not there")
        for path in ("/healthz", "/livez"):
            async with http.get(url + path) as answer:
                assert answer.status == 200
        async with http.get(f"{url}/metrics") as answer:
            assert "wardroom_clicks_total 1.0" in await answer.text()


async def test_every_part_is_needed_unless_said_otherwise() -> None:
    routes = health.routes(lambda: {"slack": Health(ok=False, detail="down")}, CollectorRegistry())
    async with serving(routes) as (url, http), http.get(f"{url}/readyz") as answer:
        assert answer.status == 503


async def test_answers_carry_headers_that_forbid_what_is_foreign_even_when_they_fail() -> None:
    async with serving([]) as (url, http), http.get(f"{url}/nowhere") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_name_that_was_pointed_here_from_elsewhere_is_refused() -> None:
    routes = health.routes(dict, CollectorRegistry())
    async with serving(routes, hosts=frozenset({"wardroom.example"})) as (url, http):
        expected = {
            "evil.example": 421,
            "127.0.0.1.evil.example:80": 421,
            "localhost:1": 200,
            "wardroom.example": 200,
        }
        for host, status in expected.items():
            async with http.get(f"{url}/healthz", headers={"Host": host}) as answer:
                assert answer.status == status, host


async def test_a_body_that_is_too_large_and_a_handler_that_breaks_are_told_in_words() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError("secret detail")

    async with serving([web.post("/read", read), web.get("/broken", broken)]) as (url, http):
        async with http.post(f"{url}/read", data=BytesIO(b"x" * (BODY_LIMIT + 1))) as answer:
            assert (answer.status, "1 MiB" in await answer.text()) == (413, True)
        async with http.get(f"{url}/broken") as answer:
            assert (answer.status, "secret detail" in await answer.text()) == (500, False)


async def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    async with serving([]) as (url, _):
        other = WebServer("127.0.0.1", int(url.rpartition(":")[2]), [])
        with pytest.raises(Invalid, match="cannot listen"):
            await other.start()


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.4", "::", "example.org"])
def test_the_local_workspace_is_not_served_where_others_could_reach_it(host: str) -> None:
    with pytest.raises(Invalid, match="not served on"):
        WebServer(host, 8080, [], loopback_only=True)
