"""What runs ask people, for programs: look at a question, and answer it in the name of whoever is asked."""

from typing import Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.runbooks.asking import units as questions
from core.runbooks.asking.records import Asked
from handlers.runbooks import replies


class Values(Body):
    """What is answered, by the names of what is asked."""

    values: dict[str, str | int | float] = Field(min_length=1, max_length=5)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may: whoever is asked may answer."""
    one = "/questions/{id}"
    return (
        Route("GET", one, "What a step of a run asks people.", "", show, refuses=(404,)),
        Route(
            "POST",
            f"{one}/answer",
            "Answer what a step of a run asks you.",
            "",
            reply,
            Values,
            refuses=(404, 409),
        ),
    )


async def show(asking: Asking) -> Answer:
    """One question."""
    return Answer(_shape(await asking.store.read(replies.looked_at, asking.caller, _id(asking))))


async def reply(asking: Asking) -> Answer:
    """Answer it; the same answer again is the same one."""
    given = {name: str(value) for name, value in asking.body.values.items()}
    return Answer(_shape(await asking.store.transact(replies.answered, asking.caller, _id(asking), given)))


def _shape(asked: Asked) -> dict[str, Any]:
    """A question as the interface shows it."""
    return {
        "id": asked.id,
        "execution": asked.execution,
        "step": asked.step,
        "state": asked.state,
        "text": asked.question.text,
        "items": [
            item.model_dump(mode="json") | {"label": item.title, "choices": list(item.choices)}
            for item in asked.question.items
        ],
        "people": list(asked.people),
        "answers_needed": asked.question.answers,
        "until": asked.until,
        "answers": [
            {"by": one.person, "name": one.name, "at": one.at, "values": one.values} for one in asked.answers
        ],
    }


def _id(asking: Asking) -> str:
    return numbered(asking, questions.PREFIX, "question")
