"""Who is on call, in the calendar of whoever asked for its address."""

from pathlib import Path

import aiohttp
from icalendar import Calendar

from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world

SCHEDULE = """
schedules:
  platform-primary:
    layers: [{people: [ana, bo], rotate: 3d, start: "2026-01-05T09:00"}]
"""


async def test_the_address_from_the_chat_is_a_calendar_and_a_guessed_one_is_not(tmp_path: Path) -> None:
    config = write_world(tmp_path, channels=("local",))
    members = "platform: {members: [ana, bo]"
    config.write_text(
        config.read_text().replace(members, f"{members}, schedule: platform-primary") + SCHEDULE
    )
    async with (
        running(settings(tmp_path, config=config)) as house,
        seats(house.url, "ana") as (ana,),
        aiohttp.ClientSession() as web,
    ):
        await ana.says("/oncall calendar platform")
        card = await ana.sees("Subscribe to this address")
        (address,) = (word for word in str(card["text"]).split() if "/oncall/platform-primary.ics?k=" in word)
        path = address[address.index("/oncall/") :]
        async with web.get(f"{house.url}{path}") as answer:
            assert (200, "text/calendar") == (answer.status, answer.content_type)
            events = Calendar.from_ical(await answer.text()).walk("VEVENT")
        assert len(events) >= 30
        who = {str(event["SUMMARY"]) for event in events}
        assert {"Ana Ruiz, on call for platform", "Bo Lindqvist, on call for platform"} == who
        begins = [event.decoded("DTSTART") for event in events]
        assert begins == sorted(begins)
        wrong = path[:-1] + ("0" if path[-1] != "0" else "1")
        async with web.get(f"{house.url}{wrong}") as answer:
            assert 403 == answer.status
