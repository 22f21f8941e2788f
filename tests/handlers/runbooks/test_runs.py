"""Runs as people hold, resume, retry and take them back: commands, buttons, cards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Forbidden
from core.runbooks.action import ActionFailed
from handlers import arguments
from tests.core.runbooks.house import ANA, CHI, DEV, House
from tests.handlers.running import BY_NAME, does, furnished, shown


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


async def test_a_run_is_held_and_goes_on_by_command_and_by_button(house: House) -> None:
    await does(house, "runbook.run", runbook="restart", service="cart")
    assert [control.label for control in (await shown(house)).controls] == ["Pause", "Cancel…", "Picture"]
    with pytest.raises(Forbidden):
        await does(house, "runbook.pause", CHI, id="RUN-1")
    reply = await does(house, "runbook.pause", id="RUN-1")
    assert reply.card is not None
    assert "paused" in reply.card.summary
    card = await shown(house)
    assert (card.title.endswith("paused"), [control.label for control in card.controls]) == (
        True,
        ["Resume", "Cancel…", "Picture"],
    )
    await does(house, "runbook.resume", id="RUN-1")
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    assert (await shown(house)).title.endswith(": done")


async def test_a_failed_run_offers_a_retry_and_shows_its_checkpoints(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("no") if step == "verify.ping" else None
    await does(house, "runbook.run", runbook="restart", service="cart")
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    assert [control.label for control in (await shown(house)).controls] == ["Retry…", "Roll back…", "Picture"]
    kept = (await does(house, "runbook.status", id="RUN-1", show="checkpoints")).card
    assert kept is not None
    assert kept.title == "Checkpoints of RUN-1"
    house.hands.behave = lambda _step, _: None
    reply = await does(house, "runbook.retry", ANA, "again", id="RUN-1")
    assert reply.ref == "RUN-2"
    await house.go()
    card = await shown(house, "RUN-2")
    assert card.title == "retry of RUN-1: restart-service of checkout in staging: done"
    assert "carried over from RUN-1" in card.model_dump_json()


async def test_a_run_that_is_done_is_rolled_back_by_another_if_it_says_how(house: House) -> None:
    await does(house, "runbook.run", runbook="restart", service="cart")
    with pytest.raises(Forbidden):
        await does(house, "runbook.rollback", CHI, id="RUN-1")
    reply = await does(house, "runbook.rollback", DEV, "back", id="RUN-1")
    assert reply.card is not None
    assert "taken back" in reply.card.summary


def test_yes_is_said_with_two_dashes() -> None:
    verb = BY_NAME["runbook.cancel"]
    assert {"id": "RUN-1", "rollback": "true"} == arguments.from_words(verb, "RUN-1 --rollback")
