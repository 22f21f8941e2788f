"""All routes of the interface together."""

from functools import cache

from aiohttp import web

from bot.web.api import (
    alerts,
    amendments,
    asked,
    deployments,
    incident_links,
    incident_people,
    incident_tasks,
    incident_triage,
    incidents,
    journal,
    oncall,
    pages,
    practice,
    reviews,
    runbooks,
    services,
    timelines,
)
from bot.web.api.approvals import Approvals
from bot.web.api.door import BASE, Door
from bot.web.api.openapi import document
from bot.web.api.questions import Questions
from bot.web.api.route import Route
from bot.web.api.stream import Streams
from bot.web.api.waiting import Waiting
from core.digest import canonical
from core.store.engine import Store


def table(waiting: Waiting, streams: Streams, questions: Questions) -> tuple[Route, ...]:
    """Every route."""
    return (
        *Approvals(waiting).routes(),
        *amendments.routes(),
        *runbooks.routes(),
        *asked.routes(),
        *incidents.routes(),
        *incident_people.routes(),
        *incident_links.routes(),
        *incident_tasks.routes(),
        *timelines.routes(),
        *practice.routes(),
        *reviews.routes(),
        *incident_triage.routes(),
        *services.routes(),
        *deployments.routes(),
        *alerts.routes(),
        *oncall.routes(),
        *pages.routes(),
        *journal.routes(),
        *questions.routes(),
        *streams.routes(),
    )


def routes(door: Door, store: Store, streams: Streams, questions: Questions) -> list[web.RouteDef]:
    """What the web server serves: every route, and the document that describes them."""
    known = table(Waiting(store.bus), streams, questions)
    text = cache(lambda: canonical(document(known, BASE)))

    async def described(request: web.Request) -> web.Response:
        del request
        return web.Response(body=text(), content_type="application/json")

    return [*door.routes(known), web.get(f"{BASE}/openapi.json", described)]
