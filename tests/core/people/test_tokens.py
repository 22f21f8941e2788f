from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import Invalid, NotFound, UnknownPerson
from core.people.person import Person
from core.people.tokens import records, units
from core.people.tokens.token import checked_scopes, hash_of, looks_like
from core.store import events
from core.store.engine import Store
from tests.stores import START, opened, sqlite_url

PEOPLE = {
    "rex": Person(id="rex", name="Rex", kind="agent", owner="dev"),
    "gone": Person(id="gone", name="Gone", active=False),
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield store


async def test_a_token_is_its_persons_until_it_is_revoked(store: Store) -> None:
    secret = await store.transact(units.create, PEOPLE, "rex", ("approval.request",), "cli")
    person, token = await store.read(units.owner, PEOPLE, secret)
    assert person.id == "rex"
    assert token.scopes == ("approval.request",)
    await store.transact(units.revoke, token.id, "cli")
    with pytest.raises(UnknownPerson):
        await store.read(units.owner, PEOPLE, secret)
    with pytest.raises(NotFound):
        await store.transact(units.revoke, token.id, "cli")
    kinds = [event["kind"] for event in await store.read(events.history, token.id)]
    assert sorted(kinds) == ["token.created", "token.revoked"]


async def test_only_the_hash_is_kept(store: Store) -> None:
    secret = await store.transact(units.create, PEOPLE, "rex", (), "cli")
    assert looks_like(secret)
    found = await store.read(records.by_hash, hash_of(secret))
    assert found is not None
    assert secret not in repr(found)


async def test_a_token_of_somebody_who_left_counts_no_longer(store: Store) -> None:
    secret = await store.transact(units.create, PEOPLE, "gone", (), "cli")
    with pytest.raises(UnknownPerson):
        await store.read(units.owner, PEOPLE, secret)


@pytest.mark.parametrize("secret", ["", "wr_short", "Bearer x", "wr_" + "a" * 43, "\x00" * 46])
async def test_what_is_no_token_is_nobodys(store: Store, secret: str) -> None:
    with pytest.raises(UnknownPerson):
        await store.read(units.owner, PEOPLE, secret)


async def test_a_token_for_nobody_is_refused_with_the_nearest(store: Store) -> None:
    with pytest.raises(Invalid) as caught:
        await store.transact(units.create, PEOPLE, "rx", (), "cli")
    assert "Did you mean `rex`?" in caught.value.mend


def test_scopes_are_permissions_each_once() -> None:
    assert checked_scopes(["ask.*", "approval.request", "ask.*"]) == ("approval.request", "ask.*")
    with pytest.raises(Invalid, match="is no scope"):
        checked_scopes(["everything"])
