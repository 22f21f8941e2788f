from datetime import timedelta

from core.incidents import units as incidents
from core.incidents.practice import records, units
from core.incidents.practice.figures import Practice
from tests.core.incidents.gathering.street import ANA, Street, firing, over


async def looked(street: Street, days: int = 1) -> Practice:
    return (await street.store.read(units.look, street.world, days)).now


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


async def test_alerts_that_are_forgotten_count_in_the_time_that_is_asked_for(any_street: Street) -> None:
    street = any_street
    await street.hears(firing("Blip", "web-1", group="blip"), firing("Blip", "web-3", group="blip"))
    await street.hears(firing("Fire", "web-2", group="fire"))
    taken = next(one for one in await street.incidents() if "Fire" in one.title)
    await street.store.transact(incidents.acknowledge, taken.id, ANA)
    for name, where in (("Blip", "web-1"), ("Blip", "web-3"), ("Fire", "web-2")):
        await street.hears(over(name, where, group=name.casefold()))
    await street.passes(minutes=30)
    street.clock.advance(timedelta(days=20))
    before = street.clock.now() - timedelta(days=14)
    assert 3 == await street.store.transact(records.forget, before)
    assert 0 == await street.store.transact(records.forget, before), "and counted once"
    found = await looked(street, 30)
    assert (3, "67%") == (found.alerts, f"{found.noise:.0%}")
    assert 0 == (await looked(street, 19)).alerts
    compared = await street.store.read(units.look, street.world, 15)
    assert (0, 3) == (compared.now.alerts, compared.before.alerts)
    street.clock.advance(timedelta(days=800))
    await street.store.transact(records.forget, before)
    assert 0 == (await looked(street, 366)).alerts
