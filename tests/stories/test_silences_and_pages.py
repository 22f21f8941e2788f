"""Alerts that page somebody are silenced in the middle of the night: nobody more is called, and everybody knows why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from core.incidents import records as incidents
from core.incidents.incident import State as Stage
from core.paging.page import State
from core.people.tokens import units as tokens
from tests.platforms.alertmanager import Alertmanager
from tests.stories.house import fast_forward
from tests.stories.night import ESCALATION, SCHEDULES, Night, night

ALERTS = """
alerts:
  routes:
    - {match: 'labels.severity == "critical"', declare: high, team: platform, notify: [ops]}
"""
WINDOW = """
  windows:
    - {name: the move, match: 'labels.service == "checkout"', from: "2026-03-02T02:01", to: "2026-03-02T03:00"}
"""
CHECKOUT = {"alertname": "HighErrors", "severity": "critical", "service": "checkout"}
ANA = (("ana", "slack", "PG-1"), ("ana", "discord", "PG-1"))


@asynccontextmanager
async def alarmed(folder: Path, more: str = "") -> AsyncIterator[tuple[Night, Alertmanager]]:
    """Checkout fails at two in the morning, and Ana is called."""
    async with night(folder, extra=f"{SCHEDULES}{ESCALATION}{ALERTS}{more}") as told:
        world = told.house.world
        token = await told.house.store.transact(tokens.create, world.people, "dev", ("incident.*",), "test")
        monitoring = Alertmanager(
            f"{told.house.url}/hooks/alertmanager", token, repeat_interval=timedelta(minutes=2)
        )
        monitoring.fires(told.clock.now(), "Checkout fails", **CHECKOUT, instance="web-1")
        assert [200] == await monitoring.flush(told.clock.now())
        await told.settles()
        await told.passes(seconds=10)
        await told.forgets()
        yield told, monitoring


async def threads(told: Night, words: str) -> None:
    """The thread of the incident tells of it, at its pace."""
    await fast_forward(told.house, seconds=10)
    await told.settles()
    await told.slack.sees("C0OPS", words)


async def silenced(told: Night, span: str, of: str, who: str = "U0BO") -> None:
    """Somebody silences alerts, and is told that the page is held."""
    await told.slack.command(who, "/alerts", f"silence {span} {of}")
    await told.slack.sees(who, "PG-1 is held until")
    await threads(told, "PG-1: held until")


async def test_a_silence_holds_the_page_and_whoever_asked_for_it_is_told_so(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await told.slack.command("U0BO", "/alerts", "silence 2h service=checkout alertname=High* we know")
        await told.slack.sees("U0BO", "1 alert that fires now is kept quiet by it. PG-1 is held until")
        await told.slack.sees("U0BO", "by SIL-1: nobody more is called")
        await threads(told, "PG-1: held until 2026-03-02 04:00 UTC by SIL-1")
        await told.forgets()
        assert "Held by SIL-1: nobody is called meanwhile" in told.last("ana").words()
        await told.passes(minutes=119)
        await told.hears()
        assert "on time" == told.house.watchdog.health().detail
        assert (State.HELD, None) == ((await told.page()).state, (await told.page()).due)


async def test_when_the_silence_ends_and_they_still_fire_it_calls_from_the_beginning(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await told.passes(minutes=5)
        await threads(told, "PG-1 calls Bo Lindqvist.")
        await told.slack.command("U0BO", "/incident", "silence 30m INC-1 we know")
        await told.slack.sees("U0BO", "PG-1 is held until")
        await threads(told, "PG-1: held until")
        await told.forgets()
        await told.passes(minutes=31)
        await told.hears(
            *ANA,
            ("#ops", "slack", "PG-1: an alert fires that nothing keeps quiet any more; calling begins anew."),
            ("#ops", "discord", "PG-1: an alert fires that nothing keeps quiet any more"),
            *(("#ops", way, "PG-1 calls Ana Ruiz.") for way in ("slack", "discord")),
        )
        assert 2 == (await told.page()).spell


async def test_a_process_that_dies_meanwhile_lets_the_page_go_when_it_is_back(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await told.slack.command("U0ANA", "/alerts", "silence 10m service=checkout")
        await threads(told, "PG-1: held until")
        await told.restarts(after=timedelta(minutes=20))
        await threads(told, "calling begins anew.")
        assert State.CALLING is (await told.page()).state
        await told.forgets()


async def test_unsilence_says_what_still_fires_and_which_pages_call_again(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await silenced(told, "2h", "service=checkout")
        await told.slack.command("U0BO", "/alerts", "unsilence SIL-1")
        await told.slack.sees(
            "U0BO", "1 alert that it kept quiet still fires; people were told of it before."
        )
        await told.slack.sees("U0BO", "PG-1 calls again, from the beginning.")
        await threads(told, "calling begins anew.")
        await told.forgets()


async def test_another_alert_of_the_incident_that_nobody_silenced_lets_it_call(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, monitoring):
        await silenced(told, "2h", "instance=web-1")
        await told.forgets()
        await told.passes(seconds=30)
        monitoring.fires(told.clock.now(), "Checkout fails", **CHECKOUT, instance="web-2")
        await monitoring.flush(told.clock.now())
        await threads(told, "calling begins anew.")
        await told.forgets()
        assert State.CALLING is (await told.page()).state


async def test_whoever_was_called_can_still_answer_what_is_held(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await silenced(told, "2h", "service=checkout")
        await told.slack.command("U0ANA", "/oncall", "ack")
        await told.slack.sees("U0ANA", "PG-1 is yours")
        await threads(told, "Ana Ruiz acknowledged it and leads.")
        await told.forgets()
        await told.passes(minutes=119)
        assert (State.TAKEN, "ana") == ((await told.page()).state, (await told.page()).owner)
        await told.forgets()


async def test_who_wants_people_called_although_it_is_silenced_has_them_called(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, monitoring):
        await silenced(told, "2h", "service=checkout")
        await told.forgets()
        await told.slack.command("U0ANA", "/oncall", "escalate PG-1")
        await threads(told, "PG-1 calls Bo Lindqvist")
        assert "PG-1" in told.last("bo").words()
        await told.passes(minutes=3)
        await monitoring.flush(told.clock.now())
        await told.passes(minutes=1)
        assert State.CALLING is (await told.page()).state
        await told.forgets()


async def test_what_is_over_while_it_is_held_is_over(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, monitoring):
        await silenced(told, "2h", "service=checkout")
        await told.passes(minutes=1)
        monitoring.resolves(told.clock.now(), **CHECKOUT, instance="web-1")
        await monitoring.flush(told.clock.now())
        await threads(told, "It is watched until")
        await told.settles()
        assert State.OVER is (await told.page()).state
        await told.passes(minutes=11)
        incident = await told.house.store.read(incidents.get, "INC-1")
        assert Stage.RESOLVED is incident.state
        await told.forgets()


async def test_a_window_that_begins_holds_the_page_at_the_next_news_of_its_alerts(tmp_path: Path) -> None:
    async with alarmed(tmp_path, WINDOW) as (told, monitoring):
        await told.passes(minutes=3)
        await told.forgets()
        await monitoring.flush(told.clock.now())
        await threads(told, "held until 2026-03-02 03:00 UTC by the window “the move”")
        await told.forgets()
        await told.passes(minutes=56)
        await told.hears()
        await told.passes(minutes=2)
        await threads(told, "calling begins anew.")
        await told.forgets()


async def test_two_silences_at_once_hold_it_until_the_last_has_ended(tmp_path: Path) -> None:
    async with alarmed(tmp_path) as (told, _):
        await asyncio.gather(
            told.slack.command("U0ANA", "/alerts", "silence 10m service=checkout"),
            told.slack.command("U0BO", "/alerts", "silence 20m alertname=HighErrors"),
        )
        await threads(told, "PG-1: held until")
        await told.forgets()
        await told.passes(minutes=15)
        assert State.HELD is (await told.page()).state
        await told.passes(minutes=6)
        assert State.CALLING is (await told.page()).state
        await told.forgets()
