"""Any life of an incident and its page: only who answers it, takes the first step or leads newly has it."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typing_extensions import override

from core import wiring
from core.clock import ManualClock
from core.errors import Conflict
from core.incidents import records as incidents
from core.incidents import units as work
from core.incidents.incident import Incident, State
from core.incidents.paging import units as tie
from core.incidents.roles import units as parts
from core.incidents.roles.role import Role
from core.incidents.states import Happening
from core.incidents.units import Declaration, News, Step
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.holding import units as holding
from core.paging.page import Page
from core.paging.page import State as Standing
from core.people.person import Person
from core.store import deadlines, dispatch
from core.store.bus import Bus
from core.store.engine import Unit
from core.store.opening import store_for
from tests.core.paging.world import PEOPLE, WORLD
from tests.stores import START, prepare

RULE = Person(id="alerts", name="Alerts", kind="agent")
FOLLOWS = {
    kind: tuple(one for one in names if one in tie.REACTIONS) for kind, names in wiring.BY_EVENT.items()
}
someone = st.sampled_from(list(PEOPLE.values()))


class OfAnIncident(RuleBasedStateMachine):
    """An incident with its page, and who has answered which calling of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardroom-answered-"))
        self.loop = asyncio.Runner()
        self.clock = ManualClock(START)
        self.store = store_for(prepare(self.folder), self.clock, Bus(), reactions=FOLLOWS, process="test")
        self.loop.run(self.store.start())
        self.answered: set[tuple[str, int, str]] = set()

    @initialize()
    def begins(self) -> None:
        self.does(work.declare, Declaration("checkout is down", 1, PEOPLE["eve"], escalation="platform"))

    @rule(by=someone)
    def the_page_is_answered(self, by: Person) -> None:
        self.answers(by, answering.take, self.page().id, by, "test")

    @rule(by=someone)
    def the_incident_is_acknowledged(self, by: Person) -> None:
        self.answers(by, work.acknowledge, "INC-1", by)

    @rule(to=someone, by=someone)
    def somebody_leads(self, to: Person, by: Person) -> None:
        self.answers(to, parts.give, "INC-1", Role.COMMANDER, to, by)

    @rule(by=someone)
    def nobody_leads(self, by: Person) -> None:
        self.does(parts.release, "INC-1", Role.COMMANDER, by)

    @rule(by=someone, severity=st.sampled_from([None, 1, 2]))
    def somebody_tells_of_it(self, by: Person, severity: int | None) -> None:
        self.does(work.tell, "INC-1", by, News("looking at it too", severity=severity))

    @rule(by=someone, state=st.sampled_from([State.MITIGATING, State.MONITORING]))
    def somebody_takes_a_step(self, by: Person, state: State) -> None:
        before = self.incident()
        is_first = before.state is State.OPEN or not before.lead
        run = self.answers if is_first else lambda _, *how: self.does(*how)
        run(by, work.tell, "INC-1", by, News(state=state))

    @rule(happening=st.sampled_from([Happening.MONITORING, Happening.MITIGATING]))
    def its_alerts_are_over_or_back(self, happening: Happening) -> None:
        if self.incident().acknowledged is not None:
            self.does(work.step, self.incident(), Step(happening, RULE, "so say the alerts"))

    @rule()
    def it_is_open_again(self) -> None:
        self.does(work.step, self.incident(), Step(Happening.REOPENED, RULE, "it is back"))

    @rule(by=someone)
    def the_page_is_given_back(self, by: Person) -> None:
        self.does(holding.release, WORLD, self.page().id, by)

    @rule(by=someone)
    def the_next_are_called(self, by: Person) -> None:
        self.does(units.escalate, WORLD, self.page().id, by)

    @rule(minutes=st.sampled_from([3, 70]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self.does(self._serve)

    @invariant()
    def only_who_answered_has_it_and_else_it_calls(self) -> None:
        page = self.page()
        if page.state is Standing.TAKEN:
            assert (page.id, page.spell, page.owner) in self.answered
        else:
            assert page.state is Standing.CALLING

    def page(self) -> Page:
        """The one that is not over; there is always one while the incident is open."""
        (found,) = self.loop.run(self.store.read(records.of_incident, "INC-1"))
        return found

    def incident(self) -> Incident:
        return self.loop.run(self.store.read(incidents.get, "INC-1"))

    def answers(self, by: Person, work: Callable[..., Any], *args: Any) -> None:
        """Somebody does what answers the page, if it can be done."""
        if self.does(work, *args):
            page = self.page()
            self.answered.add((page.id, page.spell, by.id))

    def does(self, work: Callable[..., Any], *args: Any) -> bool:
        """Do it, and all that follows; False if it cannot be done now."""
        try:
            self.loop.run(self.store.transact(work, *args))
        except Conflict:
            return False
        while self.loop.run(self.store.transact(self._follow)):
            pass
        return True

    def _follow(self, unit: Unit) -> int:
        rows = dispatch.claim(unit, leader=True, limit=1_000)
        for row in rows:
            if row.kind == "react":
                said = row.payload
                tie.REACTIONS[said["reaction"]](unit, WORLD, said["ref"], said["data"])
            dispatch.sent(unit, row, None)
        return len(rows)

    def _serve(self, unit: Unit) -> None:
        for due in deadlines.due(unit):
            if due.kind in units.DEADLINES and deadlines.take(unit, due):
                units.DEADLINES[due.kind](unit, WORLD, due.ref)

    @override
    def teardown(self) -> None:
        self.loop.run(self.store.stop())
        self.loop.close()
        shutil.rmtree(self.folder)


OfAnIncident.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
TestAnyAnswer = OfAnIncident.TestCase
