"""What is to be done in an incident: a line for its card, the whole list, and one task for whoever has it. Pure."""

from collections.abc import Sequence

from core.incidents.incident import Incident
from core.incidents.tasks.task import Task
from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Control,
    Line,
    Part,
    Select,
    Span,
    Step,
    Steps,
    Text,
    When,
    line,
)

_MENU = 25
MOST = 25


def brief(known: Sequence[Task]) -> list[Part]:
    """How many are done, and the next of those that are not; nothing where there are none."""
    if not known:
        return []
    left = [task for task in known if task.done is None]
    said: list[str | Span] = [Bold(text="Tasks: "), f"{len(known) - len(left)} of {len(known)} done"]
    if left:
        said += [", next: ", *_what(left[0])]
    return [Text(line=line(*said))]


def listing(incident: Incident, known: Sequence[Task]) -> Card:
    """Every task, with a menu to finish one."""
    left = [task for task in known if task.done is None]
    how = f"/incident task add {incident.id} …"
    if not known:
        nothing = f"Nothing is to be done for {incident.id}. Add something: {how}"
        return Card(parts=(Text(line=line(nothing)),), summary=nothing, hint=how)
    items = tuple(
        Step(
            mark="done" if task.done else "pending",
            name=f"{task.number}. {cut(task.text, 200)}",
            detail=_detail(task),
        )
        for task in known
    )
    said = "; ".join(f"{task.number}. {task.words}{', done' if task.done else ''}" for task in known)
    return Card(
        title=f"Tasks of {incident.id}: {len(known) - len(left)} of {len(known)} done",
        parts=(Steps(items=items),),
        controls=_menu(incident, left),
        footer=line(one_line(incident.title, 120)),
        summary=f"Tasks of {incident.id}: {said}.",
        hint=how,
    )


def everywhere(known: Sequence[Task], whose: str) -> Card:
    """What is still to be done in all incidents; `whose`: “yours”, somebody's name, or empty for everybody's."""
    of = {"": "", "yours": " that are yours"}.get(whose, f" of {whose}")
    how = "/incident task add INC-… …"
    if not known:
        nothing = f"No tasks{of} are open. Add one: {how}"
        return Card(parts=(Text(line=line(nothing)),), summary=nothing, hint=how)
    shown = known[:MOST]
    items = tuple(
        Step(
            mark="pending", name=f"{task.incident} {task.number}. {cut(task.text, 200)}", detail=_detail(task)
        )
        for task in shown
    )
    more = "" if len(known) == len(shown) else f", the first {MOST}"
    said = "; ".join(f"{task.incident} {task.number}. {task.words}" for task in shown)
    return Card(
        title=f"Open tasks{of}{more}",
        parts=(Steps(items=items),),
        summary=cut(f"Open tasks{of}{more}: {said}.", 1_000),
        hint="/incident task done INC-… 1",
    )


def due(incident: Incident, task: Task) -> Card:
    """A task that is due, for whoever has it alone."""
    if task.done is not None:
        words = f"Task {task.number} of {incident.id} is done, by {task.done_by}."
        return Card(parts=(Text(line=line(words)),), summary=words)
    title = f"{incident.id}: task {task.number} is due"
    done = Button(
        label="Done",
        verb="incident.task",
        object=incident.id,
        args={"value": f"done {task.number}"},
        style="primary",
        speak=f"Task {task.number} of {incident.id} is done: {cut(task.text, 60)}",
    )
    return Card(
        title=title,
        tone="waiting",
        parts=(Text(line=line(Bold(text=task.text))), Text(line=line(cut(incident.title, 150)), small=True)),
        controls=(done,),
        summary=f"{title}: {task.text}. {incident.title}",
        hint=f"/incident task done {incident.id} {task.number}",
    )


def left(known: Sequence[Task]) -> str:
    """What is still to be done, in a sentence; empty if nothing is."""
    names = [f"{task.number}. {one_line(task.words, 120)}" for task in known if task.done is None]
    return f"Still to do: {'; '.join(names)}." if names else ""


def _what(task: Task) -> Line:
    until = (", until ", When(at=task.due, style="date_time")) if task.due else ()
    return line(f"{cut(task.text, 120)} ({task.assignee_name or 'anybody'}", *until, ")")


def _detail(task: Task) -> Line:
    if task.done is not None:
        return line(f"by {task.done_by}, ", When(at=task.done, style="date_time"))
    until = (", until ", When(at=task.due, style="date_time")) if task.due else ()
    return line(task.assignee_name or "anybody", *until)


def _menu(incident: Incident, open_tasks: Sequence[Task]) -> tuple[Control, ...]:
    options = tuple(
        (cut(f"{task.number}. {task.text}", 70), f"done {task.number}") for task in open_tasks[:_MENU]
    )
    if not options:
        return ()
    return (Select(label="Done", verb="incident.task", object=incident.id, options=options),)
