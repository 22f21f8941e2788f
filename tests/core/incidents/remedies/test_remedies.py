from datetime import timedelta

import pytest

from core.approvals import records as approvals_rows
from core.approvals import units as approvals
from core.approvals.request import Choice
from core.errors import Conflict
from core.health import records as health
from core.health.aggregate import Count
from core.health.check import Status
from core.incidents import units as incidents
from core.incidents.incident import State
from core.incidents.remedies import units as remedies
from core.incidents.remedies.remedy import Stage
from core.incidents.units import Declaration
from core.runbooks.states import ExecutionState
from core.runbooks.units import runs
from tests.core.incidents.gathering.street import ANA, Street, firing, over
from tests.core.incidents.remedies.scene import CHI, asks, begun, says, stages


async def test_a_runbook_begins_by_itself_after_people_had_their_time(any_street: Street) -> None:
    street = any_street
    await street.hears(firing())
    await street.passes(seconds=59)
    assert [] == await begun(street)
    await street.passes(seconds=2)
    (run,) = await begun(street)
    assert ("restart", "INC-1", "checkout", "trigger:remediation") == (
        run.runbook,
        run.incident,
        run.params["service"],
        run.by,
    )
    assert (await street.story())[2].startswith(
        "restart of checkout in staging begins by itself as RUN-1 (1 of at most 1)."
    )


async def test_it_helped_when_the_alerts_are_over_and_the_incident_ends_as_always(any_street: Street) -> None:
    street = any_street
    await street.hears(firing())
    await street.passes(minutes=4)
    assert [Stage.WATCHED] == await stages(street)
    await street.hears(over())
    assert [Stage.HELPED] == await stages(street)
    assert any(
        line.startswith("RUN-1 (restart) helped: its alerts are over") for line in await street.story()
    )
    await street.passes(minutes=15)
    (incident,) = await street.incidents()
    assert State.RESOLVED == incident.state


async def test_what_did_not_help_stops_at_the_limit_and_says_so(street: Street) -> None:
    await street.hears(firing())
    await street.passes(minutes=14)
    assert [Stage.NO_HELP] == await stages(street)
    (told,) = {line for line in await street.told() if "RUN-1" in line}
    assert told.startswith("RUN-1 (restart) did not help: its alerts still fire")
    assert (
        "by itself here: the limit of 1 run for one incident is reached. It is with people now; `/runbook run`"
        in told
    )
    await street.passes(hours=5)
    assert 1 == len(await begun(street))


async def test_the_next_one_begins_when_the_first_did_not_help_and_none_twice(street: Street) -> None:
    rules = [{"runbook": "restart"}, {"runbook": "failover"}, {"runbook": "restart"}]
    says(street, rules=rules, per_incident=5)
    await street.hears(firing())
    await street.passes(minutes=40)
    assert ["restart", "failover"] == [run.runbook for run in await begun(street)]
    assert [Stage.NO_HELP, Stage.NO_HELP] == await stages(street)
    assert any("nothing that may begin by itself is left" in line for line in await street.told())


async def test_nothing_begins_for_what_is_over_again(street: Street) -> None:
    await street.hears(firing())
    await street.passes(seconds=30)
    await street.hears(over())
    await street.passes(hours=1)
    assert [] == await begun(street)


async def test_a_run_that_failed_stops_it(street: Street) -> None:
    says(street, rules=[{"runbook": "restart"}, {"runbook": "failover"}], per_incident=5)
    await street.hears(firing())
    await street.passes(minutes=2)
    await street.store.transact(runs.cancel, street.world, "RUN-1", ANA)
    await street.reacts()
    assert [Stage.FAILED] == await stages(street)
    (said,) = {line for line in await street.told() if "RUN-1" in line}
    assert said.startswith("RUN-1 (restart) was cancelled.")
    assert said.endswith(
        "Nothing more begins by itself here; it is with people now: `/incident release` lets it go on."
    )
    await street.passes(hours=1)
    assert 1 == len(await begun(street))


async def test_a_run_that_failed_at_the_limit_advises_nothing_that_the_limit_holds(street: Street) -> None:
    says(street, rules=[{"runbook": "restart"}, {"runbook": "failover"}], per_incident=1)
    await street.hears(firing())
    await street.passes(minutes=2)
    await street.store.transact(runs.cancel, street.world, "RUN-1", ANA)
    await street.reacts()
    (said,) = {line for line in await street.told() if "RUN-1" in line}
    assert said.endswith(
        "the limit of 1 run for one incident is reached. It is with people now; `/runbook run` begins one by hand."
    )


async def test_hold_stops_it_and_release_lets_it_go_on(any_street: Street) -> None:
    street = any_street
    await street.hears(firing())
    await street.store.transact(remedies.hold, street.world, "INC-1", ANA, "I am on it")
    await street.passes(minutes=30)
    assert [] == await begun(street)
    assert "Ana said hold: nothing begins by itself here: I am on it" in (await street.story())[-1]
    with pytest.raises(Conflict, match="on hold already, said Ana"):
        await street.store.transact(remedies.hold, street.world, "INC-1", CHI)
    await street.store.transact(remedies.release, "INC-1", CHI)
    await street.passes(seconds=1)
    assert 1 == len(await begun(street))


async def test_hold_lets_a_run_go_on_that_has_begun_and_says_how_to_stop_it(street: Street) -> None:
    await street.hears(firing())
    await street.passes(seconds=61)
    await street.store.transact(remedies.hold, street.world, "INC-1", ANA)
    assert (await street.story())[-1].endswith("RUN-1 goes on; `/runbook cancel RUN-1` stops it.")
    assert [Stage.RUNNING] == await stages(street)


async def test_policies_ask_people_and_a_no_stops_it(street: Street) -> None:
    asks(street)
    await street.hears(firing())
    await street.passes(minutes=2)
    (run,) = await begun(street)
    assert ExecutionState.WAITING_APPROVAL == run.state
    asked = await street.store.read(approvals_rows.get, run.request)
    await street.store.transact(approvals.decide, run.request, CHI, Choice.REJECT, "not now", asked.digest)
    await street.reacts()
    assert [Stage.REFUSED] == await stages(street)
    await street.passes(hours=1)
    assert 1 == len(await begun(street))


@pytest.mark.parametrize("how", ["over", "hold"])
async def test_what_waits_for_people_is_called_off_when_it_is_not_wanted_any_more(
    street: Street, how: str
) -> None:
    asks(street)
    await street.hears(firing())
    await street.passes(minutes=2)
    if how == "over":
        await street.hears(over())
    else:
        await street.store.transact(remedies.hold, street.world, "INC-1", ANA)
    await street.reacts()
    (run,) = await begun(street)
    assert ExecutionState.CANCELLED == run.state
    assert [Stage.CALLED_OFF] == await stages(street)


async def test_a_rule_is_for_what_is_grave_enough_and_for_labels_that_match(street: Street) -> None:
    rules = [
        {"runbook": "failover", "severity": "critical"},
        {"runbook": "failover", "match": 'labels.instance == "web-9"'},
        {"runbook": "restart", "match": 'labels.instance == "web-1"', "services": ["payments"]},
    ]
    says(street, rules=rules)
    await street.hears(firing())
    await street.passes(minutes=5)
    assert [] == await begun(street)


@pytest.mark.parametrize(("category", "begins"), [("errors", 1), ("latency", 0)])
async def test_a_rule_is_for_its_categories(street: Street, category: str, begins: int) -> None:
    says(street, rules=[{"runbook": "restart", "categories": [category]}])
    await street.hears(firing("HighErrors"))
    await street.passes(minutes=2)
    assert begins == len(await begun(street))


async def test_environments_are_kept(street: Street) -> None:
    says(
        street,
        rules=[{"runbook": "restart", "params": {"environment": "production"}}],
        environments=["staging"],
    )
    await street.hears(firing())
    await street.passes(minutes=5)
    assert [] == await begun(street)
    assert [Stage.REFUSED] == await stages(street)
    assert any("by itself it runs only in staging" in line for line in await street.told())


async def test_so_many_an_hour_and_the_rest_waits(street: Street) -> None:
    says(street, per_hour=1, rules=[{"runbook": "restart", "services": ["checkout", "payments"]}])
    await street.hears(firing())
    await street.passes(minutes=5)
    await street.hears(firing("Errors", group="b", labels={"service": "payments"}))
    await street.passes(minutes=30)
    assert 1 == len(await begun(street))
    await street.passes(minutes=40)
    assert ["INC-1", "INC-2"] == [run.incident for run in await begun(street)]


async def test_the_same_runbook_cools_down_for_its_service(street: Street) -> None:
    says(street, cool_down="3h")
    await street.hears(firing())
    await street.passes(minutes=5)
    await street.hears(over())
    await street.passes(minutes=90)
    await street.hears(firing(), key="again")
    await street.passes(minutes=30)
    assert 1 == len(await begun(street))
    await street.passes(hours=2)
    assert ["INC-1", "INC-2"] == [run.incident for run in await begun(street)]


async def test_what_people_declared_is_judged_by_its_health_checks(street: Street) -> None:
    async def is_now(status: Status) -> None:
        count = Count(status, street.clock.now(), "")
        await street.store.transact(health.put_count, "checkout", count)

    await is_now(Status.UNHEALTHY)
    said = Declaration(title="checkout is down", severity=2, by=ANA, service="checkout")
    await street.store.transact(incidents.declare, said)
    await street.reacts()
    await street.passes(minutes=4)
    assert [Stage.WATCHED] == await stages(street)
    await is_now(Status.HEALTHY)
    await street.passes(minutes=10)
    assert [Stage.HELPED] == await stages(street)
    (incident,) = await street.incidents()
    assert State.MONITORING == incident.state
    assert "checkout is healthy again" in (await street.story())[-1]


async def test_what_people_end_for_reasons_of_theirs_is_not_said_to_have_helped(street: Street) -> None:
    await street.hears(firing())
    await street.passes(minutes=4)
    await street.store.transact(incidents.resolve, "INC-1", ANA, "somebody pulled a plug")
    await street.reacts()
    assert [Stage.UNWATCHED] == await stages(street)
    await street.passes(hours=1)
    assert not any("helped" in line and "Whether" not in line for line in await street.story())


async def test_where_nobody_can_tell_nothing_begins(street: Street) -> None:
    said = Declaration(title="checkout is down", severity=2, by=ANA, service="checkout")
    await street.store.transact(incidents.declare, said)
    await street.reacts()
    await street.passes(hours=1)
    assert [] == await begun(street)


async def test_a_repeated_reaction_begins_nothing_twice(any_street: Street) -> None:
    street = any_street
    await street.hears(firing())
    await street.passes(seconds=61)
    for _ in range(3):
        await street.store.transact(remedies.on_next, street.world, "INC-1")
        await street.store.transact(remedies.on_incident, street.world, "INC-1", {})
    await street.passes(minutes=3)
    for _ in range(2):
        await street.store.transact(remedies.on_run_closed, street.world, "RUN-1", {})
    assert 1 == len(await begun(street))
    assert 1 == sum("is done. Whether it helped" in line for line in await street.story())


async def test_the_outlook_names_what_may_help_and_why(street: Street) -> None:
    await street.hears(firing("Slow"))
    (incident,) = await street.incidents()
    found = await street.store.read(remedies.outlook, street.world, incident)
    assert [
        ("restart", "runs by itself for checkout", True),
        ("failover", "listed for checkout", False),
        ("look", "waits for Slow", False),
    ] == [(one.runbook, one.why, one.by_itself) for one in found.suggestions]
    assert (street.clock.now() + timedelta(minutes=1), "restart") == (found.next_at, found.next_book)
