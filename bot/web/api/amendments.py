"""What programs and people do with a request besides deciding: change it, comment, ask and answer."""

from typing import Any, Literal

from pydantic import Field

from bot.web.api import shapes
from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.approvals import records as approvals
from core.approvals.draft import Decided
from core.approvals.settling import units as settling
from core.approvals.talking import records, units
from core.digest import digest
from core.errors import Invalid
from core.store import inbox
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
        key = f"api:comment:{digest([person.id, request_id, asking.key])[:32]}"
        # A repeat after a lost answer says nothing twice.
        if inbox.put(unit, key, {}) and inbox.done(unit, key, "comment"):
            _say(unit, asking, request_id, said)
        request = approvals.get(unit, request_id)
        body = shapes.approval(request, settling.tally_of(request))
        body["comments"] = shapes.comments(records.of(unit, request_id))
        return Answer(body, 201, request.version)

    return await asking.store.transact(work)


def _say(unit: Unit, asking: Asking, request_id: str, said: Comment) -> None:
    person, text = asking.caller.person, clean(said.text)
    if said.answers is not None:
        units.answer(unit, request_id, person, text, said.answers)
    elif said.kind == "question":
        units.ask(unit, request_id, person, text, asking.world.people)
    else:
        units.comment(unit, request_id, person, text)


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
