"""One request on a real store that a state machine leads through its life, and what a count by hand says of it."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from typing_extensions import override

from core.approvals import records
from core.approvals.ageing import units as ageing
from core.approvals.draft import Draft
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Ask, Choice, Finding, Request, Rung, Status, Terms
from core.approvals.timing import Silence
from core.clock import ManualClock
from core.store import audit, deadlines, events, leases
from core.store.bus import Bus
from core.store.engine import Store, Unit
from core.store.opening import store_for
from tests.stores import START, prepare, sqlite_url

ENDS = frozenset({"approval.closed", "approval.claimed", "approval.executed"})

rungs = st.lists(
    st.builds(
        Rung,
        at=st.sampled_from([0.25, 0.75, 1.0]),
        add=st.sampled_from([(Ask(role="manager"),), (Ask(person="bo"),)]),
        timeout=st.sampled_from([None, timedelta(hours=2)]),
    ),
    max_size=2,
).map(lambda found: tuple(sorted(found, key=lambda rung: rung.at)))
terms = st.builds(
    Terms,
    ask=st.sampled_from(
        [
            (Ask(role="sre"), Ask(role="security", must=True)),
            (Ask(role="sre"), Ask(role="security")),
            (Ask(person="ana"),),
        ]
    ),
    approvals=st.integers(1, 3),
    veto=st.sampled_from([(), (Ask(role="security"),)]),
    rejections_to_block=st.sampled_from([None, 1, 2]),
    severity=st.sampled_from(["LOW", "MEDIUM", "HIGH", "CRITICAL"]),
    timeout=st.sampled_from([timedelta(hours=1), timedelta(hours=12)]),
    escalation=rungs,
    objection=st.sampled_from([None, timedelta(minutes=30)]),
    valid_until=st.sampled_from([None, START + timedelta(hours=5)]),
    silence=st.sampled_from([None, Silence(triggers=("SMALL",)), Silence(triggers=("SMALL",))]),
    report_within=st.just(timedelta(hours=1)),
    policies=st.just(("random",)),
    policy_hash=st.just("h" * 64),
)
SMALL = Finding(policy="random", code="SMALL", severity="LOW", message="small")


def silent(kind: str, subject: dict[str, Any], now: datetime) -> Verdict:
    """Present policies that still leave it to silence."""
    del kind, subject, now
    left = Terms(ask=(Ask(role="sre"),), silence=Silence(triggers=("SMALL",)), severity="LOW")
    return Verdict(Answer.REQUIRE, (SMALL,), left)


class OneRequest(RuleBasedStateMachine):
    """The store, the clock and the request."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardroom-life-"))
        prepare(self.folder)
        self.loop = asyncio.Runner()
        self.clock = ManualClock(START)
        self.store = self._opened()
        self.wish: Draft
        self.request: Request
        self.ended: Request | None = None

    def _opened(self) -> Store:
        store = store_for(sqlite_url(self.folder), self.clock, Bus(), reactions={}, process="test")
        self.loop.run(store.start())
        return store

    def do(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.loop.run(self.store.transact(work, *args, **kwargs))

    def look(self) -> Request:
        found: Request = self.loop.run(self.store.read(records.get, self.request.id))
        return found

    def happened(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.loop.run(self.store.read(events.history, self.request.id, 1_000))
        return found

    def serve(self) -> None:
        def all_of_it(unit: Unit) -> None:
            for due in deadlines.due(unit):
                assert deadlines.take(unit, due)
                ageing.on_due(unit, due.ref, silent)

        self.do(all_of_it)

    def live_on(self) -> None:
        """Ten days of silence."""
        for _ in range(10):
            self.lives_through(timedelta(days=1))
            self.serve()

    def lives_through(self, span: timedelta) -> None:
        """Time passes, and the house says all the while that it is alive."""
        self.do(leases.beat, span + timedelta(seconds=8))
        self.clock.advance(span)

    @override
    def teardown(self) -> None:
        try:
            assert () == self.loop.run(self.store.read(audit.verify)).findings
        finally:
            self.loop.run(self.store.stop())
            self.loop.close()
            shutil.rmtree(self.folder)


def status_after(event: dict[str, Any]) -> Status:
    return Status.EXECUTING if event["kind"] == "approval.claimed" else Status(event["data"]["status"])


def is_earned(request: Request, level: int, said: dict[str, str]) -> None:
    """Counted by hand, without the tally."""
    asked = {seat.person: seat for seat in request.seats if seat.level <= level}
    assert said.keys() <= asked.keys() - set(request.rules.excluded)
    yes = {person for person, choice in said.items() if choice == Choice.APPROVE}
    no = {person for person, choice in said.items() if choice == Choice.REJECT}
    assert len(yes) >= request.rules.needed >= 1
    assert all(any(group in asked[person].groups for person in yes) for group in request.rules.must)
    assert len(no) < request.rules.block
    assert not any(asked[person].veto for person in no)


def lives(examples: int) -> settings:
    """So many lives of up to 25 steps."""
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # Making a failing life short takes minutes; its steps are told as they are.
        phases=[Phase.reuse, Phase.generate],
    )
