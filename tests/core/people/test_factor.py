"""A second factor: set up once, shown in a code that counts once, and lost without locking anybody out."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from core.clock import ManualClock
from core.errors import NotFound
from core.people.factor import records, units
from core.people.person import Person
from core.people.sealed import seal, unseal
from core.people.sessions import units as sessions
from core.store import events
from core.store.engine import Store
from tests.stores import START

KEY = "k" * 40
ANA, BO = Person(id="ana", name="Ana"), Person(id="bo", name="Bo")


def code(secret: str, clock: ManualClock, seconds: int = 0) -> str:
    """What an authenticator shows, whose clock is so many seconds ahead."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=seconds))


async def enrolled(store: Store, clock: ManualClock, person: Person = ANA) -> tuple[str, tuple[str, ...]]:
    """A second factor, set up a minute ago: its secret and its recovery codes."""
    begun = await store.transact(units.begin, KEY, "acme", person, "")
    done = await store.transact(units.finish, KEY, person, code(begun.secret, clock))
    assert "" == done.words
    clock.advance(timedelta(minutes=1))
    return begun.secret, done.codes


async def shows(store: Store, given: str, person: Person = ANA) -> bool:
    return (await store.transact(units.show, KEY, person, given)).is_right


async def test_it_counts_from_its_first_right_code_on(any_store: Store, clock: ManualClock) -> None:
    begun = await any_store.transact(units.begin, KEY, "acme", ANA, "")
    assert begun.address.startswith("otpauth://totp/Wardroom%20acme:Ana?secret=" + begun.secret)
    assert not await shows(any_store, code(begun.secret, clock))
    wrong = await any_store.transact(units.finish, KEY, ANA, "000000")
    assert () == wrong.codes
    assert not await any_store.read(units.is_enrolled, "ana")
    done = await any_store.transact(units.finish, KEY, ANA, code(begun.secret, clock))
    assert 10 == len(set(done.codes))
    assert await any_store.read(units.is_enrolled, "ana")


async def test_a_code_counts_once_and_so_does_each_earlier_one(any_store: Store, clock: ManualClock) -> None:
    secret, _ = await enrolled(any_store, clock)
    now = code(secret, clock)
    assert [True, False] == [await shows(any_store, now) for _ in range(2)]
    assert not await shows(any_store, code(secret, clock, -30))
    clock.advance(timedelta(seconds=30))
    assert await shows(any_store, f" {code(secret, clock)[:3]} {code(secret, clock)[3:]} ")


@pytest.mark.parametrize(("ahead", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
async def test_a_clock_may_be_one_step_off(store: Store, clock: ManualClock, ahead: int, right: bool) -> None:
    secret, _ = await enrolled(store, clock)
    clock.advance(timedelta(minutes=2))
    assert right is await shows(store, code(secret, clock, ahead))


async def test_after_five_wrong_codes_not_even_the_right_one_counts_for_a_while(
    any_store: Store, clock: ManualClock
) -> None:
    secret, recovery = await enrolled(any_store, clock)
    for left in (4, 3, 2, 1):
        shown = await any_store.transact(units.show, KEY, ANA, "000000")
        assert f"{left} tr" in shown.words
    shown = await any_store.transact(units.show, KEY, ANA, "wrong-code")
    assert "Too many wrong codes" in shown.words
    assert not await shows(any_store, code(secret, clock))
    assert not await shows(any_store, recovery[0])
    clock.advance(timedelta(minutes=15, seconds=1))
    assert await shows(any_store, code(secret, clock))


async def test_a_recovery_code_counts_once_as_people_type_it(any_store: Store, clock: ManualClock) -> None:
    _, recovery = await enrolled(any_store, clock)
    assert [True, False] == [await shows(any_store, recovery[3].upper().replace("-", " ")) for _ in range(2)]
    assert await shows(any_store, recovery[4])
    _, others = await enrolled(any_store, clock, BO)
    assert not await shows(any_store, others[0])
    used = [
        one for one in await any_store.read(events.history, "ana") if one["kind"] == "factor.recovery_used"
    ]
    assert [9, 8] == [one["data"]["left"] for one in used]


async def test_another_authenticator_needs_a_code_of_the_one_before(store: Store, clock: ManualClock) -> None:
    secret, recovery = await enrolled(store, clock)
    refused = await store.transact(units.begin, KEY, "acme", ANA, "")
    assert ("", "") == (refused.secret, refused.address)
    begun = await store.transact(units.begin, KEY, "acme", ANA, code(secret, clock))
    clock.advance(timedelta(minutes=1))
    assert await shows(store, code(secret, clock)), "the old one counts until the new one is tried"
    done = await store.transact(units.finish, KEY, ANA, code(begun.secret, clock))
    clock.advance(timedelta(minutes=1))
    assert not await shows(store, code(secret, clock))
    assert not await shows(store, recovery[0])
    assert await shows(store, done.codes[0])


async def test_a_reset_takes_everything_away_and_signs_the_person_out(
    any_store: Store, clock: ManualClock
) -> None:
    secret, recovery = await enrolled(any_store, clock)
    session = await any_store.transact(sessions.begin, ANA, "chat")
    assert 1 == await any_store.transact(units.reset, "ana", "cli")
    assert not await shows(any_store, code(secret, clock))
    assert not await shows(any_store, recovery[0])
    assert None is await any_store.read(sessions.find, {"ana": ANA}, session)
    with pytest.raises(NotFound):
        await any_store.transact(units.reset, "ana", "cli")
    told = [(one["kind"], one["actor"]) for one in await any_store.read(events.history, "ana")]
    assert ("factor.reset", "cli") in told


async def test_nothing_that_is_kept_gives_a_secret_or_a_code_away(store: Store, clock: ManualClock) -> None:
    secret, recovery = await enrolled(store, clock)
    kept = await store.read(records.get, "ana")
    rows = await store.read(lambda unit: unit.conn.execute(records.RECOVERY.select()).all())
    said = repr([kept, rows, await store.read(events.history, "ana")])
    assert not [one for one in (secret, *recovery) if one in said or one.replace("-", "") in said]
    assert kept is not None
    assert kept.secret is not None
    assert secret == unseal(KEY, "second factor", kept.secret, clock.now())


async def test_with_another_key_of_the_house_it_says_what_to_do(store: Store, clock: ManualClock) -> None:
    secret, _ = await enrolled(store, clock)
    shown = await store.transact(units.show, "another key" * 4, ANA, code(secret, clock))
    assert (False, True) == (shown.is_right, "administrator to reset" in shown.words)


def test_a_sealed_text_opens_with_its_key_and_purpose_and_within_its_time() -> None:
    sealed = seal(KEY, "one", "words", START)
    assert "words" == unseal(KEY, "one", sealed, START + timedelta(days=900))
    assert "words" == unseal(KEY, "one", sealed, START + timedelta(minutes=9), timedelta(minutes=10))
    for key, purpose, text, late in (
        ("j" * 40, "one", sealed, 0),
        (KEY, "two", sealed, 0),
        (KEY, "one", sealed[:-2] + "AA", 0),
        (KEY, "one", "é", 0),
        (KEY, "one", sealed, 11),
    ):
        assert None is unseal(key, purpose, text, START + timedelta(minutes=late), timedelta(minutes=10))


async def test_of_many_who_send_one_code_at_once_one_is_right(any_store: Store, clock: ManualClock) -> None:
    secret, recovery = await enrolled(any_store, clock)
    for given in (code(secret, clock), recovery[0]):
        shown = await asyncio.gather(*(shows(any_store, given) for _ in range(4)))
        assert [False, False, False, True] == sorted(shown)
        clock.advance(timedelta(minutes=16))


async def test_of_many_who_guess_at_once_five_are_heard(any_store: Store, clock: ManualClock) -> None:
    await enrolled(any_store, clock)
    await asyncio.gather(*(shows(any_store, f"00000{number}") for number in range(8)))
    refused = [one for one in await any_store.read(events.history, "ana") if one["kind"] == "factor.refused"]
    assert [4, 3, 2, 1, 0] == [one["data"]["left"] for one in refused]


async def test_nobody_begins_anew_without_a_code_while_the_first_is_being_finished(
    any_store: Store, clock: ManualClock
) -> None:
    for number in range(12):
        person = Person(id=f"p{number}", name="P")
        mine = await any_store.transact(units.begin, KEY, "acme", person, "")
        done, theirs = await asyncio.gather(
            any_store.transact(units.finish, KEY, person, code(mine.secret, clock)),
            any_store.transact(units.begin, KEY, "acme", person, ""),
        )
        assert bool(done.codes) is not bool(theirs.secret)
