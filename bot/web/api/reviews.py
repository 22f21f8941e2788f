"""The reviews of incidents for programs."""

from typing import Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Moment, Route, numbered
from core.errors import NotFound
from core.incidents.review import records, units
from core.incidents.review.review import Review
from core.store.engine import Unit
from handlers.incidents.exported import review, shape

_PERMISSION = "incident.postmortem"


class Change(Body):
    """What is new; what is left out stays as it is. `owner` is a person's id."""

    sections: dict[str, str] = Field(default_factory=dict, max_length=10)
    owner: str = Field(default="", max_length=64)
    due: Moment | None = None
    done: bool = False


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}/review"
    show_it = "Its review: figures, what was written, timeline, and all of it as Markdown."
    change_it = "Begin it unless it was begun; write in it, say whose it is, finish it."
    return (
        Route("GET", one, show_it, "incident.read", show, refuses=(404,)),
        Route("PATCH", one, change_it, _PERMISSION, change, Change, refuses=(404, 409)),
        Route("GET", f"{one}/versions", "Every version of it.", "incident.read", versions, refuses=(404,)),
    )


async def show(asking: Asking) -> Answer:
    """All of it."""
    found = await asking.store.read(units.look, asking.world.people, _id(asking))
    return Answer(shape(found), version=found.review.version)


async def change(asking: Asking) -> Answer:
    """Write, assign, finish, in this order; all of it or nothing."""
    said: Change = asking.body
    by, world = asking.caller.person, asking.world
    owner = world.people.get(said.owner)
    if said.owner and (owner is None or not owner.is_human):
        raise NotFound(f"There is no person “{said.owner}”.", "Give the id of somebody who is configured.")

    def work(unit: Unit) -> Review:
        found = units.begin(unit, world, _id(asking), by)
        if said.sections:
            found = units.write(unit, _id(asking), by, said.sections, asking.version)
        if owner is not None or said.due is not None:
            found = units.assign(unit, _id(asking), by, owner, said.due)
        return units.finish(unit, _id(asking), by) if said.done else found

    found = await asking.store.transact(work)
    return Answer(review(found), version=found.version)


async def versions(asking: Asking) -> Answer:
    """The first one first."""

    def work(unit: Unit) -> list[dict[str, Any]]:
        records.get(unit, _id(asking))
        return records.versions(unit, _id(asking))

    found = await asking.store.read(work)
    names = ("version", "at", "by", "sections")
    return Answer({"items": [{name: row[name] for name in names} for row in found], "next": None})


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")
