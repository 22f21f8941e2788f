"""How a run must go, written down a second time and as plainly as it can be: one step at a time, no rows, no turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.runbooks.execution import Node

Answer = Literal["yes", "no", "late"]
Said = Literal["done", "again", "skip", "fail"]


@dataclass(frozen=True)
class Fates:
    """What happens to each node.

    `fails`: how many of its tries fail; `lasting`: those whose failure no further try mends; `answers`: what people say at
    an approval; `never`: waits whose condition never holds; `lost`: what a person says of a step whose owner died in
    the middle; `undoing`: how many steps take back what a called run did, ended well or not.
    """

    fails: Mapping[str, int]
    lasting: frozenset[str]
    answers: Mapping[str, Answer]
    never: frozenset[str] = frozenset()
    lost: Mapping[str, Said] = field(default_factory=dict)
    undoing: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Reference:
    """A run by the rules. `effects` are the tries that did what they should, in order."""

    nodes: Mapping[str, Node]
    fates: Fates
    states: dict[str, str] = field(default_factory=dict)
    whys: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    ending: str = ""

    def run(self) -> str:
        """Let it go to its end; the state of the whole."""
        self.states = dict.fromkeys(self.nodes, "WAITING")
        while True:
            self._settle()
            chosen = self._next()
            if chosen is None:
                break
            self._do(self.nodes[chosen])
        if self.ending == "rollback":
            self._take_back()
        return {"": "COMPLETED", "stop": "CANCELLED"}.get(self.ending, "FAILED")

    def _next(self) -> str | None:
        for state in ("READY", "WAITS", "ASKS"):
            found = [one for one in self.nodes if self.states[one] == state]
            if found:
                return found[0]
        return None

    def _do(self, node: Node) -> None:
        if node.kind == "wait":
            self._wait(node)
        elif node.kind == "approval":
            self._hear(node)
        elif node.kind == "call":
            self._call(node)
        else:
            self._act(node)

    def _act(self, node: Node) -> None:
        said = self.fates.lost.get(node.id, "again")
        if node.action == "ask" and node.id not in self.asked:
            self.asked.add(node.id)
            self.states[node.id] = "ASKS"
        elif said == "fail":
            self._fail(node)
        elif said == "skip":
            self._skip(node, "answer")
        elif said == "done" or self._tries(node):
            self.effects.append(node.id)
            self._succeed(node)
        else:
            self._fail(node)

    def _wait(self, node: Node) -> None:
        if node.id not in self.fates.never:
            self._succeed(node)
        elif node.on_timeout == "skip":
            self._skip(node, "failure")
        else:
            self._fail(node)

    def _call(self, node: Node) -> None:
        if not self.fates.fails.get(node.id):
            self._succeed(node)
            return
        # What it did before it failed is taken back in its place as well.
        self.done.append(node.id)
        self._fail(node)

    def _tries(self, node: Node) -> bool:
        fails = self.fates.fails.get(node.id, 0)
        return not fails or (node.id not in self.fates.lasting and fails <= node.retries)

    def _succeed(self, node: Node) -> None:
        self.states[node.id] = "SUCCEEDED"
        self.done.append(node.id)

    def _skip(self, node: Node, why: str) -> None:
        self.states[node.id], self.whys[node.id] = "SKIPPED", why

    def _fail(self, node: Node) -> None:
        if node.after_failure == "skip":
            self._skip(node, "failure")
            return
        self.states[node.id] = "FAILED"
        parent = self.nodes[node.parent] if node.parent else None
        choice = node.after_failure or (parent.after_failure if parent else None) or "fail"
        if choice != "skip":
            self._end("rollback" if choice == "rollback" else "fail")

    def _hear(self, node: Node) -> None:
        said = self.fates.answers[node.id]
        way = node.on_reject if said == "no" else node.on_expire
        if said == "yes":
            self._succeed(node)
        elif isinstance(way, tuple):
            self._skip(node, "rejected" if said == "no" else "expired")
        else:
            self.states[node.id] = "FAILED"
            self._end("rollback" if way == "rollback" else "stop" if said == "no" else "fail")

    def _end(self, how: str) -> None:
        if not self.ending:
            self.ending = how
            for one, state in self.states.items():
                # A run that was called is let to its end.
                waits = state in ("READY", "WAITS", "ASKS") and self.nodes[one].kind != "call"
                if waits and not self._goes_on(self.nodes[one]):
                    self.states[one] = "CANCELLED"

    def _goes_on(self, node: Node) -> bool:
        return _follows(node) and self.ending in ("fail", "rollback")

    def _settle(self) -> None:
        while True:
            moved = False
            for node in self.nodes.values():
                if self.states[node.id] == "WAITING":
                    after = self._after(node)
                    moved = moved or after != "WAITING"
                    self.states[node.id] = after
                    if after == "SUCCEEDED":
                        self.done.append(node.id)
            if not moved:
                return

    def _after(self, node: Node) -> str:
        before = [self.states[need] for need in node.needs]
        settled = not {"WAITING", "READY", "WAITS", "ASKS"} & set(before)
        if node.kind == "group":
            return self._group(node) if settled else "WAITING"
        if self.ending and not self._goes_on(node):
            return "CANCELLED"
        if not settled:
            return "WAITING"
        return self._follow(node) if _follows(node) else self._go_on(node)

    def _go_on(self, node: Node) -> str:
        gates = node.instead_of
        before = [need for need in node.needs if need not in gates]
        if any(self.whys.get(need) in ("rejected", "expired", "refused") for need in before):
            self.whys[node.id] = "refused"
            return "SKIPPED"
        if any(self.whys.get(gate, "") not in whys for gate, whys in gates.items()):
            return self._pass_over(node)
        if {"FAILED", "CANCELLED"} & {self.states[need] for need in before}:
            return "CANCELLED"
        good = [need for need in before if self._is_good(need)]
        return self._pass_over(node) if before and not good else self._judge(node)

    def _is_good(self, need: str) -> bool:
        passed = self.whys.get(need) in ("failure", "answer")
        return self.states[need] == "SUCCEEDED" or (self.states[need] == "SKIPPED" and passed)

    def _pass_over(self, node: Node) -> str:
        self.whys[node.id] = "condition"
        return "SKIPPED"

    def _follow(self, node: Node) -> str:
        seen, waiting = set[str](), list(node.needs)
        while waiting:
            one = waiting.pop()
            seen.add(one)
            waiting += self.nodes[one].needs
        failed = any(self.states[one] == "FAILED" for one in seen)
        return self._pass_over(node) if "failed" in node.conditions and not failed else self._judge(node)

    def _judge(self, node: Node) -> str:
        return self._pass_over(node) if "false" in node.conditions else self._begin(node)

    def _begin(self, node: Node) -> str:
        if node.parent is not None and self.nodes[node.parent].width:
            under_way = [one for one in self.nodes.values() if one.parent == node.parent]
            if sum(self.states[one.id] == "READY" for one in under_way) >= self.nodes[node.parent].width:
                return "WAITING"
        return {"wait": "WAITS", "call": "WAITS", "approval": "ASKS"}.get(node.kind, "READY")

    def _group(self, node: Node) -> str:
        children = [one.id for one in self.nodes.values() if one.parent == node.id]
        states = [self.states[child] for child in children]
        if "FAILED" in states:
            if node.after_failure == "skip":
                self.whys[node.id] = "failure"
                return "SKIPPED"
            return "FAILED"
        if "CANCELLED" in states:
            return "CANCELLED"
        if all(self.states[child] == "SKIPPED" and not self._is_good(child) for child in children):
            refused = self.whys.get(children[0]) in ("rejected", "expired", "refused")
            self.whys[node.id] = "refused" if refused else "condition"
            return "SKIPPED"
        return "SUCCEEDED"

    def _take_back(self) -> None:
        for one in reversed(self.done):
            node = self.nodes[one]
            undone = one if self.states[one] == "SUCCEEDED" else ""
            if node.kind == "call":
                names = [f"undo:{one}/{n}" for n in range(self.fates.undoing.get(one, 0))]
            else:
                names = [f"undo:{one}"] if node.kind == "action" and node.undo is not None else []
            for name in names:
                if self.fates.fails.get(name):
                    return
                self.effects.append(name)
            if names and undone:
                self.states[one] = "ROLLED_BACK"


def _follows(node: Node) -> bool:
    return bool({"always", "failed"} & set(node.conditions))
