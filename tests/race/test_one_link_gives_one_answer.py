"""Many answers by one link at once: one of them counts, on both engines, and no more codes than allowed are tried."""

import asyncio
from pathlib import Path

import pytest

from core import wiring
from core.approvals import records
from core.notify import links
from core.notify import units as notices
from core.store import events
from core.store.engine import Store
from handlers.approvals import confirm
from handlers.approvals.confirm import Answer, Told
from tests.bot.channels.house import KEY, MAIL, House, settings, world
from tests.stores import ENGINES, START, opened, sqlite_url


async def answers(store: Store, code: str = "") -> list[Told]:
    """Twenty answers to Ana's one link, half of them yes and half no."""
    house = House(store, world(MAIL), settings(smtp_url="smtp://127.0.0.1:1"))
    request = await house.ask("mail", approvals=2)
    await house.settle()
    (entry,) = [one for one in await house.ledger(request) if one.person == "ana"]
    key, right = links.key_of(KEY, entry), links.code_for(KEY, entry)
    given = [
        Answer(key, code or right, "approve" if number % 2 else "reject", "because") for number in range(20)
    ]
    told = await asyncio.gather(
        *(store.transact(confirm.decide, house.world, entry.id, one) for one in given)
    )
    return [one for one in told if one is not None]


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_link_counts_once_however_many_send_it(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, reactions=wiring.BY_EVENT) as store:
        told = await answers(store)
        assert (len(told), sum(one.is_taken for one in told)) == (20, 1)
        history = await store.read(events.history, "AP-1")
        assert sum(one["kind"] == "approval.decided" for one in history) == 1
        assert len((await store.read(records.get, "AP-1")).votes) == 1


@pytest.mark.parametrize("engine", ENGINES)
async def test_codes_cannot_be_guessed_side_by_side(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, reactions=wiring.BY_EVENT) as store:
        await answers(store, "0000-0000")
        (entry,) = [one for one in await store.read(notices.ledger, "AP-1") if one.person == "ana"]
        assert (entry.wrong, entry.used) == (links.WRONG_CODES, None)
        assert entry.created == START
