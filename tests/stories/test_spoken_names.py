"""What a button says to the eye is in what it says to the ear: people who speak to their computer press it by its words."""

from html.parser import HTMLParser
from pathlib import Path

from typing_extensions import override

from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import fast_forward, running, settings
from tests.stories.seats import seats

_CARDS = (
    ("/incident declare checkout fails", "INC-1"),
    ("/incident page bo the database is slow INC-1", "PG-2"),
    ("/oncall contact", "How you are paged"),
    ("restart checkout in production", "Approval needed"),
    ("/incident triage INC-1", "Triage of INC-1"),
    ("/wardroom mine", "Hello Ana"),
    ("/incident lead INC-1", "You lead INC-1"),
)


class _Buttons(HTMLParser):
    """Every button of a page: its name, and its visible words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("aria-label") or ""
        self._open = tag == "button" and bool(name)
        if self._open:
            self.found.append((name, ""))

    @override
    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] = (self.found[-1][0], data)
            self._open = False


async def test_the_name_of_a_button_has_its_visible_words(tmp_path: Path) -> None:
    async with running(settings(tmp_path), ManualClock(START)) as house, seats(house.url, "ana") as (ana,):
        for words, answer in _CARDS:
            await ana.says(words)
            await ana.sees(answer)
        await ana.says("/incident resolve INC-1 a bad deploy")
        await ana.sees("INC-1 is resolved")
        await fast_forward(house, seconds=30)
        await ana.sees("SEV3 · INC-1", "State: resolved")
        await ana.says("/incident postmortem INC-1")
        await ana.sees("Review of INC-1")
        buttons = _Buttons()
        for message in ana.messages.values():
            buttons.feed(message.get("html") or "")
        assert len(buttons.found) > 20
        assert [] == [
            (name, seen) for name, seen in buttons.found if seen.rstrip("…").casefold() not in name.casefold()
        ]
