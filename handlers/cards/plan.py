"""A plan and a runbook as cards: what would be done, in order, and what of it changes things. Pure."""

from collections.abc import Iterator
from datetime import timedelta

import orjson

from core.approvals.policy import Answer, Verdict
from core.catalogue.model import Service
from core.digest import short
from core.runbooks import dag
from core.runbooks.definition import Param, Runbook, duration_text
from core.runbooks.execution import Node
from core.runbooks.plan import Plan, shown
from core.text import cut, one_line
from core.world import World
from handlers.cards.card import Bold, Button, Card, Code, Line, Part, Table, Text, line

_STEPS_SHOWN = 40


def plan_card(plan: Plan, verdict: str, more: tuple[Part, ...] = (), *, spoken: bool = False) -> Card:
    """A dry run; `verdict` says in a sentence what the policies would ask for. The button runs this very plan.

    A plan that was `spoken` is asked about first, and the button says so.
    """
    nodes = [node for node in plan.nodes if node.kind != "group"]
    given = ", ".join(f"{name}={value}" for name, value in plan.params.items() if value is not None)
    parts: list[Part] = [Text(line=line(one_line(plan.description, 200)))] if plan.description else []
    parts += [
        Text(line=line("With ", Code(text=cut(given or "nothing", 300)))),
        Table(head=("", "Step", "What", "How"), rows=rows_of(plan)),
        Text(line=line(Bold(text="Then: "), verdict)),
        *more,
        Text(line=line("Nothing was run."), small=True),
    ]
    return Card(
        title=f"Plan: {_title(plan)}",
        parts=tuple(parts),
        controls=(_run_button(plan, spoken=spoken), _picture_button(plan.runbook)),
        footer=line(f"{plan.runbook} {plan.version} · plan {short(plan.digest)}"),
        summary=f"Plan of {_title(plan)}: {len(nodes)} steps. {verdict} Nothing was run.",
        hint=f"/runbook plan {plan.runbook}",
        digest=plan.digest,
    )


def rows_of(plan: Plan) -> tuple[tuple[Line, ...], ...]:
    """What it would do, one row a step: when, its name, what exactly, and how."""
    return tuple(_rows(plan))[:_STEPS_SHOWN]


def runbook_card(book: Runbook, more: tuple[Part, ...] = ()) -> Card:
    """What a runbook is, what it must be told, and how one starts it; `more` is what starts it by itself."""
    rows = tuple(
        (line(Code(text=name)), line(_kind(param)), line(param.description))
        for name, param in book.params.items()
    )
    steps = tuple(
        (line(Bold(text=step.name or step.id)), line(_kind_of(step.id, book)), line(", ".join(step.needs)))
        for step in book.steps
    )
    parts: list[Part] = [Text(line=line(one_line(book.description, 300)))] if book.description else []
    if rows:
        parts.append(Table(head=("Parameter", "What", ""), rows=rows))
    parts.append(Table(head=("Step", "What", "After"), rows=steps))
    parts += more
    owners = f" · owned by {', '.join(book.owners)}" if book.owners else ""
    return Card(
        title=book.name,
        parts=tuple(parts),
        controls=(
            Button(label="Run…", verb="runbook.run", args={"runbook": book.name}, speak=f"Run {book.name}"),
            _picture_button(book.name),
        ),
        footer=line(f"version {book.version}{owners}"),
        summary=f"{book.name}: {one_line(book.description, 200)}",
        hint=f"/runbook show {book.name}",
    )


def listing(world: World, service: Service | None = None, more: str = "") -> Card:
    """Every runbook, one a row; for a service those that are its own, and the names of others that take it. `more` is said below."""
    if not world.runbooks:
        words = "There are no runbooks yet. Put a file into a folder that `runbooks:` names."
        return Card(title="Runbooks", parts=(Text(line=line(words)),), summary=words)
    own = [book for book in world.runbooks.values() if service is None or book.name in service.runbooks]
    others = [
        book.name for book in world.runbooks.values() if book not in own and service and _takes(book, service)
    ]
    rows = tuple(
        (line(Code(text=book.name)), line(one_line(book.description, 100)), line(", ".join(_wanted(book))))
        for book in own
    )
    of = f" of {service.name}" if service else ""
    said = [f"{service.name} names no runbook as its own."] if service and not rows else []
    said += [f"Others take it, too: {one_line(', '.join(others), 300)}."] if others else []
    said += [more] if more else []
    table = (Table(head=("Runbook", "What it does", "Must be told"), rows=rows),) if rows else ()
    told = (
        f"{len(rows)} runbook{'' if len(rows) == 1 else 's'}{of}: {', '.join(book.name for book in own)}."
        if rows
        else ""
    )
    return Card(
        title=f"Runbooks{of}",
        parts=(*table, *(Text(line=line(one), small=bool(rows)) for one in said)),
        summary=" ".join((told, *said)).strip(),
        hint="/runbook show …",
    )


def _takes(book: Runbook, service: Service) -> bool:
    """Whether it can be told this service."""
    wanted = [param for param in book.params.values() if param.type == "service"]
    return any(not param.choices or service.name in param.choices for param in wanted)


def verdict_words(verdict: Verdict) -> str:
    """What the policies would ask for, in a sentence."""
    if verdict.answer is Answer.DENY:
        return "A policy does not let this run."
    if verdict.terms is None:
        return "Nobody needs to approve this; it runs when asked for."
    names = ", ".join(f"{ask.name}{' (must)' if ask.must else ''}" for ask in verdict.terms.ask)
    why = "; ".join(finding.message for finding in verdict.findings)
    return f"{verdict.terms.approvals} of {names} must approve: {why}."


def _run_button(plan: Plan, *, spoken: bool) -> Button:
    given = " ".join(f"{name}:{value}" for name, value in plan.params.items() if value is not None)
    question = f"Run {_title(plan)} now?" if plan.is_destructive and not spoken else ""
    return Button(
        label="Ask to run" if spoken else "Run",
        verb="runbook.run",
        args={"runbook": plan.runbook, "params": given} | ({"spoken": "true"} if spoken else {}),
        style="danger" if plan.is_destructive else "primary",
        confirm=question,
        speak=f"Run {_title(plan)}",
    )


def _picture_button(runbook: str) -> Button:
    return Button(
        label="Picture",
        verb="runbook.graph",
        object=runbook,
        quiet=True,
        speak=f"The steps of {runbook} as a picture",
    )


def _rows(plan: Plan, within: str = "") -> Iterator[tuple[Line, ...]]:
    """One row a step; the steps of a runbook that a step runs come after it, as 2.1, 2.2."""
    levels = dag.levels(dag.needs_of(plan.nodes))
    steps = [node for node in plan.nodes if node.kind != "group"]
    # Counted without the levels at which nothing is done but to gather what was.
    numbers = {level: number for number, level in enumerate(sorted({levels[one.id] for one in steps}), 1)}
    for node in steps:
        place = f"{within}{numbers[levels[node.id]]}"
        yield line(place), line(Bold(text=cut(node.name, 60))), _what(node, plan), line(_how(node))
        if node.child is not None:
            yield from _rows(Plan.model_validate(node.child), f"{place}.")


def _title(plan: Plan) -> str:
    of = f" of {plan.service}" if plan.service else ""
    return f"{plan.runbook}{of}" + (f" in {plan.environment}" if plan.environment else "")


def _what(node: Node, plan: Plan) -> Line:
    said = shown(node, plan.params)
    if node.kind == "wait" and not node.action:
        return line(f"wait {_until(node.until) or duration_text(node.wait or timedelta())}")
    if node.kind == "approval":
        return line(f"ask: {one_line(str(said.get('reason', '')), 160)}")
    arguments = said["with"]
    if node.child is not None:
        told = " ".join(f"{name}={value}" for name, value in arguments.items() if value is not None)
        return line("run ", Code(text=one_line(f"{said['runbook']} {told}".rstrip(), 160)))
    words = (
        arguments.get("argv")
        or arguments.get("url")
        or arguments.get("text")
        or arguments.get("promql")
        or arguments
    )
    text = " ".join(map(str, words)) if isinstance(words, list) else str(words)
    if isinstance(words, dict):
        text = orjson.dumps(words, default=str).decode()
    until = f" {_until(node.until)}, asked every {duration_text(node.every)}" if node.until else ""
    return line(f"{node.action} ", Code(text=one_line(text, 160)), until)


def _until(condition: str) -> str:
    return f"until {one_line(condition, 160)}" if condition else ""


def _how(node: Node) -> str:
    words = ["changes things"] if node.destructive else []
    words += [f"if {condition}" for condition in node.conditions]
    words += [f"{node.retries} more tries"] if node.retries else []
    words += ["can be undone"] if node.undo is not None else []
    return one_line(", ".join(words), 160)


def _kind(param: Param) -> str:
    words: list[str] = [param.type]
    words += [f"one of {', '.join(param.choices)}"] if param.choices else []
    words += (
        ["required"] if param.required else [f"else {param.default}"] if param.default is not None else []
    )
    return ", ".join(words)


def _kind_of(step_id: str, book: Runbook) -> str:
    step = next(step for step in book.steps if step.id == step_id)
    if step.approval is not None:
        return "asks people"
    if step.wait is not None:
        return f"waits {_until(step.wait.until) or duration_text(step.wait.for_ or timedelta())}"
    if step.runbook is not None:
        return f"runs {step.runbook.name}"
    if step.parallel:
        return "side by side: " + ", ".join(child.name or child.id for child in step.parallel)
    return (step.action or "") + (" for each item" if step.for_each else "")


def _wanted(book: Runbook) -> list[str]:
    return [name for name, param in book.params.items() if param.required]
