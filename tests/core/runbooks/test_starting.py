"""Runs that an alert or a call from outside begins."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.runbooks import starts
from core.runbooks.load import load_library
from core.runbooks.starting import units as starting
from core.store import events
from tests.core.runbooks.house import SPECS, House
from tests.core.runbooks.triggers import (
    ALARMED,
    DOWN,
    HOOKED,
    OPS,
    RELEASED,
    furnish,
    runs_of,
)


async def alert(house: House, data: Mapping[str, Any]) -> None:
    """The room of incidents says that an alert fires, and reactions happen."""
    await house.store.transact(
        lambda unit: events.append(unit, "alert.fired", data["fingerprint"], actor="alert:x", data=data)
    )
    await house.react()


@pytest.fixture
async def alarmed(house: House) -> House:
    """A house whose log sets off the reaction to alerts."""
    furnish(house, ALARMED)
    reactions = dict(house.store.reactions)
    house.store.reactions = reactions | {"alert.fired": ("runbooks.on_alert_fired",)}
    return house


async def test_an_alert_starts_what_matches_it_once_each_time_it_fires(alarmed: House) -> None:
    await alert(alarmed, DOWN)
    await alert(alarmed, DOWN)
    (run,) = await runs_of(alarmed)
    assert ("trigger:alert", {"database": "user-db"}, OPS) == (run.by, run.params, run.place)
    await alarmed.go()
    await alert(alarmed, DOWN | {"started": "2026-11-21T12:30:00Z"})
    assert 2 == len(await runs_of(alarmed))


@pytest.mark.parametrize("labels", [{}, {"alertname": "Other"}, {"alertname": 5}, {"service": "user-db"}])
async def test_an_alert_that_does_not_match_starts_nothing(alarmed: House, labels: dict[str, Any]) -> None:
    await alert(alarmed, DOWN | {"labels": labels})
    assert [] == await runs_of(alarmed)


async def test_an_alert_whose_service_is_unknown_or_whose_runbook_runs_is_told(alarmed: House) -> None:
    await alert(alarmed, DOWN | {"fingerprint": "f2", "labels": DOWN["labels"] | {"service": "user-bd"}})
    assert any("user-db" in one and "was not" in one for one in await alarmed.said())
    await alert(alarmed, DOWN)
    await alert(alarmed, DOWN | {"fingerprint": "f3"})
    assert 1 == len(await runs_of(alarmed))
    assert any("RUN-1 already runs" in one for one in await alarmed.said())


async def call(house: House, body: Any, key: str = "k1", runbook: str = "hooked") -> starting.Began:
    """A call that has proved itself."""
    return await house.store.transact(starting.on_call, house.world, starting.Call(runbook, body, key))


async def test_a_call_is_mapped_to_parameters_and_counts_once(house: House) -> None:
    furnish(house, HOOKED)
    first, again = await call(house, RELEASED), await call(house, RELEASED)
    assert first.execution is not None
    assert again.execution is not None
    assert (first.execution.id, True, False) == (again.execution.id, first.fresh, again.fresh)
    assert ("trigger:webhook", "1.2", "staging") == (
        first.execution.by,
        first.execution.params["version"],
        first.execution.params["environment"],
    )
    assert (await call(house, {"action": "created"}, "k2")).execution is None
    with pytest.raises(Conflict):
        await call(house, RELEASED | {"release": {"tag": "1.3"}})
    with pytest.raises(Invalid) as wrong:
        await call(house, RELEASED | {"where": "stagng"}, "k3")
    assert "staging" in wrong.value.sentence()
    with pytest.raises(Invalid):
        await call(house, {"action": "released"}, "k4")
    with pytest.raises(Invalid):
        await call(house, RELEASED, "")
    with pytest.raises(NotFound):
        await call(house, RELEASED, "k5", "nothere")
    production = await call(house, RELEASED | {"where": "prod"}, "k6")
    assert production.execution is not None
    assert "WAITING_APPROVAL" == str(production.execution.state)


async def test_ten_calls_with_one_key_at_once_begin_one_run(house: House) -> None:
    furnish(house, HOOKED)
    came = await asyncio.gather(*(call(house, RELEASED) for _ in range(10)))
    assert (1, 1) == (len(await runs_of(house)), sum(one.fresh for one in came))


async def test_a_trigger_does_not_pass_by_whom_another_runbook_names(house: House) -> None:
    inner = "name: inner\nrun: {roles: [sre]}\nsteps: [{id: a, action: do}]\n"
    outer = "name: outer\ntriggers: [{webhook: {token: T}}]\nsteps: [{id: a, runbook: {name: inner}}]\n"
    furnish(house, inner, outer)
    with pytest.raises(Forbidden):
        await call(house, {}, "k1", "outer")


def test_a_trigger_names_channels_and_secrets_that_there_are_and_runs_nothing_that_is_left_to_people(
    tmp_path: Path,
) -> None:
    (tmp_path / "inner.yaml").write_text("name: inner\nrun: {roles: [sre]}\nsteps: [{id: a, action: do}]\n")
    (tmp_path / "outer.yaml").write_text(
        "name: outer\ntriggers:\n  - {webhook: {token: TOKN}, channel: opps}\n"
        "steps: [{id: a, runbook: {name: inner}}]\n"
    )
    files = [tmp_path / "inner.yaml", tmp_path / "outer.yaml"]
    found = starts.unknown(files, load_library([tmp_path], SPECS), ["ops"], ["TOKEN"])
    told = [(one.line, one.column, one.what, one.mend) for one in found]
    assert [(3, 30), (3, 16), (4, 17)] == [(line, column) for line, column, _, _ in told]
    assert "Did you mean `ops`" in told[0][3]
    assert "Did you mean `TOKEN`" in told[1][3]
    assert "run only by people" in told[2][2]
