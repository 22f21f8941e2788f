"""The workspace in a terminal: the same words, the same buttons, by their numbers."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.cli import terminal
from core.errors import Unavailable
from core.place import Actor, Place
from handlers.cards.card import say
from handlers.inbound import Click, Command, Message, Submit
from tests.bot.local.house import Workspace, approval

OPS = Place(platform="local", channel="ops")


class Screen:
    """A terminal whose typist waits for what they answer to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._more = asyncio.Event()

    def show(self, text: str) -> None:
        self.lines += text.splitlines()
        self._more.set()

    async def shows(self, pattern: str) -> re.Match[str]:
        async with asyncio.timeout(5):
            while True:
                for text in self.lines:
                    if found := re.search(pattern, text):
                        return found
                self._more.clear()
                await self._more.wait()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_QUIET", 0.1)


async def talk(place: Workspace, persona: str, typist: Callable[[Screen], AsyncIterator[str]]) -> Screen:
    screen = Screen()
    async with asyncio.timeout(15):
        await terminal.chat(place.url, persona, typist(screen), screen.show)
    return screen


async def test_a_person_asks_and_another_decides_by_number(place: Workspace) -> None:
    place.house.react = place.answer_like_the_real_one

    async def typist(screen: Screen) -> AsyncIterator[str]:
        yield "restart checkout in production"
        number = (await screen.shows(r"\[(\d+)\] Approve")).group(1)
        yield ":as ana"
        await screen.shows("you are Ana Ruiz")
        yield number
        await screen.shows(r"\? Restart checkout in production\?")
        yield "yes"
        await screen.shows("Votes: 1 of 2")

    screen = await talk(place, "dev", typist)
    assert [type(one) for one in place.house.received] == [Message, Click]
    assert place.house.received[1].actor.user == "ana"
    assert any("changed · ops" in text for text in screen.lines)


async def test_a_button_with_words_after_it_fills_the_form(place: Workspace) -> None:
    await place.posts(approval())

    async def typist(screen: Screen) -> AsyncIterator[str]:
        number = (await screen.shows(r"\[(\d+)\] Reject")).group(1)
        yield f":{number} not on a Friday"
        await screen.shows("What may be done instead")
        yield "2"

    await talk(place, "chi", typist)
    (submit,) = place.house.received
    assert isinstance(submit, Submit)
    assert submit.fields == {"reason": "not on a Friday", "scope": "staging"}


async def test_a_menu_takes_the_number_of_its_choice(place: Workspace) -> None:
    await place.posts(approval())

    async def typist(screen: Screen) -> AsyncIterator[str]:
        number = (await screen.shows(r"\[(\d+)\] Severity 1=SEV1 2=SEV2")).group(1)
        yield f"{number} 9"
        await screen.shows("Choose with")
        yield f"{number} 2"

    await talk(place, "ana", typist)
    (click,) = place.house.received
    assert isinstance(click, Click)
    assert click.args == {"value": "2"}


async def test_a_confirmation_that_is_not_given_does_nothing(place: Workspace) -> None:
    await place.posts(approval())

    async def typist(screen: Screen) -> AsyncIterator[str]:
        yield (await screen.shows(r"\[(\d+)\] Approve")).group(1)
        yield "no"
        await screen.shows("nothing was done")

    await talk(place, "ana", typist)
    assert place.house.received == []


async def test_commands_channels_threads_and_private_words(place: Workspace) -> None:
    root = await place.posts(approval())
    await place.platform.whisper(Actor(platform="local", user="dev"), OPS, say("psst"), place.key(), "")

    async def typist(screen: Screen) -> AsyncIterator[str]:
        number = (await screen.shows(r"^\((\d+)\) ops · wardroom")).group(1)
        await screen.shows("only you see this")
        yield f":thread {number}"
        yield "why?"
        yield ":channel incidents"
        yield "/incident declare"
        yield "Checkout fails"
        yield ":home"
        yield ":nonsense"
        await screen.shows("Type words or a /command")
        yield ":quit"

    await talk(place, "dev", typist)
    message, submit, home = place.house.received
    assert isinstance(message, Message)
    assert (message.place.thread, message.addressed) == (root, True)
    assert isinstance(submit, Submit)
    assert (submit.place.channel, submit.fields) == ("incidents", {"title": "Checkout fails"})
    assert isinstance(home, Command)


async def test_where_no_workspace_is_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no simulated workspace at"):
        await terminal.chat("http://127.0.0.1:9", "dev")
