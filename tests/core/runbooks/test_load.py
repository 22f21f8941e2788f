"""Files of runbooks: what is accepted, and how mistakes are told."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.runbooks.load import load, load_library
from tests.core.runbooks.house import EXAMPLES, SPECS, example

HEAD = "name: x\nsteps:\n"


def mistakes(text: str) -> list[str]:
    """Every mistake of a text, as it is told."""
    with pytest.raises(ConfigError) as raised:
        load(text, "x.yaml", SPECS)
    return [str(problem) for problem in raised.value.problems]


def test_the_examples_are_accepted_as_they_stand() -> None:
    assert sorted(load_library([EXAMPLES], SPECS)) == ["database-failover", "restart-service"]


def test_what_a_file_leaves_out_its_actions_say() -> None:
    steps = {step.id: step for step in example("database-failover").steps}
    assert (steps["lag"].nature, steps["lag"].destructive) == ("idempotent", False)
    assert (steps["repoint"].nature, steps["repoint"].destructive) == ("at_most_once", True)


@pytest.mark.parametrize(
    ("steps", "line", "words"),
    [
        ("  - {id: a, actoin: do}", 3, "Did you mean `action`"),
        ("  - {id: a, action: doo}", 3, "Did you mean `do`"),
        ("  - {id: a, action: shell, with: {argvs: [x]}}", 3, "`shell` takes no `argvs`"),
        ("  - {id: a, action: shell, with: {}}", 3, "must be told `argv`"),
        ("  - {id: a, action: shell, with: {argv: 5}}", 3, "`argv` of `shell`"),
        (
            "  - {id: a, action: do}\n  - {id: a, action: do}",
            4,
            "Two steps are called `a`; the first is in line 3",
        ),
        ("  - {id: a, action: do}\n  - {id: b, needs: [aa], action: do}", 4, "Did you mean `a`"),
        ("  - {id: a, needs: [b], action: do}\n  - {id: b, needs: [a], action: do}", 3, "a → b → a"),
        ("  - {id: a, action: do, with: {x: '${{ params.y }}'}}", 3, "no parameter `y`"),
        ("  - {id: a, action: do, with: {x: '${{ steps.b.outputs.c }}'}}", 3, "no step `b`"),
        (
            "  - {id: a, action: do}\n  - {id: b, action: do, with: {x: '${{ steps.a.outputs.c }}'}}",
            4,
            "Add `a` to `needs`",
        ),
        (
            "  - {id: a, action: do, outputs: {line: 1}}\n  - {id: b, needs: [a], action: do, with: {x: '${{ steps.a.outputs.lime }}'}}",
            4,
            "Did you mean `line`",
        ),
        ("  - {id: a, action: do, with: {x: '${{ parms.y }}'}}", 3, "did you mean params"),
        ("  - {id: a, action: do, when: 'params.'}", 3, "no CEL expression"),
        ("  - {id: a, action: do, timeout: soon}", 3, "`soon` is not a duration"),
        ("  - {id: a, action: do, nature: maybe}", 3, "cannot be `maybe`"),
        ("  - {id: a}", 3, "says nothing to do"),
        ("  - {id: a, action: do, wait: {for: 1s}}", 3, "`action` and `wait`"),
        ("  - {id: a, action: do, for_each: {items: []}}", 3, "list is empty"),
        ("  - {id: a, action: do, for_each: {items: '${{ steps.b }}'}}", 3, "no “steps” here"),
        (
            "  - {id: a, action: do}\n  - {id: b, needs: [a], action: do, on_failure: rollback}",
            4,
            "`a` (line 3) says no undo",
        ),
        ("  - {id: a, action: do, rollback: none}", 3, "needs a reason"),
        ("  - {id: a, action: do, when: failed}", 3, "it is for a failure, and nothing before it can fail"),
        (
            "  - {id: a, action: do, on_failure: skip}\n  - {id: b, needs: [a], action: do, when: failed}",
            4,
            "`b` can never begin: it is for a failure, and nothing before it can fail",
        ),
        ("  - {id: a, action: do, when: 1 > 2}", 3, "`a` can never begin: “1 > 2” is always false"),
        (
            "  - {id: a, action: do, when: 'false'}\n  - {id: b, needs: [a], action: do}\n  - {id: c, needs: [b], action: do}",
            5,
            "`c` can never begin: `b` never does",
        ),
        (
            "  - {id: a, parallel: [{id: c, action: do}, {id: d, when: 'false', action: do}]}",
            3,
            "`d` can never begin",
        ),
        (
            (
                "  - {id: a, approval: {reason: r, ask: [{role: sre}]}, on_reject: [c]}\n"
                "  - {id: b, needs: [a], action: do}\n"
                "  - {id: c, needs: [a, b], action: do}"
            ),
            5,
            "it stands for a no to `a`, and needs `b`, which only a yes lets begin",
        ),
        ("  - {id: a, parallel: [{id: c, action: do}, {id: c, action: do}]}", 3, "Two children of `a`"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(steps: str, line: int, words: str) -> None:
    found = mistakes(HEAD + steps + "\n")
    assert any(one.startswith(f"x.yaml:{line}:") and words in one for one in found), found


@pytest.mark.parametrize(
    ("param", "words"),
    [
        ("{type: integer, default: many}", "default does not fit"),
        ("{type: choice}", "choice of nothing"),
        ("{type: integer, min: 5, max: 1}", "above its `max`"),
        ("{type: strin}", "`strin`"),
        ("{pattern: '('}", "no regular expression"),
        ("{}", "used nowhere"),
    ],
)
def test_a_parameter_that_cannot_be_is_told(param: str, words: str) -> None:
    found = mistakes(f"name: x\nparams:\n  p: {param}\nsteps:\n  - {{id: a, action: do}}\n")
    assert any(one.startswith("x.yaml:3:") and words in one for one in found), found


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = HEAD + "  - {id: a, actoin: do, action: doo}\n  - {id: b, needs: [zz], action: do}\n"
    found = mistakes(text)
    assert [one.split(":")[1] for one in found] == ["3", "3", "4"]


def test_a_library_tells_the_mistakes_of_every_file_and_names_that_meet(tmp_path: Path) -> None:
    good = HEAD + "  - {id: a, action: do}\n"
    (tmp_path / "a.yaml").write_text(good)
    (tmp_path / "b.yaml").write_text(good)
    (tmp_path / "c.yaml").write_text("steps: [")
    with pytest.raises(ConfigError) as raised:
        load_library([tmp_path], SPECS)
    told = "\n".join(str(problem) for problem in raised.value.problems)
    assert "already the name of the runbook in" in told
    assert "c.yaml:2" in told


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no folder"):
        load_library([tmp_path / "nowhere"], SPECS)


def test_an_undo_that_is_declared_impossible_with_a_reason_is_accepted() -> None:
    text = HEAD + (
        "  - {id: a, action: do, rollback: none, rollback_reason: mails cannot be unsent}\n"
        "  - {id: b, needs: [a], action: do, on_failure: rollback}\n"
    )
    assert load(text, "x.yaml", SPECS).steps[0].rollback == "none"


@pytest.mark.parametrize(
    ("trigger", "where", "words"),
    [
        ("{cron: '61 * * * *'}", "2:13", "its minute `61` is not between 0 and 59"),
        ("{cron: '* * * *'}", "2:13", "it has 4 fields"),
        ("{cron: '0 0 31 2 *'}", "2:13", "no day ever fits it"),
        ("{cron: '* * * * *', timezone: Europe/Berln}", "2:32", "Did you mean `Europe/Berlin`"),
        (
            "{cron: '* * * * *', on_missed: run}",
            "2:32",
            "`on_missed` cannot be `run`. Valid here: run_once, skip",
        ),
        ("{alert: 'true', timezone: UTC}", "2:28", "`timezone` is for a `cron`"),
        ("{alert: 'true', cron: '* * * * *'}", "2:12", "waits for `alert` and `cron`"),
        ("{params: {}}", "2:12", "waits for nothing"),
        ("{chat: sweep, channel: ops}", "2:13", "no `params` and no `channel`"),
        ("{corn: '* * * * *'}", "2:13", "Did you mean `cron`"),
        ("{webhook: {}}", "2:13", "proves itself in no ways"),
        ("{webhook: {token: A, hmac: B}}", "2:13", "proves itself in 2 ways"),
        ("{webhook: {token: A, when: 'labels.x'}}", "2:33", "no “labels” here"),
        ("{webhook: {token: A, key: fixed}}", "2:33", "the same for every call"),
        ("{webhook: {token: A}}, {webhook: {token: B}}", "2:36", "one `webhook`"),
        ("{cron: '* * * * *', params: {tga: 1}}", "2:41", "Did you mean `tag`"),
        ("{cron: '* * * * *', params: {count: many}}", "2:41", "count must be a whole number"),
        ("{cron: '* * * * *', params: {tag: '${{ body.x }}'}}", "2:41", "no “body” here"),
    ],
)
def test_a_mistake_in_a_trigger_is_told_with_line_and_column(trigger: str, where: str, words: str) -> None:
    params = "params: {tag: {default: x}, count: {type: integer}}\n"
    steps = "steps: [{id: a, action: do, with: {x: '${{ params.tag }}${{ params.count }}'}}]\n"
    found = mistakes(f"name: x\ntriggers: [{trigger}]\n{params}{steps}")
    assert any(one.startswith(f"x.yaml:{where}:") and words in one for one in found), found


def test_a_trigger_that_leaves_out_what_must_be_told_is_a_mistake() -> None:
    text = "name: x\nparams: {tag: {required: true}}\ntriggers: [{cron: '* * * * *'}]\n"
    found = mistakes(text + "steps: [{id: a, action: do, with: {x: '${{ params.tag }}'}}]\n")
    assert ["x.yaml:3:12: Nobody is there to be asked for `tag`, which the runbook must be told. "] == [
        one.split("Add")[0] for one in found
    ]


@pytest.mark.parametrize(
    "steps",
    [
        "  - {id: a, action: do}\n  - {id: b, needs: [a], action: do, when: failed}",
        "  - {id: a, on_failure: skip, parallel: [{id: c, action: do}]}\n  - {id: b, needs: [a], action: do, when: failed}",
        "  - {id: a, action: do, when: execution.by == 'dev'}\n  - {id: b, needs: [a], action: do}",
        "  - {id: a, action: do, when: 1 < 2}",
        (
            "  - {id: a, approval: {reason: r, ask: [{role: sre}]}, on_reject: [c]}\n"
            "  - {id: b, needs: [a], action: do, when: always}\n"
            "  - {id: c, needs: [a, b], action: do}"
        ),
        (
            "  - {id: a, approval: {reason: r, ask: [{role: sre}]}, on_reject: [c]}\n"
            "  - {id: b, action: do}\n"
            "  - {id: c, needs: [a, b], action: do}"
        ),
    ],
)
def test_a_step_that_may_begin_is_not_taken_for_one_that_never_does(steps: str) -> None:
    assert load(HEAD + steps + "\n", "x.yaml", SPECS).steps


@pytest.mark.parametrize("deep", [False, True])
def test_a_promised_rollback_needs_undoing_in_the_runbooks_that_are_run_too(
    tmp_path: Path, *, deep: bool
) -> None:
    called = "middle" if deep else "inner"
    (tmp_path / "a.yaml").write_text(
        f"name: outer\nsteps:\n  - {{id: call, runbook: {{name: {called}}}}}\n"
        "  - {id: last, needs: [call], action: http, with: {url: x}, on_failure: rollback}\n"
    )
    (tmp_path / "b.yaml").write_text("name: inner\nsteps:\n  - {id: one, action: do}\n")
    (tmp_path / "c.yaml").write_text("name: middle\nsteps:\n  - {id: two, runbook: {name: inner}}\n")
    with pytest.raises(ConfigError) as raised:
        load_library([tmp_path], SPECS)
    told = [str(problem) for problem in raised.value.problems]
    assert told == [
        (
            f"{tmp_path / 'a.yaml'}:4:61: `last` promises a rollback; `call` runs `inner`, and `one` there says no undo. "
            "In `inner`, give `one` a `rollback:`, or `rollback: none` with a `rollback_reason:`."
        )
    ]
    (tmp_path / "b.yaml").write_text(
        "name: inner\nsteps:\n  - {id: one, action: do, rollback: none, rollback_reason: it cannot}\n"
    )
    assert len(load_library([tmp_path], SPECS)) == 3
