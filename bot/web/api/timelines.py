"""The timelines of incidents for programs, page after page, and line by line."""

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Page, Route, numbered
from core.errors import NotFound
from core.incidents import records
from core.incidents.incident import Entry
from core.incidents.timeline import marks, units
from core.store.engine import Unit
from handlers.incidents.keeping import PERMISSION


class Words(Body):
    """The new words of a line."""

    text: str = Field(min_length=1, max_length=4_000)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    lines = "/incidents/{id}/timeline"
    summary = "What happened, in order: what people kept, and what the log knows."
    reword = Route(
        "PATCH", f"{lines}/{{line}}", "Write a line that people kept in other words.", PERMISSION, change,
        Words, refuses=(404, 409),
    )  # fmt: skip
    away = Route(
        "POST", f"{lines}/{{line}}/strike", "Take a line that people kept off the timeline.", PERMISSION, strike,
        refuses=(404, 409),
    )  # fmt: skip
    return (Route("GET", lines, summary, "incident.read", show, query=Page, refuses=(404,)), reword, away)


async def show(asking: Asking) -> Answer:
    """A page, oldest first."""
    names = {person.id: person.name for person in asking.world.people.values()}
    limit = asking.query.limit
    cut = marks.read(asking.query.cursor, limit=limit + 1)

    def work(unit: Unit) -> list[Entry]:
        return units.read(unit, names, records.get(unit, _id(asking)), cut)

    found = await asking.store.read(work)
    following = marks.write(found[limit - 1]) if len(found) > limit else None
    return Answer({"items": [line.model_dump(mode="json") for line in found[:limit]], "next": following})


async def change(asking: Asking) -> Answer:
    """Other words."""
    said: Words = asking.body
    line = await asking.store.transact(
        units.reword, _id(asking), _line(asking), asking.caller.person, said.text
    )
    return Answer(line.model_dump(mode="json"))


async def strike(asking: Asking) -> Answer:
    """Away with it."""
    line = await asking.store.transact(units.strike, _id(asking), _line(asking), asking.caller.person)
    return Answer(line.model_dump(mode="json"))


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")


def _line(asking: Asking) -> int:
    text = asking.path["line"]
    if not (text.isascii() and text.isdigit() and len(text) <= 15):  # noqa: PLR2004 - what fits a database's number
        raise NotFound("There is no such line.", "`GET /api/v1/incidents/INC-1/timeline` lists them.")
    return int(text)
