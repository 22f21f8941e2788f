"""What one policy has to say about one subject: every reason, with the inputs it saw. Pure; fails closed.

Whatever cannot be judged (a missing or stale value, not a number, an error of any kind) is a reason by itself,
DATA_GAP of severity HIGH: an error never lets anything pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core import cel
from core.approvals.config import EXPRESSION_NAMES, Policy, TriggerConfig
from core.approvals.limits import Multiples
from core.approvals.request import SEVERITIES, Ask, Finding, Severity
from core.errors import Invalid

DATA_GAP = "DATA_GAP"
# How far the clocks of two machines may be apart before a moment counts as not yet there.
_CLOCKS = timedelta(minutes=1)

# What a pack of built-in triggers finds: reasons to ask, and reasons to refuse.
Found = tuple[tuple[Finding, ...], tuple[Finding, ...]]
Pack = Callable[[Policy, Mapping[str, Any], datetime], Found]


@dataclass(frozen=True)
class Heard:
    """A reason, whom it asks beyond those of the policy, and whether it refuses."""

    finding: Finding
    ask: tuple[Ask, ...] = ()
    approvals: int = 1
    denies: bool = False


@dataclass(frozen=True)
class Scene:
    """A subject at a moment, prepared for many conditions; `trouble` says why it cannot be judged at all."""

    subject: Mapping[str, Any]
    now: datetime
    values: cel.Values | None
    trouble: str = ""


def scene(subject: Mapping[str, Any], now: datetime) -> Scene:
    """The subject, looked at once."""
    try:
        return Scene(subject, now, cel.Values({"subject": subject, "now": now}))
    except Invalid as error:
        return Scene(subject, now, None, error.what)


def hear(policy: Policy, seen: Scene, packs: Mapping[str, Pack]) -> tuple[Heard, ...]:
    """Every reason this policy has; none if it is silent."""
    heard = _hear(policy, seen, packs)
    return tuple(_asking(policy, one) for one in heard) if policy.asks else heard


def _asking(policy: Policy, heard: Heard) -> Heard:
    """The reason with those whom it asks by its code and severity."""
    how_grave = SEVERITIES.index(heard.finding.severity)
    wanted = [
        one
        for one in policy.asks
        if one.trigger == heard.finding.code and SEVERITIES.index(one.at_least) <= how_grave
    ]
    return replace(
        heard,
        ask=(*heard.ask, *(ask for one in wanted for ask in one.ask)),
        approvals=max([heard.approvals, *(one.approvals for one in wanted)]),
    )


def _hear(policy: Policy, seen: Scene, packs: Mapping[str, Pack]) -> tuple[Heard, ...]:
    denies = policy.effect == "deny"
    if seen.values is None:
        return (_gap(policy, seen.trouble, {}, denies=denies), *_of_pack(policy, seen, packs))
    gaps = _stale(policy, seen, seen.values)
    try:
        speaks = not policy.when or _program(policy.when).holds(seen.values)
    except Invalid as error:
        gap = _gap(policy, error.what, inputs(policy.when, seen), denies=denies)
        return (*gaps, gap, *_of_pack(policy, seen, packs))
    if not speaks:
        return gaps
    gaps = (*gaps, *_sessionless(policy, seen))
    if not policy.triggers and policy.pack is None:
        said = policy.reason or policy.name
        finding = _finding(policy, policy.name, policy.severity, said, inputs(policy.when, seen))
        return (*gaps, Heard(finding, denies=denies))
    fired = (_fire(policy, trigger, seen, seen.values) for trigger in policy.triggers)
    return (*gaps, *(heard for heard in fired if heard is not None), *_of_pack(policy, seen, packs))


def inputs(text: str, seen: Scene) -> dict[str, Any]:
    """The parts of the subject that an expression names, by their path."""
    if not text:
        return {}
    paths = _program(text).paths
    return {
        ".".join(path): _at(seen.subject, path[1:]) for path in paths if path[0] == "subject" and path[1:]
    }


def _fire(policy: Policy, trigger: TriggerConfig, seen: Scene, values: cel.Values) -> Heard | None:
    denies = policy.effect == "deny"
    text = trigger.when or trigger.measure
    shown = inputs(text, seen)
    try:
        if trigger.when:
            severity = trigger.severity or policy.severity
            said = trigger.message or f"{trigger.name}: {_listed(shown)}"
            fires = _program(trigger.when).holds(values)
        else:
            measure = _number(_program(trigger.measure).run(values), trigger.measure)
            fires, times = _reached(trigger, measure)
            severity = trigger.severity or grave(times, trigger.multiples)
            said = trigger.message or _in_words(trigger, measure)
            shown |= {"measure": str(measure), "limit": str(trigger.limit or trigger.floor)}
    except Invalid as error:
        return _gap(policy, f"{trigger.name}: {error.what}", shown, denies=denies)
    if not fires:
        return None
    finding = _finding(policy, trigger.name, severity, said, shown)
    return Heard(finding, trigger.ask, trigger.approvals, denies)


def grave(times: Decimal, multiples: Multiples) -> Severity:
    """How grave it is to have reached a limit so many times over."""
    if times >= Decimal(str(multiples.critical)):
        return "CRITICAL"
    if times >= Decimal(str(multiples.high)):
        return "HIGH"
    return "MEDIUM" if times >= Decimal(str(multiples.medium)) else "LOW"


def _reached(trigger: TriggerConfig, measure: Decimal) -> tuple[bool, Decimal]:
    if trigger.limit is not None:
        return measure >= trigger.limit, measure / trigger.limit
    floor = trigger.floor or Decimal(1)
    # At or below nothing, no number of times is too many.
    return measure <= floor, floor / measure if measure > 0 else Decimal("Infinity")


def _in_words(trigger: TriggerConfig, measure: Decimal) -> str:
    if trigger.limit is not None:
        relation = "is at the limit of" if measure == trigger.limit else "is over the limit of"
        return f"{trigger.measure} is {_shown(measure)}, which {relation} {_shown(trigger.limit)}"
    floor = trigger.floor or Decimal(0)
    relation = "is at the least of" if measure == floor else "is under the least of"
    return f"{trigger.measure} is {_shown(measure)}, which {relation} {_shown(floor)}"


def _shown(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: Any, text: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Invalid(f"“{text}” gave {value!r}, which is no number.")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        raise Invalid(f"“{text}” gave {value!r}, which is no number.") from None
    if not number.is_finite():
        raise Invalid(f"“{text}” gave {value!r}, which is no number.")
    return number


def _stale(policy: Policy, seen: Scene, values: cel.Values) -> tuple[Heard, ...]:
    found = []
    denies = policy.effect == "deny"
    for text, oldest in policy.fresh.items():
        try:
            age = seen.now - _moment(_program(text).run(values), text)
        except Invalid as error:
            found.append(_gap(policy, error.what, inputs(text, seen), denies=denies))
            continue
        if not -_CLOCKS <= age <= oldest:
            why = f"{text} is {age.total_seconds():.0f} s old, and may be {oldest.total_seconds():.0f} s at most"
            found.append(_gap(policy, why, inputs(text, seen), denies=denies))
    return tuple(found)


def closing(subject: Mapping[str, Any]) -> datetime | None:
    """When the venue's session closes, as the subject says in `market.session.closes`; None if it does not."""
    at = _at(subject, ("market", "session", "closes"))
    try:
        return _moment(at, "subject.market.session.closes")
    except Invalid:
        return None


def _sessionless(policy: Policy, seen: Scene) -> tuple[Heard, ...]:
    """A policy that ends with the session has to know when that is."""
    if not policy.within_session or closing(seen.subject) is not None:
        return ()
    why = "subject.market.session.closes says no moment"
    return (_gap(policy, why, {}, denies=policy.effect == "deny"),)


def _moment(value: Any, text: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"“{text}” gave {value!r}, which is no moment.") from None
    if at.tzinfo is None:
        raise Invalid(f"“{text}” gave a moment without a zone.")
    return at


def _of_pack(policy: Policy, seen: Scene, packs: Mapping[str, Pack]) -> tuple[Heard, ...]:
    """What the pack finds. It is heard even where a condition fails: what it refuses, nobody may let through."""
    if policy.pack is None:
        return ()
    denies = policy.effect == "deny"
    pack = packs.get(policy.pack)
    if pack is None:
        return (_gap(policy, f"There is no pack {policy.pack} here", {}, denies=denies),)
    try:
        asks, refusals = pack(policy, seen.subject, seen.now)
    except Exception as error:  # noqa: BLE001 - an error of any kind is a reason by itself
        return (_gap(policy, f"{policy.pack} failed ({type(error).__name__})", {}, denies=denies),)
    return (*(Heard(one, denies=denies) for one in asks), *(Heard(one, denies=True) for one in refusals))


def _gap(policy: Policy, why: str, seen: dict[str, Any], *, denies: bool) -> Heard:
    finding = _finding(policy, DATA_GAP, "HIGH", f"It could not be judged: {why}", seen)
    return Heard(finding, denies=denies)


def _finding(policy: Policy, code: str, severity: Severity, said: str, seen: dict[str, Any]) -> Finding:
    return Finding(policy=policy.name, code=code, severity=severity, message=said, inputs=seen)


def _program(text: str) -> cel.Program:
    return cel.compile(text, EXPRESSION_NAMES)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _listed(shown: Mapping[str, Any]) -> str:
    return ", ".join(f"{path.removeprefix('subject.')} is {value}" for path, value in shown.items())
