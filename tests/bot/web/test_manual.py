"""The pages that answers in chat lead to."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web import manual


async def test_a_page_is_shown_as_it_was_written_and_nothing_else_is_read() -> None:
    app = web.Application()
    app.add_routes(manual.routes())
    async with TestClient(TestServer(app)) as client:
        page = await client.get("/manual/how-to/memory")
        assert (200, "text/plain") == (page.status, page.content_type)
        assert (await page.text()).startswith("# What the bot remembers")


@pytest.mark.parametrize(
    "name", ["decisions/0001-sync", "../pyproject.toml", "how-to/..%2f..%2fREADME", "nothing"]
)
async def test_what_is_no_page_is_not_there(name: str) -> None:
    app = web.Application()
    app.add_routes(manual.routes())
    async with TestClient(TestServer(app)) as client:
        assert 404 == (await client.get(f"/manual/{name}")).status
