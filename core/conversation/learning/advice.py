"""What somebody could do next, each with its reason: from what is going on, and from what they did before. Pure.

Nothing here runs anything. Source: the co-pilot design's recommendations (6.3), ranked by how sure each is, five at most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.conversation.learning.habit import sure
from core.conversation.learning.units import Next

MOST = 5
_LEAST = 2  # times that something must have followed


@dataclass(frozen=True)
class Advice:
    """What to say, why, and how sure that is, from 0 to 1."""

    command: str
    reason: str
    confidence: float


@dataclass(frozen=True)
class Trouble:
    """An open incident, and the runbooks that its service names as its own and that the person may run."""

    id: str
    title: str
    service: str
    severity: int
    runbooks: tuple[str, ...]
    helped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """What is going on for somebody: incidents, how many requests wait for them, what they did last, and what they do otherwise."""

    troubles: Sequence[Trouble] = ()
    waiting: Sequence[str] = ()
    last: str = ""
    after: Sequence[Next] = ()
    usual: Sequence[Next] = ()


def advise(now: Situation) -> tuple[Advice, ...]:
    """The five that are surest, each command once."""
    best: dict[str, Advice] = {}
    for one in (*_incidents(now), *_requests(now), *_after(now), *_usual(now)):
        if one.command not in best or best[one.command].confidence < one.confidence:
            best[one.command] = one
    return tuple(sorted(best.values(), key=lambda one: -one.confidence)[:MOST])


def _incidents(now: Situation) -> Iterable[Advice]:
    for one in now.troubles:
        # Severity 1 is the worst.
        weight = 0.95 - 0.05 * one.severity
        where = f"{one.id} is open on {one.service}" if one.service else f"{one.id} is open"
        yield Advice(f"/incident show {one.id}", f"{where}: {one.title}", weight - 0.02)
        for name in one.runbooks:
            helped = name in one.helped
            why = f"{where}, and {one.service} names {name} as its own"
            why += "; it was run for an earlier incident there" if helped else ""
            yield Advice(
                f"/runbook plan {name} service={one.service} incident={one.id}",
                f"{why}. This only shows what it would do",
                weight + (0.04 if helped else 0.0),
            )


def _requests(now: Situation) -> Iterable[Advice]:
    if now.waiting:
        ids = ", ".join(now.waiting[:3])
        many = "1 request waits" if len(now.waiting) == 1 else f"{len(now.waiting)} requests wait"
        yield Advice("/approvals list waiting", f"{many} for you: {ids}", 0.85)


def _after(now: Situation) -> Iterable[Advice]:
    for one in now.after:
        if one.count >= _LEAST:
            why = f"After {now.last} you did this {one.count} of {one.total} times within half an hour"
            yield Advice(one.value, why, sure(one.count, one.total))


def _usual(now: Situation) -> Iterable[Advice]:
    for one in now.usual:
        if one.count > _LEAST:
            why = f"At this hour you did this {one.count} times before"
            yield Advice(one.value, why, sure(one.count, one.total) / 2)
