from core.incidents import units as incidents
from core.incidents.incident import State
from core.incidents.units import Declaration
from tests.core.incidents.gathering.street import ANA, Street, firing, over

JOIN = {"match": 'labels.severity == "critical"', "declare": "high", "join": True}


async def _declared(street: Street) -> None:
    await street.store.transact(
        incidents.declare, Declaration("checkout is down", 3, ANA, service="checkout")
    )


async def test_alerts_join_what_is_open_for_their_service_where_their_route_says_so(
    any_street: Street,
) -> None:
    await any_street.changes(routes=[JOIN])
    await _declared(any_street)
    await any_street.hears(firing())
    await any_street.hears(firing(name="HighLatency", group="{}:{alertname=HighLatency}"))
    (one,) = await any_street.incidents()
    assert ("checkout is down", 2) == (one.title, one.severity)
    assert "Alertmanager: 1 alert fires: HighLatency (web-1)." in await any_street.story()
    await any_street.hears(over())
    await any_street.hears(over(name="HighLatency", group="{}:{alertname=HighLatency}"))
    (one,) = await any_street.incidents()
    assert State.OPEN is one.state


async def test_without_that_each_group_has_an_incident_of_its_own(street: Street) -> None:
    await _declared(street)
    await street.hears(firing())
    assert 2 == len(await street.incidents())


async def test_nothing_open_means_one_of_their_own_which_the_next_group_joins(street: Street) -> None:
    await street.changes(routes=[JOIN])
    await street.hears(firing())
    await street.hears(firing(name="HighLatency", group="{}:{alertname=HighLatency}"))
    assert 1 == len(await street.incidents())
