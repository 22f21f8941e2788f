"""Reviews to take along: as Markdown or JSON, by the key in the link of their page. Nothing can be changed here."""

from aiohttp import web

from bot.web.problems import explain
from core.digest import canonical
from core.errors import NotFound
from core.incidents.review import markdown, units
from core.incidents.review.review import Document
from core.store.engine import Store
from core.world import World
from handlers.cards.link import opens
from handlers.incidents.exported import shape


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /reviews/{id}.md` and `.json`."""

    async def document(request: web.Request) -> web.Response:
        incident, key = request.match_info["id"], request.query.get("k", "")
        if not world.secret_key or not opens(world.secret_key, units.ref_of(incident), key):
            return explain(request, 403)
        try:
            found = await store.read(units.look, world.people, incident)
        except NotFound:
            return explain(request, 404)
        return _answer(found, request.match_info["kind"])

    return [web.get(r"/reviews/{id:INC-\d+}.{kind:md|json}", document)]


def _answer(found: Document, kind: str) -> web.Response:
    name = f"{found.incident.id}.{kind}"
    body = canonical(shape(found)) if kind == "json" else markdown.render(found).encode()
    sort = "application/json" if kind == "json" else "text/markdown"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
    return web.Response(body=body, content_type=sort, charset="utf-8", headers=headers)
