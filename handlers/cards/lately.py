"""What happened in a time, what was done of one kind, and what somebody did: rows with the newest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.catalogue.deployments.deployment import Deployment
from core.incidents.incident import Incident
from core.incidents.severity import label
from core.runbooks.execution import Execution
from core.runbooks.gate import began_by
from core.runbooks.plan import Plan
from core.text import cut, moment, one_line
from core.world import World
from handlers.cards.card import Card, Table, Text, When, line, literals
from handlers.cards.execution import HEADS

_MOST = 15


@dataclass(frozen=True)
class Happening:
    """One thing that happened: when, what, and who did it, if that is known."""

    at: datetime
    what: str
    who: str = ""


def of_incident(one: Incident) -> Happening:
    """That it was declared, and how far it is."""
    return Happening(
        one.created,
        f"{one.id} {label(one.severity)}, now {one.state}: {cut(one.title, 100)}",
        one.declared_name,
    )


def of_run(world: World, one: Execution) -> Happening:
    """That it was asked for, and how far it is."""
    by = world.people.get(one.by)
    return Happening(
        one.created_at,
        f"{one.id} {_done(one)}: {HEADS[one.state][0]}",
        by.name if by else began_by(one.by),
    )


def _done(one: Execution) -> str:
    """What it does, with the version that it brings."""
    version = one_line(str(one.params.get("version") or ""), 40)
    return f"{Plan.model_validate(one.plan).title}{f', version {version}' if version else ''}"


def of_deployment(one: Deployment) -> Happening:
    """That it was reported."""
    return Happening(one.at, one_line(one.said, 200), one_line(one.by or one.via, 80))


def card(
    title: str, rows: Sequence[Happening], none: str, *, earlier: Sequence[Happening] = (), more: str = ""
) -> Card:
    """The rows, the newest first; where there is none what is told then, and the last before. `more` says what was looked at."""
    said = tuple(Text(line=literals(one), small=True) for one in (more,) if one)
    if not rows:
        before = f" The last before: {_words(earlier[0])}." if earlier else ""
        return Card(
            parts=(Text(line=literals(f"{none}{before}")), *said), summary=f"{none}{before} {more}".strip()
        )
    is_signed = any(one.who for one in rows)
    shown = tuple(
        (
            line(When(at=one.at, style="date_time")),
            line(one_line(one.what, 240)),
            *((line(one.who or "–"),) if is_signed else ()),
        )
        for one in rows[:_MOST]
    )
    left = f"… and {len(rows) - _MOST} more, before those." if len(rows) > _MOST else ""
    table = Table(head=("When", "What", "Who")[: 3 if is_signed else 2], rows=shown)
    summary = f"{title}: {'; '.join(map(_words, rows[:_MOST]))}. {left}"
    return Card(
        title=title,
        parts=(table, *((Text(line=line(left)),) if left else ()), *said),
        summary=cut(summary, 1_000).strip(),
    )


def _words(one: Happening) -> str:
    return f"{moment(one.at)} {one.what}{f', by {one.who}' if one.who else ''}"
