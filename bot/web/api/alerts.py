"""Alerts and silences for programs."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Page, Query, Route, numbered
from core.digest import digest
from core.errors import Invalid
from core.ids import parse_numbered
from core.incidents.alerts import records
from core.incidents.alerts.alert import Alert, Group, State
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.muting import units as muting
from core.incidents.silences import records as silences
from core.incidents.silences.silence import MOST_MATCHERS, Matcher, Silence, parse
from core.incidents.units import PREFIX
from core.store.engine import Unit
from core.text import one_line

_OURS = frozenset({"begun", "told", "told_over", "told_flaps", "episodes"})


class Which(Page):
    """Which alerts; what is left out does not matter."""

    state: State | None = None
    service: str = Field(default="", max_length=64)
    group: str = Field(default="", max_length=24)
    incident: str = Field(default="", max_length=24)
    silenced: bool | None = None


class Quiet(Body):
    """For how many minutes, and which alerts: conditions on their labels, or those of an incident."""

    minutes: int = Field(ge=1, le=129_600)
    labels: tuple[Annotated[str, Field(max_length=400)], ...] = Field(default=(), max_length=MOST_MATCHERS)
    incident: str = Field(default="", max_length=24)
    reason: str = Field(default="", max_length=500)


class Nothing(Body):
    """A body without anything."""


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    return (
        Route(
            "GET",
            "/alerts",
            "Alerts, firing ones first, the gravest of these before all.",
            "incident.read",
            listing,
            query=Which,
        ),
        Route("GET", "/alerts/{id}", "One alert.", "incident.read", show, query=Query, refuses=(404,)),
        Route("GET", "/silences", "What is kept quiet now.", "incident.read", quiet),
        Route(
            "POST",
            "/silences",
            "Keep alerts quiet for a time.",
            "incident.silence",
            silence,
            Quiet,
            statuses=(201,),
            refuses=(404,),
        ),
        Route(
            "POST",
            "/silences/{id}/end",
            "End a silence; what still fires is told.",
            "incident.silence",
            unsilence,
            Nothing,
            refuses=(404, 409),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """A page of alerts."""
    said: Which = asking.query
    wanted = Search(said.state, said.group, said.incident, said.service, said.silenced)

    def look(unit: Unit) -> Answer:
        found, cursor = searching.find(unit, wanted, said.limit, said.cursor)
        groups = records.groups(unit, {one.group for one in found})
        return Answer({"items": [_shape(one, groups.get(one.group)) for one in found], "next": cursor})

    return await asking.store.read(look)


async def show(asking: Asking) -> Answer:
    """One, by its whole id or the beginning of it."""

    def look(unit: Unit) -> Answer:
        alert = searching.get(unit, asking.path["id"])
        return Answer(_shape(alert, records.group(unit, alert.group)))

    return await asking.store.read(look)


async def quiet(asking: Asking) -> Answer:
    """Silences that count now."""
    found = await asking.store.read(silences.active)
    return Answer({"items": [_silence(one) for one in found], "next": None})


async def silence(asking: Asking) -> Answer:
    """Begin one; the same key begins the same."""
    said: Quiet = asking.body
    by = asking.caller.person
    if bool(said.labels) is bool(said.incident):
        raise Invalid(
            "A silence is of `labels`, or of an `incident`.", 'For example {"labels": ["service=checkout"]}.'
        )

    def work(unit: Unit) -> Silence:
        incident = parse_numbered(said.incident, PREFIX) if said.incident else ""
        matchers = muting.shared_by(unit, incident) if incident else _matchers(said.labels)
        if not records.is_new(unit, _mark(asking), None):
            same = [one for one in silences.active(unit) if (one.by, one.matchers) == (by.id, matchers)]
            if same:
                return same[-1]
        wish = muting.Wish(matchers, timedelta(minutes=said.minutes), said.reason, incident)
        return muting.silence(unit, asking.world, by, wish).silence

    return Answer(_silence(await asking.store.transact(work)), 201)


async def unsilence(asking: Asking) -> Answer:
    """End one; the same key ends it once."""
    silence_id = numbered(asking, muting.PREFIX, "silence")

    def work(unit: Unit) -> Silence:
        known = silences.get(unit, silence_id)
        if not records.is_new(unit, _mark(asking), None) and not known.is_active(unit.now):
            return known
        return muting.unsilence(unit, asking.world, silence_id, asking.caller.person).silence

    return Answer(_silence(await asking.store.transact(work)))


def _matchers(labels: tuple[str, ...]) -> tuple[Matcher, ...]:
    found, rest = parse(" ".join(labels))
    if rest or len(found) != len(labels):
        mend = 'Write each as `service=checkout`, with quotes around blanks: `team="on call"`.'
        raise Invalid(f"“{one_line(rest or ' '.join(labels), 60)}” is no condition on a label.", mend)
    return found


def _mark(asking: Asking) -> str:
    """What tells this call from every other one."""
    return f"api:{digest([asking.caller.person.id, asking.key])}"


def _shape(alert: Alert, group: Group | None) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(alert).items() if name not in _OURS}
    return shown | {
        "state": str(alert.state),
        "silenced_by": shown.pop("muted"),
        "group_key": group.key if group else "",
        "incident": group.incident if group else "",
        "has_route": group.has_route if group else True,
    }


def _silence(one: Silence) -> dict[str, Any]:
    return asdict(one) | {"labels": [str(matcher) for matcher in one.matchers]}
