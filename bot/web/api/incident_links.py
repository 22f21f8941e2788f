"""What an incident has to do with, and making one of two, for programs."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.web.api import shapes
from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.ids import parse_numbered
from core.incidents import records
from core.incidents.links import records as links
from core.incidents.links import units
from core.incidents.links.link import Link
from core.incidents.merging import units as merging
from core.incidents.units import PREFIX
from core.store.engine import Unit


class To(Body):
    """An incident, a run, a request or an address, and why."""

    to: str = Field(min_length=1, max_length=500)
    note: str = Field(default="", max_length=200)


class Into(Body):
    """The incident that it becomes a part of."""

    into: str = Field(min_length=1, max_length=24)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}"
    some: dict[str, Any] = {"refuses": (404, 409)}
    return (
        Route("GET", f"{one}/links", "What it has to do with.", "incident.read", listing, refuses=(404,)),
        Route(
            "POST",
            f"{one}/links",
            "Link it to something.",
            "incident.link",
            link,
            To,
            statuses=(201,),
            **some,
        ),
        Route("POST", f"{one}/unlink", "Take a link away.", "incident.link", unlink, To, **some),
        Route(
            "POST", f"{one}/merge", "Make it a part of another one.", "incident.merge", merge, Into, **some
        ),
    )


async def listing(asking: Asking) -> Answer:
    """Every link, the oldest first."""

    def work(unit: Unit) -> list[Link]:
        return links.of(unit, records.get(unit, _id(asking)).id)

    return Answer({"items": [asdict(one) for one in await asking.store.read(work)], "next": None})


async def link(asking: Asking) -> Answer:
    """Keep a link."""
    said: To = asking.body
    made = await asking.store.transact(units.link, _id(asking), asking.caller.person, said.to, said.note)
    return Answer(asdict(made), 201)


async def unlink(asking: Asking) -> Answer:
    """Forget a link."""
    said: To = asking.body
    return Answer(
        asdict(await asking.store.transact(units.unlink, _id(asking), asking.caller.person, said.to))
    )


async def merge(asking: Asking) -> Answer:
    """The other one, with all that belongs to both."""
    said: Into = asking.body
    into = parse_numbered(said.into, PREFIX)
    kept = await asking.store.transact(merging.merge, _id(asking), into, asking.caller.person)
    return Answer(shapes.incident(kept), version=kept.version)


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")
