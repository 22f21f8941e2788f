"""What everybody outside may read of an incident. Neither the page nor its address says anything of the inside."""

from aiohttp import web

from bot.html import card_html, rendered
from bot.web.problems import explain
from core.errors import NotFound
from core.store.engine import Store
from core.world import World
from handlers.incidents import summary as incident_summary

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /s/{token}`: the words for the public, as they stand now."""

    async def show(request: web.Request) -> web.Response:
        try:
            card = await store.read(incident_summary.public, world, request.match_info["token"])
        except NotFound:
            return explain(request, 404)
        page = rendered("public_page.html", title=card.title, card=card_html(card, live=False))
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    return [web.get("/s/{token:[\\w-]{32}}", show)]
