"""What happened, for programs: the event log, its seals, and what was sent to whom."""

from pydantic import Field

from bot.following import settle
from bot.web.api import shapes
from bot.web.api.route import Answer, Asking, Page, Query, Route
from core.store import audit, dispatch, journal


class After(Query):
    """From where on."""

    after: int = Field(default=0, ge=0, le=2**53)
    limit: int = Field(default=100, ge=1, le=500)


class About(Page):
    """Of which thing."""

    about: str = Field(min_length=1, max_length=64)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    return (
        Route("GET", "/events", "What happened, oldest first.", "event.read", log, query=After),
        Route(
            "GET",
            "/audit",
            "Whether the log is as it was written, and the head of its chain.",
            "audit.read",
            check,
        ),
        Route(
            "GET",
            "/deliveries",
            "What was sent about a thing, newest first.",
            "delivery.read",
            sent,
            query=About,
        ),
    )


async def log(asking: Asking) -> Answer:
    """Events after a number."""
    await settle(asking.store)
    found = await asking.store.read(journal.after, asking.query.after, asking.query.limit)
    full = len(found) == asking.query.limit
    return Answer(
        {"items": [shapes.event(one) for one in found], "next": str(found[-1]["seq"]) if full else None}
    )


async def check(asking: Asking) -> Answer:
    """Read the whole chain."""
    verdict = await asking.store.read(audit.verify)
    return Answer({"links": verdict.links, "head": verdict.head, "findings": list(verdict.findings)})


async def sent(asking: Asking) -> Answer:
    """The newest attempts."""
    found = await asking.store.read(dispatch.deliveries, asking.query.about, asking.query.limit)
    return Answer({"items": found, "next": None})
