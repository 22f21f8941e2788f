from core.incidents import units as incidents
from core.incidents.practice import units
from core.incidents.practice.figures import Practice
from tests.core.incidents.gathering.street import ANA, Street, firing, over


async def looked(street: Street) -> Practice:
    return (await street.store.read(units.look, street.world, 1)).now


async def test_alerts_that_went_away_without_anybody_are_noise_and_those_somebody_took_are_not(
    any_street: Street,
) -> None:
    street = any_street
    await street.hears(firing("Blip", "web-1", group="blip"))
    await street.hears(firing("Fire", "web-2", group="fire"))
    await street.passes(minutes=1)
    assert (None, 0) == ((await looked(street)).noise, (await looked(street)).alerts), "both still fire"
    taken = next(one for one in await street.incidents() if "Fire" in one.title)
    await street.store.transact(incidents.acknowledge, taken.id, ANA)
    await street.hears(over("Blip", "web-1", group="blip"), over("Fire", "web-2", group="fire"))
    await street.passes(minutes=30)
    found = await looked(street)
    assert (0.5, 2) == (found.noise, found.alerts)
