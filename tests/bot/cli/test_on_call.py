"""What `wardroom check` says of schedules: judged with the calendars that it has read, by the schedule's own clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot import keeping
from bot.cli.parts import Part, Status
from bot.cli.watch import on_call
from bot.configuration import load_world
from bot.database import opened
from bot.settings import Settings, load_settings

PEOPLE = "workspace: acme\npeople:\n  ana: {name: Ana Ruiz}\n"


def written(folder: Path, layers: str) -> Settings:
    path = folder / "wardroom.yaml"
    path.write_text(f"{PEOPLE}schedules:\n  cal: {{timezone: Europe/Berlin, layers: [{layers}]}}\n")
    return load_settings(config=path, database_url=f"sqlite:///{folder / 'wardroom.db'}")


def calendar(folder: Path, name: str = "cal.ics") -> str:
    """A calendar that names Ana until next year."""
    begins = f"{datetime.now(UTC) - timedelta(days=2):%Y%m%d}T000000"
    ends = f"{datetime.now(UTC) + timedelta(days=200):%Y%m%d}T000000"
    event = f"BEGIN:VEVENT\nUID:1\nSUMMARY:Ana Ruiz\nDTSTART:{begins}\nDTEND:{ends}\nEND:VEVENT"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}\nEND:VCALENDAR\n"
    (folder / name).write_text(text.replace("\n", "\r\n"))
    return f"{{ical: {name}}}"


async def checked(settings: Settings, *, offline: bool = False) -> dict[str, Part]:
    return {part.name: part for part in await on_call(settings, offline=offline)}


async def test_a_schedule_is_judged_with_the_calendar_that_was_just_read(tmp_path: Path) -> None:
    settings = written(tmp_path, calendar(tmp_path))
    found = await checked(settings)
    assert "1 shifts of Ana Ruiz" == found["calendar of cal"].detail
    assert (Status.OK, True) == (found["on call"].status, found["on call"].detail.startswith("cal: Ana Ruiz"))
    async with opened(settings):
        pass
    assert (await checked(settings))["on call"].detail.startswith("cal: Ana Ruiz, until ")
    told = (await checked(settings, offline=True))["on call"]
    assert "nobody with no end in sight, by the file alone, without its calendar" in told.detail


async def test_calendars_of_a_schedule_are_told_apart_by_their_layer(tmp_path: Path) -> None:
    layers = f"{calendar(tmp_path)}, {{ical: gone.ics}}, {{ical: away.ics}}"
    found = await checked(written(tmp_path, layers))
    assert [
        "calendar of cal, layer 1",
        "calendar of cal, layer 2",
        "calendar of cal, layer 3",
        "on call",
    ] == list(found)
    assert "gone.ics cannot be read" in found["calendar of cal, layer 2"].detail


async def test_moments_are_of_the_clock_of_the_schedule_which_is_named(tmp_path: Path) -> None:
    found = await checked(written(tmp_path, "{people: [ana], start: '2099-07-01T09:00'}"))
    assert "cal: nobody until 2099-07-01 09:00 Europe/Berlin, by the file alone" == found["on call"].detail


async def test_a_house_that_starts_logs_when_nobody_is_on_call(tmp_path: Path) -> None:
    settings = written(tmp_path, "{people: [ana], start: '2099-07-01T09:00'}")
    path = settings.config
    path.write_text(f"{path.read_text()}  fine: {{layers: [{{people: [ana], start: '2026-01-05T09:00'}}]}}\n")
    async with opened(settings) as store:
        with structlog.testing.capture_logs() as logs:
            await keeping.warn_of_gaps(store, load_world(settings))
    (line,) = logs
    assert ("oncall.nobody", "warning", "cal", 1) == (
        line["event"],
        line["log_level"],
        line["schedule"],
        line["gaps"],
    )


async def test_a_calendar_that_was_never_read_is_no_gap(tmp_path: Path) -> None:
    settings = written(tmp_path, calendar(tmp_path))
    async with opened(settings) as store:
        with structlog.testing.capture_logs() as logs:
            await keeping.warn_of_gaps(store, load_world(settings))
    assert [] == logs
