"""Incidents for programs."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.web.api import shapes
from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Page, Query, Route, numbered
from core.errors import Invalid, NotFound
from core.incidents import announcing, records, units
from core.incidents.closing import units as closing
from core.incidents.ending import units as ending
from core.incidents.ending.units import End
from core.incidents.finding import units as finding
from core.incidents.incident import Incident, State
from core.incidents.paging import units as tie
from core.incidents.said import Said, read
from core.incidents.severity import WORDS, label, parse
from core.incidents.states import needed_for
from core.incidents.timeline import units as timeline
from core.incidents.timeline.units import Quote
from core.incidents.triage import units as triage
from core.incidents.triage.category import CATEGORIES
from core.store.engine import Unit


def _severity(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except Invalid as error:
        raise ValueError(f"{error.what} {error.mend}") from None


_NUMBERED = {"type": "integer", "minimum": 1, "maximum": 5}
_WORDED = {"type": "string", "enum": [*map(label, WORDS), *WORDS.values()]}
Severity = Annotated[
    int, Field(ge=1, le=5), BeforeValidator(_severity), WithJsonSchema({"anyOf": [_NUMBERED, _WORDED]})
]
"""How grave: as a number, or as people say it."""


class Declare(Body):
    """A disturbance; severity 1 is the worst. What is left out may stand in the title: “checkout fails sev1”."""

    title: str = Field(min_length=1, max_length=200)
    severity: Severity | None = Field(
        default=None, description="1 to 5, SEV1 to SEV5, or a word. Left out: what the title says, or else 3."
    )
    service: str = Field(default="", max_length=64)
    text: str = Field(default="", max_length=4_000)
    test: bool = False
    or_same: bool = Field(
        default=False,
        description="Give the incident that is open for the same service, if there is one. "
        "Said to be graver, it is raised to that if you may `incident.severity`.",
    )


class Change(Body):
    """What is new; what is left out stays as it is. `cause` and `resolution` belong to `state: resolved`.

    Where what began it is still there, `anyway` says why it is over all the same.
    """

    text: str = Field(default="", max_length=4_000)
    state: State | None = None
    severity: Severity | None = None
    service: str | None = Field(default=None, max_length=64)
    category: str | None = Field(
        default=None, max_length=40, description=f"One of {', '.join(CATEGORIES)}; takes `incident.triage`."
    )
    cause: str = Field(default="", max_length=4_000)
    resolution: str = Field(default="", max_length=4_000)
    anyway: str = Field(default="", max_length=600)


class Line(Body):
    """A line for the timeline."""

    text: str = Field(min_length=1, max_length=4_000)
    source: str = Field(default="", max_length=300)


class Which(Page):
    """Open ones, or all."""

    open: bool = True


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}"
    return (
        Route(
            "POST",
            "/incidents",
            "Declare an incident.",
            "incident.declare",
            declare,
            Declare,
            statuses=(200, 201),
            refuses=(404,),
        ),
        Route("GET", "/incidents", "Incidents.", "incident.read", listing, query=Which),
        Route(
            "GET", one, "An incident with its timeline.", "incident.read", show, query=Query, refuses=(404,)
        ),
        Route(
            "PATCH",
            one,
            "Tell what is new; resolve it, close it, open it again.",
            "incident.update",
            change,
            Change,
            refuses=(404, 409),
        ),
        Route(
            "POST",
            f"{one}/timeline",
            "Add a line to the timeline.",
            "incident.timeline",
            note,
            Line,
            statuses=(201,),
            refuses=(404, 409),
        ),
    )


async def declare(asking: Asking) -> Answer:
    """Open one; the same key opens the same."""
    said: Declare = asking.body
    if said.service and said.service not in asking.world.services:
        raise NotFound(f"There is no service “{said.service}”.", "`GET /api/v1/services` lists them.")
    source = f"api:{asking.caller.person.id}:{asking.key}"
    heard = read(asking.world.services, said.title, said.severity, said.service)
    if not heard.title:
        raise Invalid("An incident needs a title.", "Say what is wrong, for example “checkout is down”.")

    def work(unit: Unit) -> tuple[Incident, int, str]:
        incident, status = declared(unit)
        return incident, status, tie.gap(unit, asking.world, incident)

    def declared(unit: Unit) -> tuple[Incident, int]:
        known = records.of_source(unit, source)
        if known is not None:
            return records.get(unit, known), 201
        same = finding.same(unit, asking.world, heard.service, heard.title) if said.or_same else None
        if same is not None:
            return _joined(unit, asking, same.id, heard), 200
        declaration = units.Declaration(
            title=heard.title,
            severity=heard.grade,
            by=asking.caller.person,
            service=heard.service,
            quote=said.text,
            source=source,
            is_test=said.test,
            places=() if said.test else announcing.places(asking.world, heard.service),
        )
        return units.declare(unit, declaration), 201

    incident, status, gap = await asking.store.transact(work)
    return Answer(shapes.incident(incident, not_paged=gap), status, incident.version)


def _joined(unit: Unit, asking: Asking, same: str, heard: Said) -> Incident:
    """The one that is open, with what was seen, and as grave as it is said to be where the caller may say so."""
    by = asking.caller.person
    seen = "\n".join(one for one in (heard.title, asking.body.text) if one)
    joined = finding.join(unit, same, by, seen)
    return (
        finding.raised(unit, joined, by, heard.severity) if asking.caller.may("incident.severity") else joined
    )


async def listing(asking: Asking) -> Answer:
    """The newest."""
    found = await asking.store.read(
        lambda unit: records.find(unit, only_open=asking.query.open, limit=asking.query.limit)
    )
    return Answer({"items": [shapes.incident(one) for one in found], "next": None})


async def show(asking: Asking) -> Answer:
    """One, with everything that was noted."""

    def work(unit: Unit) -> Answer:
        incident = records.get(unit, _id(asking))
        lines = records.timeline(unit, incident.id, 500)
        gap = tie.gap(unit, asking.world, incident)
        return Answer(shapes.incident(incident, lines, gap), version=incident.version)

    return await asking.store.read(work)


async def change(asking: Asking) -> Answer:
    """Tell, resolve, close, or open again; each state takes the permission of the verb that leads to it."""
    said: Change = asking.body
    if said.state is not None:
        asking.caller.must(needed_for(said.state))
    if said.category is not None:
        asking.caller.must("incident.triage")

    def work(unit: Unit) -> Incident:
        if said.category is not None:
            categorised = triage.categorise(unit, _id(asking), asking.caller.person, said.category)
            if said.model_fields_set == {"category"}:
                return categorised
        return _changed(unit, asking)

    incident = await asking.store.transact(work)
    return Answer(shapes.incident(incident), version=incident.version)


def _changed(unit: Unit, asking: Asking) -> Incident:
    said: Change = asking.body
    by = asking.caller.person
    if said.state is State.RESOLVED:
        how = End(said.cause, said.resolution, anyway=said.anyway)
        return ending.end(unit, asking.world, _id(asking), by, how)
    if said.state is State.CLOSED:
        return closing.close(unit, _id(asking), by)
    if said.state is State.OPEN:
        return units.reopen(unit, _id(asking), by, said.text)
    news = units.News(text=said.text, state=said.state, severity=said.severity, service=said.service)
    return units.tell(unit, _id(asking), by, news)


async def note(asking: Asking) -> Answer:
    """Keep a line; the same key keeps it once."""
    said: Line = asking.body
    by, mark = asking.caller.person, f"api:{asking.caller.person.id}:{asking.key}"

    def work(unit: Unit) -> Incident:
        if not said.source and records.is_kept(unit, _id(asking), mark):
            return records.get(unit, _id(asking))
        return timeline.keep(unit, _id(asking), by, Quote(said.text, source=said.source or mark))

    incident = await asking.store.transact(work)
    return Answer(shapes.incident(incident), 201, incident.version)


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")
