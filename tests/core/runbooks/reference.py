"""How a run must go, written down a second time and as plainly as it can be: one step at a time, no rows, no turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.runbooks.execution import Node

Answer = Literal["yes", "no", "late"]


@dataclass(frozen=True)
class Fates:
    """What happens to each node: how many of its tries fail, whether trying again may help, what people say."""

    fails: Mapping[str, int]
    lasting: frozenset[str]
    answers: Mapping[str, Answer]


@dataclass
class Reference:
    """A run by the rules. `effects` are the tries that did what they should, in order."""

    nodes: Mapping[str, Node]
    fates: Fates
    states: dict[str, str] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
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
            self._succeed(node)
        elif node.kind == "approval":
            self._hear(node)
        elif self._tries(node):
            self.effects.append(node.id)
            self._succeed(node)
        else:
            self._fail(node)

    def _tries(self, node: Node) -> bool:
        fails = self.fates.fails.get(node.id, 0)
        return not fails or (node.id not in self.fates.lasting and fails <= node.retries)

    def _succeed(self, node: Node) -> None:
        self.states[node.id] = "SUCCEEDED"
        self.done.append(node.id)

    def _fail(self, node: Node) -> None:
        if node.after_failure == "skip":
            self.states[node.id] = "SKIPPED"
            self.passed.add(node.id)
            return
        self.states[node.id] = "FAILED"
        parent = self.nodes[node.parent] if node.parent else None
        choice = node.after_failure or (parent.after_failure if parent else None) or "fail"
        if choice != "skip":
            self._end("rollback" if choice == "rollback" else "fail")

    def _hear(self, node: Node) -> None:
        said = self.fates.answers[node.id]
        if said == "yes":
            self._succeed(node)
            return
        self.states[node.id] = "FAILED"
        back = (node.on_reject if said == "no" else node.on_expire) == "rollback"
        self._end("rollback" if back else "stop" if said == "no" else "fail")

    def _end(self, how: str) -> None:
        if not self.ending:
            self.ending = how
            for one, state in self.states.items():
                if state in ("READY", "WAITS", "ASKS") and not self._goes_on(self.nodes[one]):
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
        return self._follow(node) if _follows(node) else self._go_on(node, before)

    def _go_on(self, node: Node, before: list[str]) -> str:
        if {"FAILED", "CANCELLED"} & set(before):
            return "CANCELLED"
        good = [need for need in node.needs if self.states[need] == "SUCCEEDED" or need in self.passed]
        if (node.needs and not good) or "false" in node.conditions:
            return "SKIPPED"
        return self._begin(node)

    def _follow(self, node: Node) -> str:
        seen, waiting = set[str](), list(node.needs)
        while waiting:
            one = waiting.pop()
            seen.add(one)
            waiting += self.nodes[one].needs
        failed = any(self.states[one] == "FAILED" for one in seen)
        return "SKIPPED" if "failed" in node.conditions and not failed else self._begin(node)

    def _begin(self, node: Node) -> str:
        if node.parent is not None and self.nodes[node.parent].width:
            under_way = [one for one in self.nodes.values() if one.parent == node.parent]
            if sum(self.states[one.id] == "READY" for one in under_way) >= self.nodes[node.parent].width:
                return "WAITING"
        return {"wait": "WAITS", "approval": "ASKS"}.get(node.kind, "READY")

    def _group(self, node: Node) -> str:
        states = [self.states[need] for need in node.needs]
        if "FAILED" in states:
            if node.after_failure == "skip":
                self.passed.add(node.id)
                return "SKIPPED"
            return "FAILED"
        if "CANCELLED" in states:
            return "CANCELLED"
        skipped = all(self.states[need] == "SKIPPED" and need not in self.passed for need in node.needs)
        return "SKIPPED" if skipped else "SUCCEEDED"

    def _take_back(self) -> None:
        for one in reversed(self.done):
            node = self.nodes[one]
            if node.kind != "action" or node.undo is None:
                continue
            if self.fates.fails.get(f"undo:{one}"):
                return
            self.effects.append(f"undo:{one}")
            self.states[one] = "ROLLED_BACK"


def _follows(node: Node) -> bool:
    return bool({"always", "failed"} & set(node.conditions))
