import asyncio

from core.incidents.alerts.alert import State as AlertState
from core.incidents.incident import State
from core.store import dispatch
from core.store.engine import Unit
from tests.core.incidents.gathering.street import Street, firing, many, over


def lost(unit: Unit) -> None:
    """What was being sent is given up."""
    for row in dispatch.orphans(unit, set()):
        dispatch.gave_up(unit, row, "a fault of ours")


async def test_the_same_delivery_twice_has_one_effect(any_street: Street) -> None:
    street = any_street
    assert not (await street.sends(firing(), key="d1")).was_there
    assert (await street.sends(firing(), key="d1")).was_there
    assert 1 == await street.reacts()
    assert [1] == [alert.count for alert in await street.alerts()]
    await street.passes(minutes=2)
    assert not (await street.sends(firing(), key="d1")).was_there


async def test_the_same_words_count_again_when_it_was_over_in_between(street: Street) -> None:
    await street.hears(firing(), key="down")
    await street.passes(seconds=5)
    await street.hears(over(), key="up")
    await street.passes(seconds=5)
    assert (await street.sends(firing(), key="down")).was_there
    await street.reacts()
    assert [AlertState.FIRING] == [alert.state for alert in await street.alerts()]
    assert (await street.incidents())[0].state is State.OPEN


async def test_a_group_whose_reaction_was_lost_is_looked_at_with_the_next_news(street: Street) -> None:
    await street.sends(firing())
    await street.store.transact(lambda unit: dispatch.claim(unit, leader=True))
    await street.passes(minutes=5)
    await street.hears(firing())
    assert [] == await street.incidents()
    await street.passes(minutes=6)
    await street.sends(firing())
    await street.store.transact(lost)
    await street.reacts()
    assert 1 == len(await street.incidents())


async def test_a_sender_s_own_key_counts_once(street: Street) -> None:
    await street.sends(firing(), id="event-1")
    await street.passes(hours=5)
    assert (await street.sends(firing(), key="another", id="event-1")).was_there


async def test_the_alarm_rings_after_a_crash_between_row_and_reaction(street: Street) -> None:
    await street.sends(firing())
    assert [] == await street.incidents()
    # Whoever starts next finds the reaction among the rows.
    assert 1 == await street.reacts()
    assert 1 == len(await street.incidents())


async def test_many_deliveries_of_one_group_at_once_are_all_counted(any_street: Street) -> None:
    street = any_street
    sent = [street.sends(*many(20), key=str(number)) for number in range(16)]
    await asyncio.gather(*sent)
    assert [16] * 20 == [alert.count for alert in await street.alerts(state=AlertState.FIRING)]
    await street.reacts()
    assert 1 == len(await street.incidents())
