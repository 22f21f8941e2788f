"""The rows of telling, on both engines."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.errors import Invalid
from core.notify import units
from core.notify.channel import Channel
from core.notify.ledger import Entry
from core.notify.routing import Reader
from core.notify.units import Occasion
from core.store import dispatch
from core.store.engine import Store, Unit
from tests.stores import START

CHANNELS: Mapping[str, Channel] = {
    "pager": Channel(name="pager", outlets={"sms": {}}, fallback="mail"),
    "mail": Channel(name="mail", outlets={"email": {"from": "w@acme.test"}}, fallback="desk"),
    "desk": Channel(name="desk", outlets={"email": {"from": "w@acme.test", "to": "desk@acme.test"}}),
}
ANA = Reader("ana", "ana@acme.test", "+491700000001")
ASKED = Occasion("AP-1", "requested", "d" * 64, START + timedelta(hours=1))


def tell(unit: Unit, *names: str, reader: Reader = ANA) -> list[Entry]:
    units.tell(unit, CHANNELS, ASKED, names, [reader])
    return units.ledger(unit, "AP-1")


def fail(unit: Unit, channel: str) -> None:
    lost = [one for one in units.ledger(unit, "AP-1") if one.channel == channel]
    units.failed(unit, CHANNELS, lambda person: ANA if person == "ana" else None, lost, "no", 4)


async def ledger(store: Store) -> list[tuple[str, str, str]]:
    return [(one.channel, one.person, str(one.state)) for one in await store.read(units.ledger, "AP-1")]


async def test_what_is_told_twice_is_told_once(any_store: Store) -> None:
    await any_store.transact(tell, "pager")
    await any_store.transact(tell, "pager")
    assert await ledger(any_store) == [("pager", "ana", "QUEUED")]
    assert len(await any_store.transact(dispatch.claim, leader=True)) == 1


async def test_a_chain_of_fallbacks_is_gone_through_in_order_and_ends(any_store: Store) -> None:
    await any_store.transact(tell, "pager")
    seen = []
    for channel in ("pager", "mail", "desk"):
        await any_store.transact(fail, channel)
        seen.append(sorted(await ledger(any_store)))
    assert seen[0] == [("mail", "ana", "QUEUED"), ("pager", "ana", "FAILED")]
    # Whom nothing personal reaches is spoken for by the desk.
    assert ("desk", "", "QUEUED") in seen[1]
    assert {state for _, _, state in seen[2]} == {"FAILED"}


async def test_whoever_has_no_address_at_all_ends_at_the_desk_at_once(any_store: Store) -> None:
    nowhere = Reader("bo")
    assert len(await any_store.transact(tell, "pager", reader=nowhere)) >= 1

    def again(unit: Unit) -> None:
        units.tell(unit, CHANNELS, ASKED, ["pager"], [nowhere])

    await any_store.transact(again)
    assert sorted(await ledger(any_store)) == [
        ("desk", "", "QUEUED"),
        ("mail", "bo", "FAILED"),
        ("pager", "bo", "FAILED"),
    ]


async def test_an_outcome_is_written_once(any_store: Store) -> None:
    (entry,) = await any_store.transact(tell, "pager")
    await any_store.transact(units.accepted, [entry], "SM1", 1)
    await any_store.transact(fail, "pager")
    (kept,) = await any_store.read(units.ledger, "AP-1")
    assert (kept.state, kept.provider, kept.settled) == ("ACCEPTED", "SM1", START)
    assert await any_store.read(units.has_reached, "AP-1")


async def test_a_link_is_used_up_once_and_wrong_codes_are_counted(any_store: Store) -> None:
    (entry,) = await any_store.transact(tell, "mail")
    assert await any_store.transact(units.use_link, entry)
    assert not await any_store.transact(units.use_link, entry)
    await any_store.transact(units.count_wrong_code, entry)
    kept = await any_store.transact(units.link_of, entry.id, lock=True)
    assert kept is not None
    assert (kept.used, kept.wrong) == (START, 1)


async def test_what_nobody_could_be_told_of_stays_known(any_store: Store) -> None:
    assert await any_store.transact(units.mark_unreachable, "AP-1")
    assert not await any_store.transact(units.mark_unreachable, "AP-1")
    (entry,) = await any_store.transact(tell, "mail")
    await any_store.transact(units.accepted, [entry], "", 1)
    assert await any_store.read(units.is_unreachable, "AP-1")


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "https://user:pw@a/", "https://a b/", "https://", "https://a/" + "x" * 1_000]
)
async def test_an_address_that_cannot_be_called_back_is_refused(any_store: Store, url: str) -> None:
    with pytest.raises(Invalid, match="no address to call back"):
        await any_store.transact(units.keep_callback, "AP-1", "rex", url)


async def test_a_program_keeps_the_address_that_it_gave_first(any_store: Store) -> None:
    for url in ("https://one.test/", "https://two.test/"):
        await any_store.transact(units.keep_callback, "AP-1", "rex", url)
    ended = Occasion("AP-1", "ended:APPROVED", "d" * 64, START)
    await any_store.transact(units.call_back, ended, "rex")
    (entry,) = await any_store.read(units.ledger, "AP-1")
    assert (entry.target, entry.person, entry.way) == ("https://one.test/", "rex", "callback")
