"""What arrives without end: it is taken first, and worked on all the same."""

import asyncio
from pathlib import Path

from bot.app import House
from core.place import Actor, Place
from handlers.inbound import Message
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world


def small_talk(number: int) -> Message:
    """Something that is not meant for the bot."""
    return Message(
        key=f"flood-{number}",
        actor=Actor(platform="local", user="bo", name="Bo"),
        place=Place(platform="local", channel="ops"),
        text=f"lunch at {number}?",
        addressed=False,
    )


async def test_a_question_is_answered_while_others_never_stop_talking(tmp_path: Path) -> None:
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given) as house, seats(house.url, "dev") as (dev,):
        flooding = asyncio.create_task(_flood(house))
        await dev.says("/wardroom whoami")
        await dev.sees("Name: Dev Patel")
        assert not flooding.done()
        flooding.cancel()


async def _flood(house: House) -> None:
    """Never a moment in which nothing is arriving."""
    number = 0
    while True:
        number += 1
        await house.inbox.receive(small_talk(number))
