"""Runbooks that run other runbooks: planned as one, run as two, ended and taken back together."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.approvals.request import Choice
from core.errors import ConfigError, Conflict, Forbidden
from core.people.team import Team
from core.runbooks import plan
from core.runbooks.action import ActionFailed
from core.runbooks.definition import Runbook
from core.runbooks.following import units as following
from core.runbooks.load import load_library
from core.runbooks.params import Names
from core.runbooks.units import runs
from tests.core.runbooks.house import ANA, BO, CHI, DEV, ENVIRONMENTS, SERVICES, SPECS, House, book

INNER = """
name: inner
params: {tag: {type: string, required: true}, environment: {type: environment, default: staging}}
steps:
  - {id: one, action: do, with: {tag: "${{ params.tag }}"}, outputs: {line: "${{ result.stdout }}"}, rollback: {action: do, with: {undo: "${{ steps.one.outputs.line }}", of: "${{ params.tag }}"}}}
  - {id: two, needs: [one], action: do, rollback: {action: do, with: {undo: two}}}
outputs: {said: "${{ steps.one.outputs.line }} for ${{ params.tag }}"}
"""
OUTER = """
name: outer
params: {which: {type: string, default: blue}, environment: {type: environment, default: staging}}
steps:
  - {id: before, action: do, rollback: {action: do, with: {undo: before}}}
  - {id: call, needs: [before], runbook: {name: inner, params: {tag: "${{ params.which }}", environment: "${{ params.environment }}"}}}
  - {id: after, needs: [call], action: do, with: {heard: "${{ steps.call.outputs.said }}"}, on_failure: rollback}
"""


def nested(house: House, inner: str = INNER, outer: str = OUTER) -> Runbook:
    """The outer runbook, in a world that has the inner one."""
    house.world = replace(house.world, runbooks={"inner": book(inner)})
    return book(outer)


async def test_a_step_runs_another_runbook_waits_without_a_worker_and_gets_its_outputs(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    outer, inner = await house.get(), await house.get("RUN-2")
    assert (str(outer.state), str(inner.state), inner.runbook, inner.params["tag"]) == (
        "COMPLETED",
        "COMPLETED",
        "inner",
        "blue",
    )
    assert (outer.steps["call"].detail, outer.steps["call"].owner) == ("RUN-2", "")
    assert house.hands.done[-1] == ("after", {"heard": "did one for blue"})


async def test_the_plan_shows_what_the_other_runbook_does_and_its_digest_holds_all_of_it(
    house: House,
) -> None:
    outer = nested(house)
    names = Names(SERVICES, ENVIRONMENTS, house.world.runbooks)
    made = plan.make(outer, {}, names)
    step = next(step for step in made.subject()["steps"] if step["id"] == "call")
    assert (step["destructive"], [one["id"] for one in step["steps"]]) == (True, ["one", "two"])
    changed = {"inner": book(INNER.replace("undo: two", "undo: other"))}
    assert plan.make(outer, {}, Names(SERVICES, ENVIRONMENTS, changed)).digest != made.digest


async def test_the_failure_of_the_other_runbook_is_the_steps_and_rolls_back_what_both_did(
    house: House,
) -> None:
    house.hands.behave = lambda step, _: ActionFailed("broken") if step in ("two", "after") else None
    outer = OUTER.replace(
        '"${{ params.environment }}"}}', '"${{ params.environment }}"}, on_failure: rollback'
    )
    outer = OUTER.replace("}}}\n  - {id: after", "}}, on_failure: rollback}\n  - {id: after")
    await house.start(nested(house, outer=outer))
    await house.go()
    run = await house.get()
    assert (str(run.state), str(run.steps["call"].state), run.phase) == ("FAILED", "FAILED", "rollback")
    assert "RUN-2 (inner) failed" in run.steps["call"].error
    assert [args for step, args in house.hands.done if step.startswith("undo")] == [
        {"undo": "did one", "of": "blue"},
        {"undo": "before"},
    ]


async def test_a_finished_runbook_is_taken_back_newest_first_when_a_later_step_fails(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house))
    await house.go()
    run = await house.get()
    assert [args["undo"] for step, args in house.hands.done if step.startswith("undo")] == [
        "two",
        "did one",
        "before",
    ]
    assert (str(run.steps["call"].state), str(run.steps["before"].state)) == ("ROLLED_BACK", "ROLLED_BACK")


@pytest.mark.parametrize("rollback", [False, True])
async def test_a_cancel_goes_down(house: House, *, rollback: bool) -> None:
    inner = INNER.replace(
        "{id: two, needs: [one], action: do, rollback: {action: do, with: {undo: two}}}",
        "{id: two, needs: [one], wait: {for: 1h}}",
    )
    await house.start(nested(house, inner=inner))
    await house.go()
    await house.store.transact(lambda unit: runs.cancel(unit, house.world, "RUN-1", DEV, rollback=rollback))
    await house.go()
    assert [str((await house.get(run)).state) for run in ("RUN-1", "RUN-2")] == ["CANCELLED", "CANCELLED"]
    undone = [args["undo"] for step, args in house.hands.done if "undo" in args]
    assert undone == (["did one", "before"] if rollback else [])


async def test_who_approved_the_whole_is_not_asked_again_for_a_part(house: House) -> None:
    await house.start(nested(house), environment="production")
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"
    assert (await house.get("RUN-2")).request == ""


async def test_a_part_in_production_is_asked_about_although_the_whole_is_not(house: House) -> None:
    outer = OUTER.replace('"${{ params.environment }}"', "production").replace(
        ", environment: {type: environment, default: staging}", ""
    )
    await house.start(nested(house, outer=outer))
    await house.go()
    assert (str((await house.get()).state), (await house.get("RUN-2")).request) == (
        "WAITING_APPROVAL",
        "AP-1",
    )
    await house.vote("AP-1", ANA, Choice.REJECT)
    await house.go()
    run = await house.get()
    assert (str(run.state), house.hands.done) == ("FAILED", [("before", {})])
    assert "AP-1 is rejected" in run.steps["call"].error


@pytest.mark.parametrize("where", ["inner", "outer"])
async def test_only_whom_a_runbook_names_may_run_it_also_inside_another(house: House, where: str) -> None:
    permit = "\nrun: {roles: [sre], teams: [night]}\n"
    inner = INNER + (permit if where == "inner" else "")
    outer = OUTER + (permit if where == "outer" else "")
    house.world = replace(house.world, teams={"night": Team(name="night", members=("chi",))})
    made = nested(house, inner=inner, outer=outer)
    with pytest.raises(Forbidden, match="the role sre or the team night"):
        await house.start(made)
    for person in (BO, CHI):
        assert str((await house.start(made, person, key=person.id)).state) == "RUNNING"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (("b: {name: nothere}",), "There is no runbook `nothere`"),
        (("b: {name: b}",), "run each other: a → b → a"),
        (tuple(f"{chr(98 + n)}: {{name: {chr(98 + n)}}}" for n in range(5)), "deeper than 5"),
        (("b: {name: b, params: {x: 1}}",), "has no parameter `x`"),
        (("b: {name: b, params: {}, wants}",), "must be told `p`"),
        (("b: {name: b} outputs",), "has no output `y`"),
    ],
)
def test_what_cannot_be_run_inside_another_is_told_with_its_place(
    tmp_path: Path, files: tuple[str, ...], words: str
) -> None:
    _write(tmp_path, files, words)
    with pytest.raises(ConfigError) as raised:
        load_library([tmp_path], SPECS)
    told = [str(problem) for problem in raised.value.problems]
    assert any(words in one and ".yaml:" in one for one in told), told


def _write(folder: Path, files: tuple[str, ...], words: str) -> None:
    last = chr(97 + len(files))
    for n, line in enumerate(files):
        call = line.split(": ", 1)[1].replace(", wants", "").replace(" outputs", "")
        read = "outputs: {z: '${{ steps.s.outputs.y }}'}\n" if "outputs" in line else ""
        text = f"name: {chr(97 + n)}\nsteps:\n  - {{id: s, runbook: {call}}}\n{read}"
        (folder / f"{chr(97 + n)}.yaml").write_text(text)
    wants = "params: {p: {type: string, required: true}}\n" if "must be told" in words else ""
    use = ", with: {p: '${{ params.p }}'}" if wants else ""
    back = "runbook: {name: a}" if "each other" in words else f"action: do{use}"
    (folder / "z.yaml").write_text(f"name: {last}\n{wants}steps:\n  - {{id: s, {back}}}\n")


async def test_a_run_that_was_called_is_not_retried_while_its_caller_goes_on(house: House) -> None:
    going_on = OUTER.replace("on_failure: rollback", "").replace(
        '"${{ params.environment }}"}}}', '"${{ params.environment }}"}}, on_failure: skip}'
    )
    house.hands.behave = lambda step, _: ActionFailed("no") if step == "two" else None
    await house.start(
        nested(house, outer=going_on.replace("needs: [call], action: do", "needs: [call], wait: {for: 1h}"))
    )
    await house.go()
    assert ("RUNNING", "FAILED") == (
        str((await house.get("RUN-1")).state),
        str((await house.get("RUN-2")).state),
    )
    again = following.Wish("RUN-2", DEV, "again")
    with pytest.raises(Conflict, match=r"RUN-1 called RUN-2 and has not ended") as refused:
        await house.store.transact(following.retry, house.world, again)
    assert "retry RUN-1 then; `/runbook cancel RUN-1` ends it." in refused.value.mend
    await house.store.transact(runs.cancel, house.world, "RUN-1", DEV)
    await house.go()
    assert "RUN-3" == (await house.store.transact(following.retry, house.world, again)).id
