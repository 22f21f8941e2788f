"""What is to be done by itself about an incident now: begin a runbook, wait, stop, or nothing. Pure.

Source: the co-pilot design (3.3, step 5), whose question is asked anew before each run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.incidents.incident import Incident, State
from core.incidents.remedies import words
from core.incidents.remedies.config import RemediationConfig, RuleConfig
from core.incidents.remedies.remedy import Course, Signs, Stage, Try, Waiting
from core.text import moment

HOUR, AGAIN = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Facts:
    """What is known. `tries` are the incident's; `lately` is when runs began by themselves within an hour, for all.

    `latest` is when each runbook began by itself for this service, and `waiting` are those for it that have
    not begun yet: what only waits, or was called off, has not run.
    """

    incident: Incident
    signs: Signs
    course: Course
    rules: Sequence[RuleConfig]
    tries: Sequence[Try] = ()
    lately: Sequence[datetime] = ()
    latest: Mapping[str, datetime] = field(default_factory=dict)
    waiting: Sequence[Waiting] = ()


@dataclass(frozen=True)
class Begin:
    """Let this rule's runbook begin."""

    rule: RuleConfig


@dataclass(frozen=True)
class Later:
    """Look again then; `why` is told."""

    at: datetime
    why: str


@dataclass(frozen=True)
class Wait:
    """Another run of it has not begun yet, and nobody knows when; `why` is told once."""

    why: str


@dataclass(frozen=True)
class Stop:
    """Nothing more is begun by itself; `why` is told."""

    why: str


Decision = Begin | Later | Wait | Stop | None


def may_act(facts: Facts) -> bool:
    """Whether anything may be begun by itself at all: something is wrong, nobody said hold, nothing goes on."""
    incident = facts.incident
    is_worked_on = incident.is_open and incident.state is not State.MONITORING and not incident.is_test
    is_free = not facts.course.held_by and not facts.course.stopped
    return (
        is_worked_on
        and is_free
        and facts.signs is Signs.WRONG
        and not any(one.stage.is_going_on for one in facts.tries)
    )


def decide(config: RemediationConfig, facts: Facts, now: datetime) -> Decision:
    """What is to be done now."""
    if not may_act(facts):
        return None
    if why := spent(config, facts):
        return Stop(why) if facts.tries else None
    left = _left(facts)
    held = {one.runbook for one in facts.waiting}
    ready = [rule for rule in left if rule.runbook not in held and not _is_cooling(config, facts, rule, now)]
    if not ready:
        return _none_ready(config, facts, left)
    recent = sorted(at for at in facts.lately if now - at < HOUR)
    if len(recent) >= config.per_hour:
        room = recent[len(recent) - config.per_hour] + HOUR
        return Later(room, f"the limit of {config.per_hour} an hour for all incidents is reached")
    return Begin(ready[0])


def spent(config: RemediationConfig, facts: Facts) -> str:
    """Why nothing more may begin by itself for an incident, whoever lets it go on; empty while something may."""
    if begun(facts.tries) >= config.per_incident:
        runs = "1 run" if config.per_incident == 1 else f"{config.per_incident} runs"
        return f"the limit of {runs} for one incident is reached"
    return "" if _left(facts) else "nothing that may begin by itself is left"


def _left(facts: Facts) -> list[RuleConfig]:
    """What was not tried yet; what was called off was not."""
    tried = {one.runbook for one in facts.tries if one.stage is not Stage.CALLED_OFF}
    return [rule for rule in facts.rules if rule.runbook not in tried]


def begun(tries: Sequence[Try]) -> int:
    """How many of them began to run. What people refused, or what was called off before, did not."""
    return sum(bool(one.execution) and one.stage not in (Stage.REFUSED, Stage.CALLED_OFF) for one in tries)


def _is_cooling(config: RemediationConfig, facts: Facts, rule: RuleConfig, now: datetime) -> bool:
    before = facts.latest.get(rule.runbook)
    return before is not None and now - before < config.cool_down


def _none_ready(config: RemediationConfig, facts: Facts, left: Sequence[RuleConfig]) -> Decision:
    """What is waited for, where nothing of what is left may begin now."""
    books = {rule.runbook for rule in left}
    for one in facts.waiting:
        if one.runbook in books:
            return Wait(words.waits(one))
    soonest = min(left, key=lambda rule: facts.latest[rule.runbook])
    at = facts.latest[soonest.runbook] + config.cool_down
    service = facts.incident.service
    return Later(
        at, f"{soonest.runbook} ran for {service} by itself at {moment(facts.latest[soonest.runbook])}"
    )
