"""The engine's machine against the plain reference, on graphs of up to 200 steps of every kind, with every kind of trouble."""

from collections import Counter
from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.runbooks import machine
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.plan import Plan
from core.runbooks.sequel import steps_of
from core.runbooks.states import EXECUTIONS, StepState
from core.runbooks.turn import Failure, Returned, Turn
from tests.core.runbooks.graphs import EVERY, fates, graph
from tests.core.runbooks.house import NOON
from tests.core.runbooks.reference import Fates, Reference

_PAUSES = 0.1


class Play:
    """A run by the machine, one step at a time, as one worker would do it. `effects` are in their order."""

    def __init__(self, nodes: dict[str, Node], trouble: Fates, chance: Random) -> None:
        plan = Plan(runbook="any", version="1", params={}, nodes=tuple(nodes.values()))
        stored = plan.model_dump(mode="json")
        self.run = Execution("RUN-1", "any", "1", {}, stored, plan.digest, "dev", None, NOON)
        self.run.steps = steps_of(plan, None)
        self.turn = Turn(self.run, NOON)
        self.trouble = trouble
        self.chance = chance
        self.effects: list[str] = []
        self.seen: Counter[str] = Counter()

    def to_the_end(self) -> None:
        """Until nothing is left to do; now and then it is paused, which changes nothing."""
        machine.begin(self.turn)
        while (step := self._next()) is not None:
            self._pause()
            self._do(step)

    def _next(self) -> StepRun | None:
        waits = ("wait", "call")
        ways: tuple[Callable[[StepRun], bool], ...] = (
            lambda step: step.state is StepState.READY and step.node.kind not in waits,
            lambda step: step.state.is_active and step.node.kind in waits,
            lambda step: step.state is StepState.WAITING_APPROVAL,
        )
        found = (step for way in ways for step in self.run.of_phase() if way(step))
        return next(found, None)

    def _pause(self) -> None:
        may = "pause" in EXECUTIONS[self.run.state] and not self.run.ending
        if may and self.chance.random() < _PAUSES:
            machine.pause(self.turn, "")
            machine.resume(self.turn, self.turn.now)
            self.seen["pause"] += 1

    def _do(self, step: StepRun) -> None:
        self.seen[step.node.kind] += 1
        if step.node.kind == "wait":
            self._wait(step)
        elif step.node.kind == "call":
            self._call(step)
        elif step.node.action == "ask":
            self._ask(step)
        elif step.state is StepState.WAITING_APPROVAL:
            status = {"yes": "APPROVED", "no": "REJECTED", "late": "EXPIRED"}[self.trouble.answers[step.id]]
            self.seen[f"{status} {step.node.on_reject}"] += 1
            machine.decided(self.turn, step, status, "so it was said")
        else:
            self._act(step)

    def _wait(self, step: StepRun) -> None:
        """A wait is looked at until it holds, or is given up: no other step comes in between."""
        never, asked, now = step.id in self.trouble.never, 0, self.turn.now
        while step.state.is_active:
            asked += 1
            # A moment that never comes: the clock stands still, as if the moment were far away.
            self.turn.now = NOON if never and not step.node.action else now + (asked - 1) * EVERY
            if not step.node.action:
                machine.waited(self.turn, step)
            else:
                machine.claim(self.turn, step, "one", self.turn.now + EVERY)
                if asked == 1:
                    machine.fail(self.turn, step, Failure("busy", retriable=True))
                else:
                    machine.succeed(self.turn, step, {"ok": not never})
            self.seen["looked again"] += step.state.is_active
            if never and asked > 1 and step.state.is_active:
                machine.waited_too_long(self.turn, step)
        self.turn.now = now + asked * EVERY

    def _call(self, step: StepRun) -> None:
        many = self.trouble.undoing.get(step.id, 0)
        failed = bool(self.trouble.fails.get(step.id))
        chain = tuple(
            Node(
                id=f"undo:{step.id}/{n}",
                name="undo",
                kind="action",
                phase="rollback",
                action="do",
                undoes=step.id if n == many - 1 and not failed else "",
            )
            for n in range(many)
        )
        if self.chance.random() < 0.3:
            machine.called_waits(self.turn, step, waits=True)
            machine.called_waits(self.turn, step, waits=False)
        machine.returned(self.turn, step, Returned({}, Failure("no") if failed else None, chain))

    def _ask(self, step: StepRun) -> None:
        if step.state is StepState.READY:
            machine.claim(self.turn, step, "one", NOON)
            machine.wait_for_people(self.turn, step)
        elif step.id in self.trouble.lasting:
            machine.fail(self.turn, step, Failure("nobody answered"))
        else:
            self.seen["answers"] += 1
            self.effects.append(step.id)
            machine.succeed(self.turn, step, {})

    def _act(self, step: StepRun) -> None:
        said = self.trouble.lost.get(step.id)
        machine.claim(self.turn, step, "one", NOON)
        if said is not None and step.attempt == 1:
            machine.lose(self.turn, step)
            self.seen[f"lost {said}"] += 1
            if said == "done":
                self.effects.append(step.id)
            machine.answer(self.turn, step, said)
            return
        lasting = step.id in self.trouble.lasting
        if step.failures < self.trouble.fails.get(step.id, 0) or lasting:
            machine.fail(self.turn, step, Failure("no", retriable=not lasting))
            return
        self.effects.append(step.id)
        machine.succeed(self.turn, step, {})


def _compare(chance: Random, size: int) -> Play:
    nodes = graph(chance, size)
    trouble = fates(chance, nodes)
    reference = Reference(nodes, trouble)
    state = reference.run()
    play = Play(nodes, trouble, chance)
    play.to_the_end()
    states = {one: str(play.run.steps[one].state) for one in nodes}
    assert (state, reference.effects, reference.states) == (str(play.run.state), play.effects, states)
    return play


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(1, 16))
def test_the_machine_does_what_the_reference_does(chance: Random, size: int) -> None:
    assert _compare(chance, size).run.state.is_final


def test_the_machine_does_what_the_reference_does_in_graphs_of_two_hundred_steps() -> None:
    seen: Counter[str] = Counter()
    for seed in range(16):
        play = _compare(Random(seed), 150 + 3 * seed)  # noqa: S311 - graphs must be repeatable, not secret
        seen += play.seen
        seen[f"ended {play.run.state}"] += 1
    # Nothing of this is left out by chance.
    kinds = {"action", "wait", "approval", "call", "pause", "looked again", "answers", "APPROVED stop"}
    ways = {f"{one} ('other',)" for one in ("APPROVED", "REJECTED", "EXPIRED")}
    assert {*kinds, *ways, "lost done", "lost again", "lost skip", "lost fail"} <= set(seen), seen
