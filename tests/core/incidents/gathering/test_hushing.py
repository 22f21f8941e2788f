"""Pages of incidents whose alerts are kept quiet, on both databases."""

from dataclasses import replace
from datetime import timedelta

from core.incidents import units as incidents
from core.incidents.hushing import units as hushing
from core.incidents.muting import units as muting
from core.incidents.silences.silence import parse
from core.paging import records as pages
from core.paging.page import Page, Plan, State, Step
from core.store import deadlines
from tests.core.incidents.gathering.street import ANA, Street, firing, over
from tests.stores import START

PLAN = Plan(name="platform", steps=(Step(people=("ana",)),))


async def declared(street: Street, **urgency: str) -> None:
    """An incident of two alerts in a house that pages Ana."""
    paging = street.world.paging.model_copy(update={"escalation": "platform", "urgency": urgency})
    people = {"ana": ANA}
    street.world = replace(street.world, people=people, escalations={"platform": PLAN}, paging=paging)
    await street.hears(firing(), firing(where="web-2"))


async def paged(street: Street) -> None:
    """It has paged her."""
    await declared(street)
    assert State.CALLING is (await page(street)).state


async def page(street: Street) -> Page:
    return await street.store.read(pages.get, "PG-1")


async def silenced(street: Street, labels: str, **span: float) -> muting.Begun:
    wish = muting.Wish(parse(labels)[0], timedelta(**span))
    return await street.store.transact(muting.silence, street.world, ANA, wish)


async def test_a_page_is_held_only_when_every_alert_that_fires_is_quiet(any_street: Street) -> None:
    street = any_street
    await paged(street)
    begun = await silenced(street, "instance=web-1", hours=2)
    assert [State.CALLING] == [one.state for one in begun.pages]
    await street.passes(seconds=10)
    await street.hears(over(where="web-2"))
    assert (State.HELD, "SIL-1") == ((await page(street)).state, (await page(street)).quiet_by)
    assert ["PG-1"] == await street.store.read(hushing.held_by, "SIL-1")
    assert ["PG-1"] == [one.id for one in await street.store.read(pages.calling, "ana")], "it can be taken"


async def test_what_is_held_names_the_silence_that_ends_first_and_then_the_next(any_street: Street) -> None:
    street = any_street
    await paged(street)
    await silenced(street, "instance=web-1", hours=2)
    await silenced(street, "service=checkout", hours=1)
    assert "SIL-2" == (await page(street)).quiet_by, "it keeps the second alert quiet alone, and ends first"
    await street.passes(minutes=61)
    found = await page(street)
    assert (State.CALLING, "", 2) == (found.state, found.quiet_by, found.spell)


async def test_a_page_that_would_begin_while_all_is_quiet_waits_for_the_end_of_it(any_street: Street) -> None:
    street = any_street
    await declared(street, high="none")
    await silenced(street, "service=checkout", hours=1)
    await street.store.transact(incidents.tell, "INC-1", ANA, incidents.News(severity=1))
    await street.reacts()
    assert (State.HELD, None) == ((await page(street)).state, (await page(street)).at)
    await street.passes(minutes=61)
    assert State.CALLING is (await page(street)).state


async def test_ending_a_silence_says_what_fires_and_which_pages_call(any_street: Street) -> None:
    street = any_street
    await paged(street)
    await silenced(street, "service=checkout", hours=1)
    await street.passes(minutes=5)
    ended = await street.store.transact(muting.unsilence, street.world, "SIL-1", ANA)
    assert (2, 0, ("PG-1",)) == (ended.firing, ended.told, ended.pages)


async def test_a_window_that_begins_holds_the_page_of_what_fires_already_and_lets_it_go(
    street: Street,
) -> None:
    window = {"name": "move", "match": 'labels.service == "checkout"'}
    await street.changes(windows=[window | {"hours": {"from": "09:32", "to": "10:02"}}])
    await street.store.transact(muting.rejudge, street.world)  # as every start does
    await paged(street)
    await street.passes(minutes=33)
    held = await page(street)
    assert (State.HELD, "the window “move”") == (held.state, held.quiet_by)
    await street.passes(minutes=30)
    assert (State.CALLING, "") == ((await page(street)).state, (await page(street)).quiet_by)
    again = await street.store.read(deadlines.pending, "alerts.mute", "move")
    assert again == START + timedelta(days=1, minutes=32), "it begins every day"


async def test_a_window_that_is_open_at_a_start_holds_what_fires_already(street: Street) -> None:
    await paged(street)
    window = {
        "name": "move",
        "match": 'labels.service == "checkout"',
        "hours": {"from": "08:00", "to": "10:00"},
    }
    await street.changes(windows=[window])
    await street.store.transact(muting.rejudge, street.world)
    assert State.HELD is (await page(street)).state
