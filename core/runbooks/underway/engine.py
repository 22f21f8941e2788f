"""What is under way here: one step with its time limit, the word to stop and what it says; and all steps that are ours."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from core.errors import Unavailable
from core.runbooks.action import ActionFailed
from core.runbooks.units.work import Work

T = TypeVar("T")

_GRACE = timedelta(seconds=12)
_TOLD = timedelta(seconds=2)  # between two lines that a running step shows


@dataclass
class Running:
    """A step whose action runs. `stop` tells the action to end; `note` shows people what it says."""

    work: Work
    note: Callable[[Work, str], Awaitable[None]]
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _late: bool = False
    _words: str = ""
    _showing: asyncio.Task[None] | None = None

    async def within(self, limit: float, doing: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        """The action's result; after `limit` seconds it is told to stop, and left if it does not within 12 s.

        Raises:
            ActionFailed: the action says so, broke, or took too long.
        """
        alarm = asyncio.get_running_loop().call_later(limit, self._time_is_up)
        try:
            async with asyncio.timeout(limit + _GRACE.total_seconds()):
                result = await doing
        except ActionFailed:
            if not self._late:
                raise
        except Exception as error:
            # An action by a third party may raise anything; the run must go on.
            if not self._late:
                raise ActionFailed(f"The action broke: {type(error).__name__}: {error}") from error
        else:
            if not self._late:
                return result
        finally:
            alarm.cancel()
        # Nobody can tell how far it came, so only what may run twice is tried again.
        again = self.work.node.nature != "at_most_once"
        raise ActionFailed(f"It took longer than {limit:g} s and was stopped.", retriable=again)

    def tell(self, words: str) -> None:
        """Show these words beside the step; what it says within two seconds after that is shown then."""
        self._words = words
        if self._showing is None or self._showing.done():
            self._showing = asyncio.create_task(self._show())

    async def end(self) -> None:
        """It is over: show nothing more."""
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)

    def _time_is_up(self) -> None:
        self._late = True
        self.stop.set()

    async def _show(self) -> None:
        while self._words:
            words, self._words = self._words, ""
            await self.note(self.work, words)
            await pause(_TOLD)


class Ours:
    """The steps that this worker knows to be its own, so that those which it was given and never heard of can be found.

    Where a connection is lost in the middle of a commit nobody hears whether it was made, nor which steps it gave. They
    are looked for while nothing else is said: what a commit gives is known here only once its answer is.
    """

    def __init__(self) -> None:
        self.known: set[tuple[str, str, int]] = set()
        self._saying = 0
        self._unheard = False
        self._quiet = asyncio.Event()
        self._open = asyncio.Event()
        self._quiet.set()
        self._open.set()

    async def hear(self, say: Callable[[], Awaitable[T]], given: Callable[[T], Sequence[Work]]) -> T:
        """Say something that may give this worker steps, and know them.

        Raises:
            Unavailable: nobody heard whether it was done.
        """
        await self._open.wait()
        self._saying += 1
        self._quiet.clear()
        try:
            told = await say()
        except Unavailable:
            self._unheard = True
            raise
        finally:
            self._saying -= 1
            if not self._saying:
                self._quiet.set()
        self.known |= {work.claim for work in given(told)}
        return told

    async def settle(
        self, put_back: Callable[[AbstractSet[tuple[str, str, int]]], Awaitable[object]]
    ) -> None:
        """Where an answer was lost, put back what is ours and not known here."""
        if not self._unheard:
            return
        self._open.clear()
        try:
            await self._quiet.wait()
            await put_back(self.known)
            self._unheard = False
        finally:
            self._open.set()


async def pause(length: timedelta) -> None:
    """Wait so long."""
    try:
        async with asyncio.timeout(length.total_seconds()):
            await asyncio.Event().wait()
    except TimeoutError:
        return
