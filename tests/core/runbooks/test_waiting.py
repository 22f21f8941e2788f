"""Waits until something holds, and what stands for a no: durable, bounded, without a worker in between."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.request import Choice
from core.runbooks.action import ActionFailed, Context
from core.runbooks.execution import Node
from core.runbooks.next_steps import Standing, moves
from core.runbooks.states import StepState
from core.runbooks.units import pausing
from tests.core.runbooks.house import ANA, House, book
from tests.core.runbooks.test_load import HEAD, mistakes

UNTIL = """
name: until
steps:
  - id: up
    wait: {until: result.value >= 3.0, poll: {action: http, with: {url: x}, every: 10s}, limit: 1m LATE}
    outputs: {value: "${{ result.value }}"}
  - {id: after, needs: [up], action: do, with: {seen: "${{ steps.up.outputs.value }}"}}
"""
GATE = """
name: gate
steps:
  - id: ok
    approval: {reason: May I, ask: [{role: sre}], timeout: 1h}
    on_reject: [park]
    on_expire: [park, tell]
  - {id: go, needs: [ok], action: do}
  - {id: next, needs: [go], action: do}
  - {id: beside, action: do}
  - {id: both, needs: [next, beside], action: do}
  - {id: park, needs: [ok], action: do}
  - {id: tell, needs: [ok], action: do}
"""


def _grows() -> Iterator[dict[str, float]]:
    value = 0.0
    while True:
        value += 1
        yield {"value": value}


async def test_a_wait_asks_again_at_stored_times_until_it_holds_and_holds_no_worker(house: House) -> None:
    answers = _grows()
    house.hands.behave = lambda step, _: next(answers) if step == "up" else None
    await house.start(book(UNTIL.replace("LATE", "")))
    for asked in (1, 2):
        await house.go()
        step = (await house.get()).steps["up"]
        assert (str(step.state), step.attempt, step.owner) == ("READY", asked, "")
        await house.go(house.engine("another"))
        assert (await house.get()).steps["up"].attempt == asked
        house.clock.advance(timedelta(seconds=10))
    await house.go(house.engine("after the restart"))
    assert str((await house.get()).state) == "COMPLETED"
    assert house.hands.done[-1] == ("after", {"seen": 3})


@pytest.mark.parametrize(
    ("late", "state", "up"), [("", "FAILED", "FAILED"), (", on_timeout: skip", "COMPLETED", "SKIPPED")]
)
async def test_a_wait_ends_at_its_limit_as_its_file_says(
    house: House, late: str, state: str, up: str
) -> None:
    house.hands.behave = lambda _step, _context: {"value": 0.0}
    text = UNTIL.replace(" LATE", late).replace('{seen: "${{ steps.up.outputs.value }}"}', "{}")
    await house.start(book(text))
    for _ in range(7):
        await house.go()
        house.clock.advance(timedelta(seconds=10))
    run = await house.get()
    assert (str(run.state), str(run.steps["up"].state)) == (state, up)
    assert "After 1m it still did not hold: result.value >= 3.0." in run.steps["up"].error
    assert run.steps["up"].attempt == 7


@pytest.mark.parametrize("moment", [False, True])
async def test_the_limit_of_a_wait_stands_still_while_the_run_is_paused(
    house: House, *, moment: bool
) -> None:
    house.hands.behave = lambda _step, _context: {"value": 0.0}
    text = UNTIL.replace("LATE", "")
    if moment:
        text = "name: until\nsteps:\n  - {id: up, wait: {until: now >= timestamp('2026-11-21T15:00:00Z'), limit: 1m}}\n"
    await house.start(book(text))
    await house.go()
    house.clock.advance(timedelta(seconds=30))
    await house.store.transact(pausing.pause, house.world, "RUN-1", ANA)
    for _ in range(3):
        house.clock.advance(timedelta(minutes=30))
        await house.go()
    await house.store.transact(pausing.resume, house.world, "RUN-1", ANA)
    house.clock.advance(timedelta(seconds=20))
    await house.go()
    assert str((await house.get()).state) == "RUNNING"
    for _ in range(2):
        house.clock.advance(timedelta(seconds=10))
        await house.go()
    run = await house.get()
    assert (str(run.state), "After 1m it still did not hold" in run.words) == ("FAILED", True)


async def test_a_poll_that_cannot_be_made_is_made_again_and_one_that_never_can_fails(house: House) -> None:
    def behave(step: str, context: Context) -> object:
        if step == "up" and context.attempt == 1:
            return ActionFailed("busy", retriable=True)
        return ActionFailed("no such host") if step == "up" else None

    house.hands.behave = behave
    await house.start(book(UNTIL.replace("LATE", "")))
    await house.go()
    assert (await house.get()).steps["up"].error == "busy"
    house.clock.advance(timedelta(seconds=10))
    await house.go()
    assert str((await house.get()).state) == "FAILED"


async def test_a_poll_that_follows_a_failure_is_made_again_too(house: House) -> None:
    text = """
name: cleans
steps:
  - {id: a, action: do}
  - {id: gone, needs: [a], when: always, wait: {until: result.gone, poll: {action: http, with: {url: x}}, limit: 1h}}
"""
    house.hands.behave = lambda step, context: (
        ActionFailed("no", retriable=True) if step == "a" or context.attempt == 1 else {"gone": True}
    )
    await house.start(book(text))
    await house.go()
    house.clock.advance(timedelta(seconds=10))
    await house.go()
    assert (str((await house.get()).state), (await house.states())["gone"]) == ("FAILED", "SUCCEEDED")


async def test_a_wait_for_a_moment_needs_no_action_and_a_killed_poll_is_asked_anew(house: House) -> None:
    text = """
name: moment
params: {at: {type: string, required: true}}
steps:
  - {id: night, wait: {until: now >= timestamp(params.at), poll: {every: 1m}, limit: 2h}}
  - {id: after, needs: [night], action: do}
"""
    await house.start(book(text), at="2026-11-21T12:03:00Z")
    for _ in range(3):
        await house.go()
        assert (await house.states())["night"] == "RUNNING"
        house.clock.advance(timedelta(minutes=1))
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"


async def test_a_condition_that_cannot_be_judged_fails_the_wait(house: House) -> None:
    house.hands.behave = lambda _step, _context: {"other": 1}
    await house.start(book(UNTIL.replace("LATE", "")))
    await house.go()
    run = await house.get()
    assert str(run.state) == "FAILED"
    assert "could not be judged" in run.steps["up"].error


async def test_a_run_that_is_cancelled_stops_waiting(house: House) -> None:
    from core.runbooks.units import runs

    house.hands.behave = lambda _step, _context: {"value": 0.0}
    await house.start(book(UNTIL.replace("LATE", "")))
    await house.go()
    await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    house.clock.advance(timedelta(minutes=5))
    await house.go()
    assert (str((await house.get()).state), len(house.hands.done)) == ("CANCELLED", 1)


async def test_a_no_takes_the_other_way_and_nothing_behind_the_gate_runs(house: House) -> None:
    await house.start(book(GATE))
    await house.go()
    await house.vote("AP-1", ANA, Choice.REJECT)
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"
    assert sorted(step for step, _ in house.hands.done) == ["beside", "park"]


async def test_silence_takes_its_own_way_and_a_yes_takes_neither(house: House) -> None:
    await house.start(book(GATE))
    await house.go()
    house.clock.advance(timedelta(hours=1))
    await house.go()
    assert sorted(step for step, _ in house.hands.done) == ["beside", "park", "tell"]
    house.hands.done.clear()
    await house.start(book(GATE), key="k2")
    await house.go()
    await house.vote("AP-2", ANA, Choice.APPROVE)
    await house.go()
    assert sorted(step for step, _ in house.hands.done) == ["beside", "both", "go", "next"]


@given(st.lists(st.sampled_from(["SUCCEEDED", "refused", "condition", "failure"]), min_size=1, max_size=4))
def test_nothing_begins_that_depends_on_what_people_refused(kinds: list[str]) -> None:
    standings = {
        f"s{n}": Standing(StepState.SUCCEEDED) if kind == "SUCCEEDED" else Standing(StepState.SKIPPED, kind)  # type: ignore[arg-type]
        for n, kind in enumerate(kinds)
    }
    nodes = {name: Node(id=name, name=name, kind="action") for name in standings}
    nodes["x"] = Node(id="x", name="x", kind="action", needs=tuple(standings))
    found = moves(nodes, {**standings, "x": Standing(StepState.WAITING)}, "", lambda _node, _text: True)
    assert (found[0].event == "skip" and found[0].why == "refused") == ("refused" in kinds)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("  - {id: a, wait: {}}", "either `for` or `until`"),
        ("  - {id: a, wait: {until: 'true'}}", "needs a `limit`"),
        ("  - {id: a, wait: {for: 1s, limit: 1m}}", "belong to `until`"),
        ("  - {id: a, wait: {until: 'result.x', limit: 1m}}", "no “result” here"),
        ("  - {id: a, wait: {until: 'true', limit: 1m, poll: {every: 0.1s}}}", "at least 1s"),
        ("  - {id: a, wait: {until: 'true', limit: 1m, poll: {action: once}}}", "say `nature: idempotent`"),
        ("  - {id: a, wait: {until: 'true', limit: 1m, poll: {action: htp}}}", "Did you mean `http`"),
        (
            "  - {id: a, wait: {until: 'true', limit: 1m, poll: {action: http, with: {}}}}",
            "must be told `url`",
        ),
        ("  - {id: a, action: do, on_reject: rollback}", "is for an `approval`"),
        ("  - {id: a, approval: {reason: r, ask: [{role: sre}]}, on_reject: [b]}", "no step `b`"),
        (
            "  - {id: a, approval: {reason: r, ask: [{role: sre}]}, on_reject: [b]}\n  - {id: b, action: do}",
            "Add `a` to the `needs` of `b`",
        ),
    ],
)
def test_what_a_wait_and_another_way_may_not_say_is_told(steps: str, words: str) -> None:
    found = mistakes(HEAD + steps + "\n")
    assert any(words in one for one in found), found
