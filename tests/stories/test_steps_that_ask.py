"""A step asks people in the chat: their answers are its outputs, whatever happens meanwhile."""

from datetime import timedelta
from pathlib import Path

from core.clock import ManualClock
from core.runbooks import records
from core.runbooks.states import ExecutionState
from core.store import events
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats
from tests.stories.steps import staged

CHOOSE = """
name: choose
steps:
  - id: which
    action: chat.ask
    with: {text: "Which region <!channel>?", choices: [eu-1, us-1], ask: [{role: sre}, {person: dev}], timeout: 2h}
    outputs: {region: "${{ result.values.choice }}", by: "${{ result.by }}"}
  - id: tell
    needs: [which]
    action: chat.post
    with: {text: "Going to ${{ steps.which.outputs.region }}"}
"""
FORM = """
name: describe
steps:
  - id: what
    action: chat.ask
    with:
      text: What is to be released?
      fields:
        - {name: version, label: Version}
        - {name: replicas, type: number}
        - {name: ring, type: choice, choices: [inner, outer]}
        - {name: notes, type: long, required: false}
      ask: [{role: sre}]
      answers: 2
    outputs: {answers: "${{ result.answers }}", last: "${{ result.values }}"}
"""


async def test_a_choice_is_one_press_counts_once_and_goes_on_with_the_run(tmp_path: Path) -> None:
    async with staged(tmp_path, CHOOSE) as on:
        await on.dev.says("/runbook run choose")
        card = await on.ana.sees("A question: Which region <!channel>?", "Until")
        assert [one["label"] for one in card["controls"]] == ["eu-1", "us-1"]
        run = await on.house.store.read(records.get, "RUN-1")
        assert (run.state, run.steps["which"].owner) == (ExecutionState.WAITING_APPROVAL, "")
        await on.ana.presses(card, "us-1")
        await on.ana.sees("Noted, thank you: ASK-1. RUN-1 goes on.")
        await on.dev.presses(card, "eu-1")
        await on.dev.sees("ASK-1 is not asked any more: Ana Ruiz answered it.")
        assert await on.outputs("which") == {"region": "us-1", "by": "ana"}
        await on.dev.sees("Going to us-1")
        await on.dev.sees("Answered: Which region", "Ana Ruiz", "us-1")
        kinds = [event["kind"] for event in await on.house.store.read(events.history, "RUN-1")]
        assert kinds.count("question.answered") == 1
        await audited(on.house)


async def test_several_people_fill_in_a_form_and_what_is_wrong_is_told_to_them(tmp_path: Path) -> None:
    async with staged(tmp_path, FORM) as on, seats(on.house.url, "bo") as (bo,):
        await on.dev.says("/runbook run describe")
        card = await on.dev.sees("A question: What is to be released?", "0 of 2")
        good = {"a1": "1.4.2", "a2": "3", "a3": "outer", "a4": ""}
        await on.dev.fills(await on.dev.presses(card, "Answer"), good, card)
        await on.dev.sees("ASK-1 is for Ana Ruiz, Bo Lindqvist to answer.")
        await on.ana.fills(await on.ana.presses(card, "Answer"), good | {"a2": "three"}, card)
        await on.ana.sees("“Replicas” is a number, and “three” is none.")
        await on.ana.fills(await on.ana.presses(card, "Answer"), good | {"a1": "1.4.1"}, card)
        await on.ana.sees("1 more answer is wanted.")
        await on.ana.fills(await on.ana.presses(card, "Answer"), good, card)
        await on.ana.sees("1 of 2", "Version: 1.4.2")
        await bo.fills(await bo.presses(card, "Answer"), good | {"a2": "2.5", "a4": "*Slowly*\nplease"}, card)
        outputs = await on.outputs("what")
        assert [one["by"] for one in outputs["answers"]] == ["ana", "bo"]
        assert outputs["answers"][0]["values"] == {
            "version": "1.4.2",
            "replicas": 3,
            "ring": "outer",
            "notes": None,
        }
        assert outputs["last"] == {
            "version": "1.4.2",
            "replicas": 2.5,
            "ring": "outer",
            "notes": "*Slowly*\nplease",
        }


async def test_a_question_that_nobody_answers_fails_its_step_and_is_asked_no_more(tmp_path: Path) -> None:
    given = settings(tmp_path)
    (given.config.parent / "runbooks" / "staged.yaml").write_text(CHOOSE, encoding="utf-8")
    async with running(given, ManualClock(START)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("/runbook run choose")
        card = await ana.sees("A question: Which region")
        await fast_forward(house, hours=1)
        assert (await house.store.read(records.get, "RUN-1")).state is ExecutionState.WAITING_APPROVAL
        await fast_forward(house, hours=1, seconds=1)
        await ana.sees("Not answered in time: Which region")
        await dev.sees("RUN-1", "Nobody answered to ASK-1 within 2h.")
        assert (await house.store.read(records.get, "RUN-1")).state is ExecutionState.FAILED
        await ana.presses(card, "us-1")
        await ana.sees("ASK-1 is not asked any more: its time was over.")


async def test_a_question_outlives_the_process_and_a_cancelled_run_asks_no_more(tmp_path: Path) -> None:
    given = settings(tmp_path)
    (given.config.parent / "runbooks" / "staged.yaml").write_text(CHOOSE, encoding="utf-8")
    async with running(given) as house, seats(house.url, "dev") as (dev,):
        await dev.says("/runbook run choose")
        await dev.sees("A question: Which region")
        await dev.says("/runbook run choose")
        await dev.sees("ASK-2")
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("/runbook cancel RUN-2")
        await ana.sees("Asked no more: Which region", "ASK-2")
        await ana.says("/runbook reply ASK-1 eu-1")
        await dev.sees("Going to eu-1")
        # What a run was told is for the run: it stands in nobody's memory.
        await ana.says("/wardroom memory")
        kept = await ana.sees("/runbook reply ASK-1 •••")
        assert "reply ASK-1 eu-1" not in str(kept)
        assert (await house.store.read(records.get, "RUN-1")).state is ExecutionState.COMPLETED
        assert (await house.store.read(records.get, "RUN-2")).state is ExecutionState.CANCELLED
        await ana.says("/runbook reply ASK-2 eu-1")
        await ana.sees("ASK-2 is not asked any more: RUN-2 ended before anybody had to answer.")


def test_a_time_limit_is_no_longer_than_a_month() -> None:
    from core.runbooks.question import LONGEST

    assert timedelta(days=30) == LONGEST
