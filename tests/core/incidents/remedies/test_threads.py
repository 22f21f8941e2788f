from core.runbooks.units.commit import VIEW
from core.store import outbox
from core.store.engine import Unit
from core.store.outbox_rows import COPY
from tests.core.incidents.gathering.street import LOUD, TEAM, Street, firing
from tests.core.incidents.remedies.scene import begun


def arrived(unit: Unit) -> None:
    """Every card has been posted."""
    unit.conn.execute(COPY.update().values(message="m1"))


async def test_the_card_of_a_run_stands_in_every_thread_of_the_incident_and_no_words_repeat_it(
    street: Street,
) -> None:
    await street.hears(firing())
    await street.store.transact(arrived)
    await street.passes(minutes=2)
    (run,) = await begun(street)
    places = await street.store.read(outbox.places, VIEW, run.id)
    assert {(LOUD.channel, "m1"), (TEAM.channel, "m1")} == {(one.channel, one.message) for one in places}
    assert [] == [line for line in await street.told() if run.id in line]
    await street.passes(minutes=3)
    assert [] == [line for line in await street.told() if run.id in line], "it is watched whether it helped"
