"""What people read when a run has failed: which step, what was not done, whether it happened before, what helps."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import NotFound
from core.runbooks.action import ActionFailed
from handlers.cards.card import Button
from handlers.cards.words import words
from tests.core.runbooks.house import House, book
from tests.handlers.running import does, furnished, shown


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


async def runs(house: House, key: str, *, works: bool = False) -> None:
    """One restart, at whose verification something goes wrong or not."""
    house.hands.behave = lambda step, _: (
        ActionFailed("status 500", log="first line\nboom") if step == "verify.ping" and not works else None
    )
    await does(house, "runbook.run", key=key, runbook="restart", service="cart")
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()


async def test_a_failed_run_says_what_failed_and_what_to_do(house: House) -> None:
    await runs(house, "k1")
    said = words(await shown(house))
    assert "failed at 12:00 UTC: status 500" in said
    assert "Next: Mend the cause and retry: it goes on from " in said
    assert "Seen before" not in said
    assert "boom" in said


_TAKEN_BACK = """
name: back
steps:
  - {id: one, action: do, rollback: {action: do}}
  - {id: two, needs: [one], action: do, on_failure: rollback, rollback: {action: do}}
"""


async def test_where_everything_was_taken_back_nothing_is_left_to_look_at_and_why_is_said_once(
    house: House,
) -> None:
    house.hands.behave = lambda step, _: ActionFailed("it is broken") if step == "two" else None
    await house.start(book(_TAKEN_BACK))
    await house.go()
    said = words(await shown(house))
    assert "Nothing that was changed still stands." in said
    assert "Next: Mend the cause; Retry does again what was taken back, and goes on." in said
    # Beside the step, and in the words below.
    assert 2 == said.count("it is broken")


async def test_the_same_failure_in_earlier_runs_is_counted_and_what_got_past_it_is_named(
    house: House,
) -> None:
    await runs(house, "k1")
    await runs(house, "k2")
    await runs(house, "k3", works=True)
    await runs(house, "k4", works=True)
    await runs(house, "k5")
    assert "it failed once in earlier runs, last in RUN-1 (2026-11-21 12:00 UTC)." in words(
        await shown(house, "RUN-2")
    )
    assert (
        "it failed 2 times in earlier runs, last in RUN-2 (2026-11-21 12:00 UTC). RUN-3 got past it"
        in words(await shown(house, "RUN-5"))
    )


async def test_the_whole_kept_log_is_opened_by_a_button_for_one_reader(house: House) -> None:
    await runs(house, "k1")
    (button,) = [one for one in (await shown(house)).controls if one.label == "Open the log"]
    assert isinstance(button, Button)
    reply = await does(house, button.verb, id=button.object, step=button.args["step"])
    assert reply.card is not None
    assert not reply.public
    assert "first line\n    boom" in words(reply.card)
    with pytest.raises(NotFound):
        await does(house, "runbook.log", id="RUN-1", step="nonsense")
    named = await does(house, "runbook.log", id="RUN-1")
    assert reply.card == named.card


async def test_a_run_that_worked_has_no_failure_to_tell_of(house: House) -> None:
    await runs(house, "k1", works=True)
    assert "Next:" not in words(await shown(house))
    assert "Open the log" not in [one.label for one in (await shown(house)).controls]
