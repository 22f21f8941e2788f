"""Who is signed in, and what a one-time link opens."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.errors import Forbidden, NotFound
from core.people.passes import one_time
from core.people.passes import units as passes
from core.people.passes.one_time import Errand, Pass
from core.people.person import Person
from core.people.sessions import records, units
from core.people.sessions.session import Session, Way, factor_of
from core.store import events
from core.store.engine import Store
from tests.stores import START

KEY = "k" * 40
ANA = Person(id="ana", name="Ana", roles=frozenset({"sre"}))
BO = Person(id="bo", name="Bo")
REX = Person(id="rex", name="Rex", kind="agent", owner="ana")
PEOPLE = {one.id: one for one in (ANA, BO, REX)}


async def test_a_session_is_its_persons_for_twelve_hours(any_store: Store, clock: ManualClock) -> None:
    secret = await any_store.transact(units.begin, ANA, "chat", "Firefox\n<b>")
    found = await any_store.read(units.find, PEOPLE, secret)
    assert found is not None
    assert (ANA, "chat", "Firefox <b>") == (found.person, found.session.way, found.session.browser)
    assert secret not in repr(found)
    clock.advance(timedelta(hours=12))
    assert None is await any_store.read(units.find, PEOPLE, secret)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\x00"])
async def test_what_is_no_secret_is_nobodys(store: Store, secret: str) -> None:
    await store.transact(units.begin, ANA, "chat")
    assert None is await store.read(units.find, PEOPLE, secret)


async def test_one_ends_ones_own_sessions_one_or_all_and_nobody_elses(any_store: Store) -> None:
    first, second, other = [
        await any_store.transact(units.begin, who, "oidc", "", START) for who in (ANA, ANA, BO)
    ]
    mine = (await any_store.read(records.open_of, "ana"))[0]
    with pytest.raises(NotFound):
        await any_store.transact(units.end, "bo", mine.id, "bo")
    await any_store.transact(units.end, "ana", mine.id, "ana")
    with pytest.raises(NotFound):
        await any_store.transact(units.end, "ana", mine.id, "ana")
    assert 1 == await any_store.transact(units.end_all, "ana", "ana")
    for gone in (first, second):
        assert None is await any_store.read(units.find, PEOPLE, gone)
    assert None is not await any_store.read(units.find, PEOPLE, other)
    kinds = [event["kind"] for event in await any_store.read(events.history, "ana")]
    assert ["session.begun"] * 2 + ["session.ended"] * 2 == kinds


async def test_a_session_of_somebody_who_left_counts_no_longer(store: Store) -> None:
    secret = await store.transact(units.begin, ANA, "chat")
    left = {"ana": ANA.model_copy(update={"active": False})}
    assert None is await store.read(units.find, left, secret)
    assert None is await store.read(units.find, {}, secret)


async def test_programs_neither_sign_in_nor_get_links(store: Store) -> None:
    with pytest.raises(Forbidden):
        await store.transact(units.begin, REX, "chat")
    with pytest.raises(Forbidden):
        await store.transact(passes.make, REX, "signin")


def _session(way: Way, minutes: float | None) -> Session:
    at = None if minutes is None else START - timedelta(minutes=minutes)
    return Session("s", "ana", way, "", START, START + timedelta(hours=12), at)


@pytest.mark.parametrize(
    ("session", "factor"),
    [
        (None, ""),
        (_session("oidc", 0), "oidc"),
        (_session("oidc", 30), "oidc"),
        (_session("oidc", 30.1), ""),
        (_session("oidc", -2), ""),
        (_session("oidc", None), ""),
        (_session("slack", 0), ""),
        (_session("discord", 0), ""),
        (_session("chat", 0), ""),
    ],
)
def test_only_a_fresh_sign_in_at_the_issuer_is_a_second_factor(session: Session | None, factor: str) -> None:
    assert factor == factor_of(session, START)


async def test_a_link_opens_one_pass_once_within_ten_minutes(any_store: Store, clock: ManualClock) -> None:
    errand = Errand("approve", "AP-1", "d" * 64, "because", "slack")
    made = await any_store.transact(passes.make, ANA, "confirm", errand)
    key = one_time.key_of(KEY, made)
    found = await any_store.read(passes.find, KEY, made, key)
    assert isinstance(found, Pass)
    assert (errand, "ana", None) == (found.errand, found.person, found.used)
    assert [True, False] == [await any_store.transact(passes.use, found) for _ in range(2)]
    again = await any_store.transact(passes.make, ANA, "confirm", errand)
    late = await any_store.read(passes.find, KEY, again, one_time.key_of(KEY, again))
    assert late is not None
    clock.advance(timedelta(minutes=10))
    assert not await any_store.transact(passes.use, late)


@pytest.mark.parametrize("key", ["", "0" * 48, "é", "x" * 5_000])
async def test_a_wrong_key_opens_no_pass_nor_does_that_of_another_or_a_house_without_a_key(
    store: Store, key: str
) -> None:
    mine = await store.transact(passes.make, ANA, "signin")
    other = await store.transact(passes.make, BO, "signin")
    assert None is await store.read(passes.find, KEY, mine, key)
    assert None is await store.read(passes.find, KEY, mine, one_time.key_of(KEY, other))
    assert None is await store.read(passes.find, "", mine, one_time.key_of("", mine))


async def test_a_newer_link_for_the_same_takes_the_place_of_the_older(store: Store) -> None:
    first = await store.transact(passes.make, ANA, "signin")
    await store.transact(passes.make, ANA, "enrol")
    await store.transact(passes.make, ANA, "signin")
    found = await store.read(passes.find, KEY, first, one_time.key_of(KEY, first))
    assert found is not None
    assert not await store.transact(passes.use, found)
