"""Several pages that called somebody with one message, answered by its link or its button."""

from pathlib import Path

from core.clock import ManualClock
from core.notify import links as keys
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.holding import units as holding
from core.paging.page import State
from core.paging.telling import units as telling
from core.paging.units import Wish
from core.store.engine import Store, Unit
from handlers.oncall import facts, links
from tests.core.paging.world import PEOPLE, PLAN, WORLD
from tests.handlers.house import House, said
from tests.stores import START, opened, prepare


async def told_of(store: Store, page: str, person: str) -> Entry:
    """The message by which this page called somebody in their own conversation."""
    found = await store.read(notices.about, page)
    return next(one for one in found if (one.person, one.way) == (person, "direct"))


async def state(store: Store, page: str) -> State:
    return (await store.read(records.get, page)).state


async def test_a_link_takes_the_page_that_was_pressed_and_no_other_once_that_is_over(tmp_path: Path) -> None:
    async with opened(prepare(tmp_path), ManualClock(START)) as store:
        for title in ("checkout is down", "payments is slow", "search is empty"):
            await store.transact(units.start, WORLD, Wish(title, PLAN, PEOPLE["eve"]))
        entry = await told_of(store, "PG-3", "ana")
        await store.transact(units.end, "PG-3", "eve")
        key = keys.key_of(WORLD.secret_key, entry)
        told = await store.transact(links.take, WORLD, entry.id, key, "PG-3")
        assert told is not None
        assert ("PG-3 is over.", False) == (told.words.partition(" N")[0], told.is_taken)
        assert State.CALLING is await state(store, "PG-2")
        told = await store.transact(links.take, WORLD, entry.id, key, "PG-2")
        assert told is not None
        assert ("ana", State.TAKEN) == (
            (await store.read(records.get, "PG-2")).owner,
            await state(store, "PG-2"),
        )
        assert State.CALLING is await state(store, "PG-1")


async def test_what_nobody_wanted_any_more_when_a_message_left_is_not_counted_as_of_it(
    tmp_path: Path,
) -> None:
    async with opened(prepare(tmp_path), ManualClock(START)) as store:
        for title in ("checkout is down", "payments is slow", "search is empty", "mail is late"):
            await store.transact(units.start, WORLD, Wish(title, PLAN, PEOPLE["eve"]))
        entry = await told_of(store, "PG-2", "ana")
        await store.transact(units.end, "PG-2", "eve")

        def leaves(unit: Unit) -> str:
            wanted, moot = telling.wanted(unit, entry.delivery)
            text = telling.letter(unit, WORLD, wanted).headline
            notify.accepted(unit, wanted, "m-1", 1)
            notify.drop(unit, moot, "")
            return text

        assert (await store.transact(leaves)).startswith("2 pages")
        card = await store.read(facts.several, WORLD, entry.delivery)
        assert ("2 pages wait for an answer", "/oncall ack all") == (card.title, card.hint)
        key = keys.key_of(WORLD.secret_key, entry)
        sight = await store.read(links.look, WORLD, entry.id, key)
        assert sight is not None
        assert (2, ["PG-3", "PG-4"]) == (sight.count, [one.id for one in sight.open])


async def test_a_link_offers_and_takes_nothing_that_was_given_back_since(tmp_path: Path) -> None:
    async with opened(prepare(tmp_path), ManualClock(START)) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, PEOPLE["eve"]))
        entry = await told_of(store, "PG-1", "ana")
        await store.transact(answering.take, "PG-1", PEOPLE["ana"], "test")
        await store.transact(holding.release, WORLD, "PG-1", PEOPLE["ana"])
        key = keys.key_of(WORLD.secret_key, entry)
        sight = await store.read(links.look, WORLD, entry.id, key)
        told = await store.transact(links.take, WORLD, entry.id, key)
        assert sight is not None
        assert told is not None
        assert ((), "PG-1 has not called you.") == (sight.open, told.words.partition(" Ask")[0])
        assert State.CALLING is await state(store, "PG-1")


async def test_one_that_is_mistyped_keeps_no_other_from_being_taken(house: House) -> None:
    for title in ("checkout is down", "payments is slow"):
        await house.command("ana", f"/incident page bo {title}")
    told = said(await house.say("bo", "ack PG-9, PG-01 and PG-2"))
    assert "PG-1 is yours" in told
    assert "There is no page PG-9." in told
    assert State.TAKEN is await state(house.store, "PG-2")
    assert "There is no page PG-8." in said(await house.say("bo", "ack PG-8 and PG-9"))


async def test_several_are_named_after_the_command_too(house: House) -> None:
    for title in ("checkout is down", "payments is slow"):
        await house.command("ana", f"/incident page bo {title}")
    await house.command("bo", "/oncall ack PG-1 PG-2")
    assert [State.TAKEN, State.TAKEN] == [await state(house.store, one) for one in ("PG-1", "PG-2")]


async def test_all_of_a_message_are_taken_but_for_one_that_calls_others_by_now(house: House) -> None:
    for title in ("checkout is down", "payments is slow", "search is empty"):
        await house.command("ana", f"/incident page bo {title}")
    message = (await told_of(house.store, "PG-3", "bo")).delivery
    await house.command("bo", "/oncall ack PG-2")
    await house.command("bo", "/oncall release PG-2")
    assert "PG-2" not in said(await house.command("bo", "/wardroom mine"))
    answer = said(await house.click("bo", "oncall.ack", message=message))
    assert "PG-3 is yours: search is empty. Nobody else is called." in answer
    assert "PG-2 does not call you, and stays as it is. PG-1 still calls you" in answer
    assert (State.CALLING, State.TAKEN) == (
        await state(house.store, "PG-2"),
        await state(house.store, "PG-3"),
    )
    again = said(await house.click("bo", "oncall.ack", "PG-2"))
    assert "PG-2 has not called you." in again
