"""All routes of the interface together."""

from aiohttp import web

from bot.asker import Asker
from bot.web.api import incidents, journal, oncall, runbooks
from bot.web.api.approvals import Approvals
from bot.web.api.door import BASE, Door
from bot.web.api.openapi import document
from bot.web.api.route import Route
from bot.web.api.waiting import Waiting
from core.digest import canonical
from core.store.engine import Store
from core.wiring import World
from handlers.limits import Limiter


def table(waiting: Waiting) -> tuple[Route, ...]:
    """Every route."""
    return (
        *Approvals(waiting).routes(),
        *runbooks.routes(),
        *incidents.routes(),
        *oncall.routes(),
        *journal.routes(),
    )


def routes(store: Store, world: World, limiter: Limiter, asker: Asker) -> list[web.RouteDef]:
    """What the web server serves: every route, and the document that describes them."""
    known = table(Waiting(store.bus))
    text = canonical(document(known, BASE))

    async def described(request: web.Request) -> web.Response:
        del request
        return web.Response(body=text, content_type="application/json")

    return [*Door(store, world, limiter, asker).routes(known), web.get(f"{BASE}/openapi.json", described)]
