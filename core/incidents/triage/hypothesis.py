"""A guess at the cause with its evidence, what people said of it, and guesses made of facts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.catalogue.graph import dependencies, shared
from core.incidents.triage.facts import Facts
from core.runbooks.gate import began_by
from core.text import moment, one_line

LATELY = timedelta(hours=2)
"""How long before an incident a run may have begun and still be suspected."""

_MOST = 5
_FIRST, _STEP = 80, 10
_FRESH = 95


class Verdict(StrEnum):
    """What people think of it."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    RULED_OUT = "ruled out"


@dataclass(frozen=True)
class Hypothesis:
    """A possible cause. `key` names it, `evidence` says why in a line, `weight` (0 to 100) orders; `by` judged it."""

    key: str
    text: str
    evidence: str
    weight: int = 0
    verdict: Verdict = Verdict.SUSPECTED
    by: str = ""
    why: str = ""


def guess(facts: Facts) -> tuple[Hypothesis, ...]:
    """The most likely causes by what is known, the likeliest first; the same facts give the same."""
    made = [
        *_changes(facts),
        *_deployments(facts),
        *_dependencies(facts),
        *_alerts(facts),
        *_others(facts),
        *_common(facts),
        *_past(facts),
    ]
    best: dict[str, Hypothesis] = {}
    for one in sorted(made, key=lambda each: (-each.weight, each.key, each.evidence)):
        best.setdefault(one.key, one)
    return tuple(best.values())[:_MOST]


def judged(guesses: Iterable[Hypothesis], kept: Iterable[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Guesses with what people said of them, and those that people added: confirmed first, ruled out last."""
    known = {one.key: one for one in kept}
    fresh = [one for one in guesses if one.key not in known]
    order = {Verdict.CONFIRMED: 0, Verdict.SUSPECTED: 1, Verdict.RULED_OUT: 2}
    return tuple(
        sorted([*known.values(), *fresh], key=lambda one: (order[one.verdict], -one.weight, one.key))
    )


def _changes(facts: Facts) -> Iterable[Hypothesis]:
    """What was run for the service, or for what it depends on, shortly before: the later, the likelier."""
    distance = {facts.service: 0} | dependencies(facts.services, facts.service)
    for run in facts.runs:
        ago = facts.began - run.at
        if run.service not in distance or not timedelta() <= ago <= LATELY:
            continue
        weight = _FRESH - int(ago / timedelta(minutes=3)) - _STEP * distance[run.service]
        who = began_by(run.by) or "somebody"
        begun = f"{run.id} by {who}" if who == run.by or not run.by else f"{run.id} (by {who})"
        evidence = f"{begun} began {_before(ago)} it"
        yield Hypothesis(run.id, f"{run.runbook} of {run.service}", evidence, max(weight, 1))


def _deployments(facts: Facts) -> Iterable[Hypothesis]:
    """What pipelines deployed shortly before its first alert: the later, the likelier."""
    distance = {facts.service: 0} | dependencies(facts.services, facts.service)
    first = min(facts.first or facts.began, facts.began)
    what = "the first alert" if facts.first is not None else "it"
    for one in facts.deployments:
        ago = first - one.at
        if one.service not in distance or not timedelta() <= ago <= LATELY:
            continue
        weight = _FRESH - int(ago / timedelta(minutes=3)) - _STEP * distance[one.service]
        said = [f"reported by {one.via}", f"by {one.by}" if one.by else "", one.url]
        text = f"{one.said} {_before(ago)} {what}"
        yield Hypothesis(one.id, text, ", ".join(part for part in said if part), max(weight, 1))


def _dependencies(facts: Facts) -> Iterable[Hypothesis]:
    for name, far in dependencies(facts.services, facts.service).items():
        status = facts.health.get(name)
        if status in ("unhealthy", "degraded"):
            weight = (_FIRST if status == "unhealthy" else _FIRST - 2 * _STEP) - _STEP * (far - 1)
            yield Hypothesis(
                name, f"{name} is {status}", f"{_depends(facts, far)} {name}, by its checks", max(weight, 1)
            )


def _alerts(facts: Facts) -> Iterable[Hypothesis]:
    far = dependencies(facts.services, facts.service)
    for alert in facts.nearby:
        if alert.service in far:
            since = f"{one_line(alert.name, 80)} fires since {moment(alert.at)}"
            evidence = f"{since}; {_depends(facts, far[alert.service])} {alert.service}"
            yield Hypothesis(
                alert.service,
                f"{alert.service} has alerts",
                evidence,
                max(65 - _STEP * (far[alert.service] - 1), 1),
            )


def _others(facts: Facts) -> Iterable[Hypothesis]:
    far = dependencies(facts.services, facts.service)
    for one in facts.others:
        if one.service in far:
            since = f"{one.id} is open since {moment(one.at)}"
            evidence = f"{since}; {_depends(facts, far[one.service])} {one.service}"
            yield Hypothesis(
                one.id,
                f"{one.service} has an incident: {one_line(one.name, 80)}",
                evidence,
                max(75 - _STEP * (far[one.service] - 1), 1),
            )


def _common(facts: Facts) -> Iterable[Hypothesis]:
    """What all the services that are hit depend on."""
    hit = sorted({facts.service, *facts.touched} - {""})
    if len(hit) > 1:
        for name in shared(facts.services, hit):
            yield Hypothesis(name, f"{name} is behind it", f"{' and '.join(hit[:3])} depend on {name}", 55)


def _past(facts: Facts) -> Iterable[Hypothesis]:
    for one in facts.past:
        text = f"the same cause as before: {one_line(one.cause, 100)}"
        days = (facts.began - one.at).days
        before = f"{days} day{'' if days == 1 else 's'} before" if days else "less than a day before"
        yield Hypothesis(one.id, text, f"{one.id} on the same service, {before}", 30)


def _depends(facts: Facts, far: int) -> str:
    return f"{facts.service} depends{'' if far == 1 else ' by others'} on"


def _before(ago: timedelta) -> str:
    minutes = int(ago / timedelta(minutes=1))
    return (
        "less than a minute before"
        if not minutes
        else f"{minutes} minute{'' if minutes == 1 else 's'} before"
    )
