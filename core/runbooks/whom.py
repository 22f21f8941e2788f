"""Whom the approval steps of a runbook's file name: each entry one group, and one that there is. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.errors import Problem
from core.runbooks.definition import Ask
from core.runbooks.references import Parts, Path
from core.source import Source


@dataclass(frozen=True)
class Whom:
    """Whom a step may ask. `people` are humans, `on_call` the teams that have a schedule."""

    roles: Collection[str]
    teams: Collection[str]
    people: Collection[str]
    schedules: Collection[str]
    on_call: Collection[str]


def check(source: Source, parts: Parts, whom: Whom | None) -> Iterator[Problem]:
    """Entries that name no group or several; and, where it is known `whom` there is, those that name none of them."""
    for path, step in parts.steps:
        if step.approval is None:
            continue
        for key, asks in (("ask", step.approval.ask), ("veto", step.approval.veto)):
            for index, ask in enumerate(asks):
                yield from _group(source, (*path, "approval", key, index), ask, whom)


def _group(source: Source, path: Path, ask: Ask, whom: Whom | None) -> Iterator[Problem]:
    named = {"role": ask.role, "team": ask.team, "person": ask.person, "schedule": ask.schedule}
    given = [(kind, name) for kind, name in named.items() if name]
    if len(given) != 1:
        what = f"This names {len(given)} of role, team, person and schedule."
        yield source.problem(path, what, "Name exactly one of them.")
        return
    kind, name = given[0]
    if ask.oncall and kind != "team":
        yield source.problem(path, "`oncall` is for a team.", "Write `{team: …, oncall: true}`.")
    if whom is None:
        return
    known = {"role": whom.roles, "team": whom.teams, "person": whom.people, "schedule": whom.schedules}
    if name not in known[kind]:
        yield source.unknown((*path, kind), kind, name, known[kind])
    elif ask.oncall and kind == "team" and name not in whom.on_call:
        yield source.problem((*path, "oncall"), f"{name} has no schedule.", "Give the team a `schedule`.")
