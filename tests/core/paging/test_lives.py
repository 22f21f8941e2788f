"""Any life of a page: it is never lost, nobody is called once somebody has it, and nobody twice for the same."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from core.clock import ManualClock
from core.errors import Conflict
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.holding import units as holding
from core.paging.page import Page, Quiet
from core.paging.page import State as Standing
from core.paging.quieting import units as quieting
from core.paging.telling import units as telling
from core.paging.units import Wish
from core.store import audit, deadlines
from core.store.bus import Bus
from core.store.engine import Store, Unit
from core.store.opening import store_for
from tests.core.paging.world import PEOPLE, PLAN, WORLD
from tests.stores import START, prepare, sqlite_url

someone = st.sampled_from(list(PEOPLE.values()))


class OnePage(RuleBasedStateMachine):
    """A store, a clock, and a page whose messages arrive or do not."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardroom-page-"))
        prepare(self.folder)
        self.loop = asyncio.Runner()
        self.clock = ManualClock(START)
        self.store = self._opened()

    @initialize()
    def begins(self) -> None:
        self.do(units.start, WORLD, Wish("checkout is down", PLAN, PEOPLE["eve"]))

    @rule(minutes=st.sampled_from([1, 2, 5, 10, 30, 90]))
    def time_passes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(timedelta(minutes=1))
            self.do(self._serve)

    @rule(works=st.sets(st.sampled_from(["direct", "email", "sms"])))
    def messages_go_out(self, works: set[str]) -> None:
        """What is queued is sent as the postman does: what nobody wants is dropped, the rest is taken or fails."""
        self.do(self._post, works)

    @rule(by=someone)
    def somebody_answers(self, by: Any) -> None:
        self._try(answering.take, "PG-1", by, "test")

    @rule(by=someone)
    def somebody_takes_it_over(self, by: Any) -> None:
        self._try(answering.take, "PG-1", by, "test", from_owner=True)

    @rule(by=someone)
    def it_is_given_back(self, by: Any) -> None:
        self._try(holding.release, WORLD, "PG-1", by)

    @rule(to=someone, by=someone)
    def it_is_handed_over(self, to: Any, by: Any) -> None:
        self._try(holding.hand_over, WORLD, "PG-1", to, by)

    @rule(by=someone)
    def the_next_are_called(self, by: Any) -> None:
        self._try(units.escalate, WORLD, "PG-1", by)

    @rule()
    def its_trouble_is_kept_quiet(self) -> None:
        self.do(quieting.hold, "PG-1", Quiet(by="SIL-1", until=self.clock.now() + timedelta(hours=1)))

    @rule()
    def it_is_heard_again(self) -> None:
        self.do(quieting.let_go, WORLD, "PG-1")

    @rule()
    def the_process_dies(self) -> None:
        self.loop.run(self.store.stop())
        self.store = self._opened()

    @precondition(lambda self: self.look().state is not Standing.OVER)
    @rule(chance=st.integers(0, 20))
    def it_is_over(self, chance: int) -> None:
        if chance == 0:
            self.do(units.end, "PG-1", "eve")

    @invariant()
    def it_is_not_lost(self) -> None:
        page = self.look()
        if page.state is Standing.CALLING:
            due = self.loop.run(self.store.read(deadlines.pending, "paging.step", "PG-1"))
            assert page.due is not None
            assert page.due == due
            assert page.due > self.clock.now()
            assert page.owner == ""
        if page.state is Standing.HELD:
            assert page.quiet_by, "what holds it is known, and lets it go"
            assert page.due is None
        if page.state is Standing.TAKEN:
            assert page.owner
            assert page.due is not None

    @invariant()
    def nobody_is_called_once_somebody_has_it(self) -> None:
        page = self.look()
        if page.state is Standing.CALLING or page.offered:
            return
        for entry in self.entries():
            if entry.state is State.QUEUED and entry.cause.startswith("called"):
                wanted, _ = self.loop.run(self.store.read(telling.wanted, entry.delivery))
                assert wanted == []

    @invariant()
    def nobody_is_called_twice_for_the_same(self) -> None:
        times = Counter((one.person, one.cause, one.way) for one in self.entries())
        assert set(times.values()) <= {1}
        page = self.look()
        calls = self.loop.run(self.store.read(records.calls, page))
        steps = Counter((one.spell, one.round, one.step, one.person) for one in calls)
        assert set(steps.values()) <= {1}

    def look(self) -> Page:
        found: Page = self.loop.run(self.store.read(records.get, "PG-1"))
        return found

    def entries(self) -> list[Entry]:
        return self.loop.run(self.store.read(notices.about, "PG-1"))

    def do(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return self.loop.run(self.store.transact(work, *args, **more))

    def _try(self, work: Callable[..., Any], *args: Any, **more: Any) -> None:
        try:
            self.do(work, *args, **more)
        except Conflict:
            return

    def _serve(self, unit: Unit) -> None:
        for due in deadlines.due(unit):
            # What is served before it may have moved it or taken it away.
            if deadlines.take(unit, due):
                units.DEADLINES[due.kind](unit, WORLD, due.ref)

    def _post(self, unit: Unit, works: set[str]) -> None:
        for entry in notices.about(unit, "PG-1"):
            if entry.state is not State.QUEUED:
                continue
            wanted, moot = telling.wanted(unit, entry.delivery)
            notify.drop(unit, moot, "not wanted")
            if wanted and entry.way in works:
                notify.accepted(unit, wanted, "1", 1)
            elif wanted:
                notify.failed(unit, WORLD.channels, lambda _: None, wanted, "gone", 4)
                units.on_trouble(unit, WORLD, wanted)

    def _opened(self) -> Store:
        store = store_for(sqlite_url(self.folder), self.clock, Bus(), reactions={}, process="test")
        self.loop.run(store.start())
        return store

    @override
    def teardown(self) -> None:
        try:
            assert () == self.loop.run(self.store.read(audit.verify)).findings
        finally:
            self.loop.run(self.store.stop())
            self.loop.close()
            shutil.rmtree(self.folder)


OnePage.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
TestAnyLife = OnePage.TestCase
