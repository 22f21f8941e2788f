"""The whole house on a real store, with the demo's world, on a free port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import House, build
from bot.demo.seed import free_port, seed
from bot.settings import Settings, load_settings
from core.clock import Clock, ManualClock
from core.store import audit, leases
from tests.stores import prepare

KEY = "k" * 40


def settings(folder: Path, **more: Any) -> Settings:
    """The settings of a house that keeps everything in `folder`."""
    port = free_port()
    config = seed(folder, port)
    config.write_text(calm(config.read_text()))
    given: dict[str, Any] = {
        "config": config,
        "database_url": SecretStr(prepare(folder)),
        "http_host": "127.0.0.1",
        "http_port": port,
        "secret_key": SecretStr(KEY),
        "local": True,
        "demo": True,
    }
    return load_settings(**(given | more))


def calm(text: str) -> str:
    """The demo's world without what begins by itself in it: stories bring their own alerts."""
    kept: list[str] = []
    is_kept = True
    for line in text.splitlines(keepends=True):
        if line[0] not in " #\n":
            is_kept = not line.startswith(("alerts:", "remediation:"))
        kept += [line] if is_kept else []
    return "".join(kept)


@asynccontextmanager
async def running(given: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """A house that runs, by the machine's clock unless it is given one, and is stopped in order."""
    house = build(given, clock=clock)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


async def fast_forward(house: House, **span: float) -> None:
    """Let time pass, and let the house do what is due."""
    clock = house.clock
    assert isinstance(clock, ManualClock)
    # The house is there all the time, which it says every other second by the machine's clock alone.
    await house.store.transact(leases.beat, timedelta(**span) + timedelta(minutes=1))
    clock.advance(timedelta(**span))
    await house.scheduler.run_due()
    house.store.bus.publish({"outbox", "runbooks"})


async def audited(house: House) -> None:
    """The audit is whole."""
    await house.store.transact(audit.seal)
    assert (await house.store.read(audit.verify)).findings == ()
