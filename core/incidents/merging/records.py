"""The rows that move when an incident becomes part of another."""

from dataclasses import replace

import sqlalchemy as sa

from core.incidents.alerts.records import GROUP
from core.incidents.links import records as links
from core.incidents.records import ENTRY
from core.incidents.tasks import records as tasks
from core.incidents.triage import records as triage
from core.store import deadlines
from core.store.engine import Unit


def move(unit: Unit, source: str, target: str) -> None:
    """Groups of alerts, the timeline, tasks, links and hypotheses of one incident belong to the other."""
    unit.conn.execute(sa.update(GROUP).where(GROUP.c.incident == source).values(incident=target))
    first = sa.case((ENTRY.c.of == "", source), else_=ENTRY.c.of)
    unit.conn.execute(sa.update(ENTRY).where(ENTRY.c.incident == source).values(incident=target, of=first))
    _tasks(unit, source, target)
    _links(unit, source, target)
    known = {one.key for one in triage.kept(unit, target)}
    for one in triage.kept(unit, source):
        if one.key in known and one.key.startswith("H"):
            one = replace(one, key=f"{one.key}-{source}")  # noqa: PLW2901 - the same under a name of its own
        if one.key not in known:
            triage.keep(unit, target, one)


def _tasks(unit: Unit, source: str, target: str) -> None:
    number = len(tasks.of(unit, target))
    for task in tasks.of(unit, source):
        number += 1
        moved = replace(task, incident=target, number=number)
        mine = sa.and_(tasks.TASK.c.incident == source, tasks.TASK.c.number == task.number)
        unit.conn.execute(sa.update(tasks.TASK).where(mine).values(incident=target, number=number))
        if task.done is None and task.due is not None:
            deadlines.clear(unit, tasks.DUE, task.ref)
            deadlines.set(unit, tasks.DUE, moved.ref, max(task.due, unit.now))


def _links(unit: Unit, source: str, target: str) -> None:
    known = {one.to for one in links.of(unit, target)} | {target}
    for one in links.of(unit, source):
        if one.sort == "incident":
            links.remove(unit, one.to, source)
        if one.to not in known:
            links.add(unit, target, one)
            back = {each.to for each in links.of(unit, one.to)} if one.sort == "incident" else {target}
            if target not in back:
                links.add(unit, one.to, replace(one, to=target))
        links.remove(unit, source, one.to)
