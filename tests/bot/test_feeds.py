"""Calendars are fetched within limits, from where their file says and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot import feeds
from bot.feeds import Feeds, fetched
from core.clock import ManualClock
from core.errors import Invalid
from core.oncall import units as oncall
from core.oncall.config import ScheduleConfig, schedules
from core.oncall.schedule import Feed
from core.people.person import Person
from core.world import World
from tests.stores import START, opened, sqlite_url

BODY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n%s\r\nEND:VCALENDAR\r\n"
ANA = b"BEGIN:VEVENT\r\nSUMMARY:Ana\r\nDTSTART:20260301T000000Z\r\nDTEND:20260401T000000Z\r\nEND:VEVENT"


def feed(source: str = "", variable: str = "") -> Feed:
    return Feed("key", "primary", source, variable, timedelta(minutes=15), "UTC")


def nothing(_variable: str) -> str:
    return ""


class Site:
    """A site on which calendars lie; what is asked for is counted."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.body = BODY % ANA
        self.status = 200
        self._runner: web.AppRunner | None = None
        self.holds = asyncio.Event()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        self.holds.set()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        assert self._runner is not None
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path.strip("/")
        self.asked.append(path)
        if path == "slow":
            await self.holds.wait()
        if path == "round":
            raise web.HTTPFound("/round")
        if path == "on":
            raise web.HTTPFound("/a.ics")
        if path == "inside":
            raise web.HTTPFound("http://127.0.0.2:1/latest/meta-data")
        return web.Response(body=self.body, status=self.status, content_type="text/calendar")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.start()
    yield site
    await site.stop()


async def test_a_calendar_comes_from_its_address_its_file_or_a_secret_address(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "a.ics").write_bytes(site.body)
    assert site.body == await fetched(feed(f"{site.url}/a.ics"), tmp_path, nothing)
    assert site.body == await fetched(feed(f"{site.url}/on"), tmp_path, nothing)
    assert site.body == await fetched(feed("a.ics"), tmp_path, nothing)
    assert site.body == await fetched(feed(variable="CALENDAR"), tmp_path, lambda name: f"{site.url}/{name}")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("round", "It leads on more than 3 times"),
        ("inside", "127.0.0.2:1 is a private address"),
    ],
)
async def test_it_is_not_led_anywhere(site: Site, tmp_path: Path, path: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        await fetched(feed(f"{site.url}/{path}"), tmp_path, nothing)


async def test_what_is_wrong_is_said_and_a_secret_address_is_not(site: Site, tmp_path: Path) -> None:
    site.status = 503
    with pytest.raises(Invalid, match="It answers with status 503"):
        await fetched(feed(f"{site.url}/a.ics"), tmp_path, nothing)
    with pytest.raises(Invalid, match=r"missing.ics cannot be read: No such file"):
        await fetched(feed("missing.ics"), tmp_path, nothing)
    with pytest.raises(Invalid, match="CALENDAR is not set"):
        await fetched(feed(variable="CALENDAR"), tmp_path, nothing)
    with pytest.raises(Invalid, match="It cannot be reached") as caught:
        await fetched(feed(variable="C"), tmp_path, lambda _: "http://127.0.0.1:9/private-token/a.ics")
    assert "private-token" not in f"{caught.value.what}{caught.value.mend}"


async def test_no_more_is_read_than_a_calendar_needs(site: Site, tmp_path: Path) -> None:
    site.body = b"x" * 3_000_000
    assert 1024 * 1024 + 1 == len(await fetched(feed(f"{site.url}/a.ics"), tmp_path, nothing))
    (tmp_path / "a.ics").write_bytes(site.body)
    assert 1024 * 1024 + 1 == len(await fetched(feed("a.ics"), tmp_path, nothing))


async def test_nobody_is_waited_for_long(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_PATIENCE", 0.05)
    with pytest.raises(Invalid, match="There was no answer within"):
        await fetched(feed(f"{site.url}/slow"), tmp_path, nothing)


async def test_what_is_due_is_read_and_what_fails_leaves_the_last_good_copy(
    site: Site, tmp_path: Path
) -> None:
    clock = ManualClock(START)
    config = ScheduleConfig.model_validate({"layers": [{"ical": f"{site.url}/a.ics"}]})
    world = World(
        workspace="acme",
        people={"ana": Person(id="ana", name="Ana")},
        schedules=schedules({"primary": config}, "UTC"),
    )
    async with opened(sqlite_url(tmp_path), clock) as store:
        keeper = Feeds(store, world, tmp_path, nothing)
        assert [1, 0] == [await keeper.look(), await keeper.look()]
        assert "ana" == (await store.read(oncall.on_call, world.schedules))["primary"]
        for body in (b"<html>", BODY % b"RRULE:FREQ=SECONDLY", (BODY % ANA)[:60]):
            site.body = body
            clock.advance(timedelta(minutes=15))
            assert 1 == await keeper.look()
            assert "ana" == (await store.read(oncall.on_call, world.schedules))["primary"]
        (copy,) = await store.read(oncall.copies, world.schedules["primary"])
        assert (3, "The calendar stops in the middle.") == (copy.failures, copy.error)
