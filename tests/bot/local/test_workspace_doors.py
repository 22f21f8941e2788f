"""Who may open the simulated workspace, what it serves, and how it closes."""

from pathlib import Path

import aiohttp
import pytest

from tests.bot.local.conftest import Page
from tests.bot.local.house import Workspace, workspace


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
async def test_other_sites_cannot_open_the_socket(
    place: Workspace, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{place.url}/local/ws", headers=headers)
    assert refused.value.status in (403, 421)


async def test_the_page_and_its_files_forbid_what_is_not_theirs(
    place: Workspace, http: aiohttp.ClientSession
) -> None:
    async with http.get(place.url) as page:
        text = await page.text()
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert "simulated workspace" in text
    for path in ("/static/card.css", "/static/mark.svg", "/local/static/main.js", "/local/static/chat.css"):
        async with http.get(place.url + path) as file:
            assert file.status == 200, path
    for path in ("/local/static/../adapter.py", "/local/static/adapter.py", "/static/..%2Fhtml.py"):
        async with http.get(place.url + path) as file:
            assert file.status == 404, path


async def test_a_workspace_that_stops_lets_its_pages_go(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with workspace(tmp_path) as place, Page(http, place.url) as page:
        await page.hello("dev")
        assert (place.platform.health().ok, place.platform.health().detail) == (True, "1 page open")
        await place.platform.stop()
        assert (await page.socket.receive(timeout=5)).type in (
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        )
        assert not place.platform.health().ok
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{place.url}/local/ws")
        assert refused.value.status == 503
