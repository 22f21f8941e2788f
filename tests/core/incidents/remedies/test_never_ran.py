import asyncio
from dataclasses import replace
from datetime import timedelta

from core.approvals import records as approvals_rows
from core.approvals import units as approvals
from core.approvals.request import Choice
from core.incidents.remedies import units as remedies
from core.runbooks.states import ExecutionState
from core.text import moment
from tests.core.incidents.gathering.street import ANA, Street, firing
from tests.core.incidents.remedies.scene import BOOKS, CHI, asks, begun, says
from tests.core.runbooks.house import book


async def two_incidents(street: Street) -> None:
    """Two incidents of one service; the run of the first waits for people."""
    asks(street)
    await street.hears(firing())
    await street.passes(minutes=2)
    await street.hears(firing("Errors", group="b"))
    await street.passes(minutes=10)


async def decides(street: Street, choice: Choice) -> None:
    """Chi answers what RUN-1 waits for."""
    (run,) = await begun(street)
    asked = await street.store.read(approvals_rows.get, run.request)
    await street.store.transact(approvals.decide, run.request, CHI, choice, "so be it", asked.digest)
    await street.reacts()


async def test_what_was_called_off_before_it_began_counts_for_no_limit_and_no_pause(
    any_street: Street,
) -> None:
    street = any_street
    asks(street)
    await street.hears(firing())
    await street.passes(minutes=2)
    await street.store.transact(remedies.hold, street.world, "INC-1", ANA)
    await street.reacts()
    await street.store.transact(remedies.release, "INC-1", CHI)
    await street.passes(minutes=2)
    states = [run.state for run in await begun(street)]
    assert [ExecutionState.CANCELLED, ExecutionState.WAITING_APPROVAL] == states
    assert any("as RUN-2 (1 of at most 1) and waits" in line for line in await street.story())


async def test_what_waits_for_people_holds_back_another_and_says_just_that_once(any_street: Street) -> None:
    street = any_street
    await two_incidents(street)
    (run,) = await begun(street)
    lines = [line for line in await street.story("INC-2") if "Nothing begins by itself" in line]
    assert [f"Nothing begins by itself here yet: RUN-1 still waits for {run.request}."] == lines


async def test_a_pause_counts_from_when_the_other_began_to_run(street: Street) -> None:
    await two_incidents(street)
    await decides(street, Choice.APPROVE)
    await street.passes(minutes=2)
    (run,) = await begun(street)
    assert run.started_at is not None
    said = (await street.story("INC-2"))[-1]
    assert f"restart ran for checkout by itself at {moment(run.started_at)}" in said


async def test_what_was_refused_lets_another_incident_ask(street: Street) -> None:
    await two_incidents(street)
    await decides(street, Choice.REJECT)
    await street.passes(minutes=2)
    assert ["INC-1", "INC-2"] == [run.incident for run in await begun(street)]


BOTH = [{"runbook": "restart", "services": ["checkout", "payments", "search"]}]


async def of_two_services(street: Street) -> None:
    """An incident of each of two services, for both of which a runbook begins by itself."""
    await street.hears(firing())
    await street.hears(firing("Errors", group="b", labels={"service": "payments"}))


async def test_two_incidents_at_once_begin_no_more_than_the_limit(any_street: Street) -> None:
    street = any_street
    says(street, per_hour=1, rules=BOTH)
    await of_two_services(street)
    street.clock.advance(timedelta(minutes=2))
    ids = [one.id for one in await street.incidents()]
    await asyncio.gather(*(street.store.transact(remedies.on_next, street.world, one) for one in ids))
    assert 1 == len(await begun(street))


async def test_what_waits_for_another_run_to_end_counts_for_the_limit(street: Street) -> None:
    text = """
name: restart
concurrency: {key: all}
params: {service: {type: service, required: true}}
steps: [{id: settle, wait: {for: 30m}}]
"""
    street.world = replace(street.world, runbooks=BOOKS | {"restart": book(text)})
    says(street, per_hour=2, rules=BOTH)
    await of_two_services(street)
    await street.hears(firing("Latency", group="c", labels={"service": "search"}))
    await street.passes(minutes=2)
    assert [False, True] == sorted(run.started_at is not None for run in await begun(street))
