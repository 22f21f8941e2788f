"""Who is on call stands in a calendar elsewhere: seen in chat, with what is wrong with it."""

from datetime import timedelta
from pathlib import Path

from bot.cli.calendars import looked_at
from bot.cli.parts import Part
from bot.configuration import load_world
from bot.settings import Settings
from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world

SCHEDULE = """
schedules:
  platform-primary:
    timezone: Europe/Berlin
    layers:
      - {people: [bo], start: "2026-01-05T09:00"}
      - {ical: oncall.ics, refresh: 1m, names: {"the boss": eve}}
"""


def event(who: str, begins: str, ends: str) -> str:
    return f"BEGIN:VEVENT\nUID:{who}\nSUMMARY:{who}\nDTSTART:{begins}\nDTEND:{ends}\nEND:VEVENT"


def write(path: Path, *events: str) -> None:
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR"])
    path.write_text(text.replace("\n", "\r\n"))


async def test_a_calendar_says_who_is_on_call_and_the_chat_says_how_old_it_is(tmp_path: Path) -> None:
    config = write_world(tmp_path, channels=("local",))
    members = "platform: {members: [ana, bo]"
    config.write_text(
        config.read_text().replace(members, f"{members}, schedule: platform-primary") + SCHEDULE
    )
    calendar = config.parent / "oncall.ics"
    write(
        calendar,
        event("Ana Ruiz", "20260302T080000", "20260302T140000"),
        event("The Boss", "20260302T140000", "20260302T180000"),
        event("Somebody Else", "20260303T080000", "20260303T180000"),
    )
    clock = ManualClock(START)
    given = settings(tmp_path, config=config)
    async with running(given, clock) as house, seats(house.url, "ana") as (ana,):
        await house.parts.feeds.look()
        await ana.says("/oncall show platform")
        await ana.sees(
            "@Ana Ruiz",
            "2026-03-02 13:00 UTC",
            "@Eve Martin from 2026-03-02 13:00 UTC",
            "the calendar names nobody known by “Somebody Else”.",
        )
        calendar.unlink()
        clock.advance(timedelta(hours=5))
        await house.parts.feeds.look()
        await ana.says("/oncall show platform")
        await ana.sees(
            "@Eve Martin",
            "the calendar cannot be read: oncall.ics cannot be read: No such file",
            "What it said",
        )
    (part,) = await _checked(given)
    assert ("calendar of platform-primary", "fail") == (part.name, part.status)
    write(calendar, event("Somebody Else", "20270303T080000", "20270303T180000"))
    (part,) = await _checked(given)
    assert "warn" == part.status
    assert "names" in part.mend


async def _checked(given: Settings) -> list[Part]:
    found = await looked_at(given, load_world(given))
    return [one.part for one in found.values()]
