from core.incidents import records
from core.incidents import units as incidents
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.incident import State
from core.incidents.merging import units
from tests.core.incidents.gathering.street import ANA as SEEN
from tests.core.incidents.gathering.street import Street, firing, over


async def test_alerts_go_where_their_incident_went(any_street: Street) -> None:
    await any_street.hears(firing())
    await any_street.store.transact(incidents.declare, incidents.Declaration("shop is down", 2, SEEN))
    await any_street.store.transact(units.merge, "INC-1", "INC-2", SEEN)
    await any_street.hears(firing(where="web-2"))
    assert 2 == (await any_street.store.read(searching.tally, Search(incident="INC-2"))).alerts
    assert 2 == len(await any_street.incidents())
    await any_street.hears(over(), over(where="web-2"))
    assert State.CLOSED is (await any_street.store.read(records.get, "INC-1")).state
