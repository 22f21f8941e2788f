"""What is to be done in an incident, and the incident in words, for programs."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Moment, Query, Route, numbered
from core.errors import NotFound
from core.incidents import records
from core.incidents.summaries import units as summaries
from core.incidents.summaries.summary import Audience
from core.incidents.tasks import records as tasks
from core.incidents.tasks import units
from core.incidents.tasks.task import Task
from core.incidents.tasks.units import Wanted
from core.store.engine import Unit
from handlers.whom import find_person


class Add(Body):
    """What is to be done, by whom (nobody: anybody), and until when."""

    text: str = Field(min_length=1, max_length=300)
    assignee: str = Field(default="", max_length=64)
    due: Moment | None = None


class Finish(Body):
    """Whether it is done."""

    done: bool


class For(Query):
    """For whom."""

    audience: Audience = Audience.RESPONDERS


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}"
    some: dict[str, Any] = {"refuses": (404, 409)}
    return (
        Route("GET", f"{one}/tasks", "What is to be done.", "incident.read", listing, refuses=(404,)),
        Route("POST", f"{one}/tasks", "Add a task.", "incident.task", add, Add, statuses=(201,), **some),
        Route(
            "PATCH",
            f"{one}/tasks/{{number}}",
            "Finish a task, or open it again.",
            "incident.task",
            change,
            Finish,
            **some,
        ),
        Route(
            "GET",
            f"{one}/summary",
            "It in words, for an audience.",
            "incident.read",
            summary,
            query=For,
            refuses=(404,),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """Every task, the first first."""

    def work(unit: Unit) -> list[Task]:
        return tasks.of(unit, records.get(unit, _id(asking)).id)

    found = await asking.store.read(work)
    return Answer({"items": [asdict(one) for one in found], "next": None})


async def add(asking: Asking) -> Answer:
    """Keep a new one."""
    said: Add = asking.body
    to = find_person(asking.world, "", said.assignee) if said.assignee else None
    wanted = Wanted(said.text, to, said.due)
    made = await asking.store.transact(units.add, _id(asking), asking.caller.person, wanted)
    return Answer(asdict(made), 201)


async def change(asking: Asking) -> Answer:
    """Finish it, or open it again."""
    said: Finish = asking.body
    number = asking.path["number"]
    if not number.isdecimal() or len(number) > 3:  # noqa: PLR2004 - nobody has a thousand tasks
        raise NotFound(f"{_id(asking)} has no task of that number.", "Numbers are 1, 2, 3 …")
    what = units.finish if said.done else units.again
    return Answer(asdict(await asking.store.transact(what, _id(asking), int(number), asking.caller.person)))


async def summary(asking: Asking) -> Answer:
    """The words, as they stand now."""
    audience: Audience = asking.query.audience

    def work(unit: Unit) -> str:
        return summaries.tell(unit, asking.world, records.get(unit, _id(asking)), audience)

    words = await asking.store.read(work)
    return Answer({"incident": _id(asking), "audience": str(audience), "text": words})


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")
