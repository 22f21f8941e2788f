"""What programs and people do with a request besides deciding: change it, comment, ask and answer."""

from bot.web.api import shapes
from bot.web.api.route import Answer, Asking, Route, numbered
from core.approvals.settling import units as settling
from core.approvals.talking import records
from core.errors import Invalid
from core.store.engine import Unit
from handlers.programs import answering
from handlers.programs.answering import Amend, Comment


async def amend(asking: Asking) -> Answer:
    """Change it; everybody decides anew."""
    said: Amend = asking.body
    request_id, version = numbered(asking, "AP", "approval"), asking.version
    if version is None:
        raise Invalid(
            "This needs an If-Match with the version that you looked at.",
            "Read the request, and send its ETag.",
        )

    decided = await asking.store.transact(answering.amend, asking.caller, request_id, said, version)
    if decided.refusal is not None:
        raise decided.refusal
    request = decided.request
    return Answer(shapes.approval(request, settling.tally_of(request)), version=request.version)


async def say(asking: Asking) -> Answer:
    """Comment, ask or answer."""
    request_id = numbered(asking, "AP", "approval")

    def work(unit: Unit) -> Answer:
        request = answering.say(unit, asking.caller, request_id, asking.body, asking.key)
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
