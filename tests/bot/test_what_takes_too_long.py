"""What people ask for is given up in time and left alone while it fails; either way they are told, once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.inbox import Inbox
from bot.telemetry import Metrics
from core import wiring
from core.clock import ManualClock
from core.incidents import records as incidents
from core.resilience.config import MessageRates
from core.store.engine import Unit
from handlers.inbound import Command
from handlers.limits import Limiter
from handlers.registry import REGISTRY, Registry
from handlers.verb import Args, Call, Reply
from tests.handlers.house import HERE, House, actor
from tests.stores import ENGINES, START, opened, sqlite_url


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house on each engine."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, ManualClock(START), reactions=wiring.BY_EVENT) as store:
        yield House(store)


def _door(house: House, registry: Registry, patience: float) -> Inbox:
    """What arrives goes through the real door."""
    limiter = Limiter(MessageRates(person=1_000, workspace=1_000), house.store.clock)
    door = Inbox(house.store, house.world, registry, limiter, Metrics())
    door.patience = patience
    return door


async def _asks(house: House, door: Inbox) -> str:
    """Somebody declares an incident; returns what they are told alone."""
    said = Command(key=house.key(), actor=actor("ana"), place=HERE, area="incident", text="declare it burns")
    await door.receive(said)
    await door.idle()
    return str([row for row in await house.queued("whisper") if row["answering"] == said.key])


async def test_what_takes_too_long_is_either_done_or_given_up_and_never_both(house: House) -> None:
    told = await _asks(house, _door(house, REGISTRY, patience=0.0))
    done = bool(await house.store.read(incidents.find))
    assert done != ("so I gave it up. Nothing was changed. Try again." in " ".join(told.split())), told


async def test_what_fails_again_and_again_is_left_alone_for_a_moment_and_then_tried(house: House) -> None:
    broken = [True]
    tried = []

    def run(_unit: Unit, _call: Call, _args: Args) -> Reply:
        tried.append(1)
        return Reply() if not broken[0] else Reply(card=1 / 0)  # type: ignore[arg-type]

    verbs = tuple(
        replace(verb, args=Args, run=run, order=(), rest="", form=None)
        if verb.name == "incident.declare"
        else verb
        for verb in REGISTRY.verbs
    )
    registry = Registry(verbs=verbs, views=REGISTRY.views)
    door = _door(house, registry, patience=20.0)
    plain = Command(key="", actor=actor("ana"), place=HERE, area="incident", text="declare")
    with capture_logs() as logs:
        for _ in range(8):
            await door.receive(plain.model_copy(update={"key": house.key()}))
            await door.idle()
    assert 8 == sum(entry["event"] == "handling failed" for entry in logs)
    before, key = len(tried), house.key()
    await door.receive(plain.model_copy(update={"key": key}))
    await door.idle()
    (told,) = [row for row in await house.queued("whisper") if row["answering"] == key]
    assert "fails again and again" in str(told)
    assert before == len(tried)
    broken[0] = False
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(seconds=16))
    await door.receive(plain.model_copy(update={"key": house.key()}))
    await door.idle()
    assert before + 1 == len(tried)
