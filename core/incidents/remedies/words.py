"""What an incident's timeline and thread say of what runs by itself. Pure."""

from datetime import datetime

from core.incidents.remedies.remedy import Try, Waiting
from core.text import moment


def begins(runbook: str, execution: str, number: int, most: int, *, is_asked: bool) -> str:
    """A run begins by itself."""
    waits = " and waits for the people whom it asks" if is_asked else ""
    return f"{runbook} begins by itself as {execution} ({number} of at most {most}){waits}. `/incident hold` stops what runs by itself."


def refused(runbook: str, why: str) -> str:
    """A runbook was to begin, and was not allowed to."""
    return f"{runbook} was to begin by itself, and did not: {why}"


def watched(one: Try, until: datetime) -> str:
    """It is done; it is watched whether it helped."""
    return f"{one.execution} ({one.runbook}) is done. Whether it helped is watched until {moment(until)}."


def helped(one: Try, what: str, now: datetime) -> str:
    """What began the incident is over."""
    return f"{one.execution} ({one.runbook}) helped: {what} (checked {moment(now)})."


def no_help(one: Try, what: str, now: datetime) -> str:
    """What began the incident is still wrong."""
    return f"{one.execution} ({one.runbook}) did not help: {what} (checked {moment(now)})."


def failed(one: Try, state: str) -> str:
    """A run that began by itself did not end well."""
    return f"{one.execution} ({one.runbook}) ended {state}"


def called_off(one: Try, why: str) -> str:
    """A run that waited for people is not wanted any more."""
    return f"{one.execution} ({one.runbook}) is called off before it began: {why}."


def stopped(why: str) -> str:
    """Nothing more begins by itself."""
    return f"Nothing more begins by itself here: {why}. It is with people now; `/incident release` lets it go on."


def spent(why: str) -> str:
    """Nothing more begins by itself, which letting it go on would not change."""
    return f"Nothing more begins by itself here: {why}. It is with people now; `/runbook run` begins one by hand."


def stopped_after(ending: str, why_spent: str = "") -> str:
    """A run did not end well, as `ending` says, and nothing more begins by itself; `why_spent` is why letting it go on changes nothing."""
    if why_spent:
        return f"{ending} {spent(why_spent)}"
    return f"{ending} Nothing more begins by itself here; it is with people now: `/incident release` lets it go on."


def later(at: datetime, why: str) -> str:
    """Something would begin by itself, and waits for a limit."""
    return f"Nothing begins by itself before {moment(at)}: {why}."


def waits(one: Waiting) -> str:
    """A run has not begun yet: people are asked first, or another run goes before it."""
    return f"{one.execution} still waits {f'for {one.request}' if one.request else 'to begin'}"


def not_yet(why: str) -> str:
    """Something would begin by itself, and waits for what nobody knows the end of."""
    return f"Nothing begins by itself here yet: {why}."


def held(name: str, why: str, running: str) -> str:
    """Somebody said hold."""
    because = f": {why}" if why else "."
    goes_on = f" {running} goes on; `/runbook cancel {running}` stops it." if running else ""
    return f"{name} said hold: nothing begins by itself here{because}{goes_on}"


def released(name: str) -> str:
    """Somebody lets it go on."""
    return f"{name} lets runbooks begin by themselves again."


def signs_are(service: str, *, of_alerts: bool, over: bool) -> str:
    """How that stands by which one can tell."""
    if of_alerts:
        return "its alerts are over" if over else "its alerts still fire"
    return f"{service} is healthy again" if over else f"{service} is still not healthy"
