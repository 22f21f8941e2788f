"""What programs and people do with a request besides deciding: change it, comment, ask and answer."""

from typing import Any, Literal

from pydantic import Field

from bot.web.api import shapes
from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.approvals.draft import Decided
from core.approvals.settling import units as settling
from core.approvals.talking import records, units
from core.errors import Invalid
from core.store.engine import Unit
from core.text import clean
from handlers import programs
from handlers.changing import Wish, change


class Amend(Body):
    """Parts of the subject to be replaced (RFC 7396), and why. If-Match says which version was looked at."""

    subject: dict[str, Any] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=2_000)


class Comment(Body):
    """Something to say about a request: a comment, a question, or, with `answers`, the answer to one."""

    text: str = Field(min_length=1, max_length=2_000)
    kind: Literal["comment", "question"] = "comment"
    answers: int | None = Field(default=None, ge=1, le=1_000)


async def amend(asking: Asking) -> Answer:
    """Change it; everybody decides anew."""
    said: Amend = asking.body
    request_id, version = numbered(asking, "AP", "approval"), asking.version
    if version is None:
        raise Invalid(
            "This needs an If-Match with the version that you looked at.",
            "Read the request, and send its ETag.",
        )

    def work(unit: Unit) -> Decided:
        programs.seen(unit, asking.caller, request_id)
        wish = Wish(said.subject, clean(said.reason), version=version)
        return change(unit, asking.world, request_id, asking.caller.person, wish)

    decided = await asking.store.transact(work)
    if decided.refusal is not None:
        raise decided.refusal
    request = decided.request
    return Answer(shapes.approval(request, settling.tally_of(request)), version=request.version)


async def say(asking: Asking) -> Answer:
    """Comment, ask or answer."""
    said: Comment = asking.body
    request_id, person = numbered(asking, "AP", "approval"), asking.caller.person

    def work(unit: Unit) -> Answer:
        programs.seen(unit, asking.caller, request_id)
        text = clean(said.text)
        if said.answers is not None:
            request = units.answer(unit, request_id, person, text, said.answers)
        elif said.kind == "question":
            request = units.ask(unit, request_id, person, text, asking.world.people)
        else:
            request = units.comment(unit, request_id, person, text)
        body = shapes.approval(request, settling.tally_of(request))
        body["comments"] = shapes.comments(records.of(unit, request_id))
        return Answer(body, 201, request.version)

    return await asking.store.transact(work)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    summary = "Change what is asked, where its policy lets you; everybody decides anew."
    one, gone = "/approvals/{id}", (404, 409)
    return (
        Route("PATCH", one, summary, "", amend, Amend, refuses=gone),
        Route(
            "POST",
            f"{one}/comments",
            "Comment, ask or answer.",
            "",
            say,
            Comment,
            statuses=(201,),
            refuses=gone,
        ),
    )
