"""The page behind a page's link. Opening it takes nothing: a person has to press its button."""

from aiohttp import web

from bot.html import card_html
from bot.web.forms import ELSEWHERE, Forms, fields
from bot.web.problems import explain
from core.store.engine import Store
from core.world import World
from handlers.oncall import links as answers
from handlers.oncall.links import Told


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /g/{id}?k=...` shows who is called for what; `POST /g/{id}` takes it."""
    forms = Forms(world, "wardroom_page", "/g/")

    async def show(request: web.Request) -> web.Response:
        entry_id, key = request.match_info["id"], request.query.get("k", "")
        sight = await store.read(answers.look, world, entry_id, key)
        return explain(request, 403) if sight is None else _page(request, Told(sight, ""), key)

    async def take(request: web.Request) -> web.Response:
        entry_id, form = request.match_info["id"], await fields(request)
        if not forms.is_ours(request, entry_id, form.get("form", "")):
            return explain(request, 403, ELSEWHERE)
        told = await store.transact(answers.take, world, entry_id, form.get("k", ""), form.get("page", ""))
        if told is None:
            return explain(request, 403)
        page = _page(request, told, form.get("k", ""))
        page.set_status(200 if told.is_taken else 422)
        return page

    def _page(request: web.Request, told: Told, key: str) -> web.Response:
        sight = told.sight
        shown = {"sight": sight, "card": card_html(sight.card, live=False), "said": told.words, "key": key}
        return forms.page(request, "answer_page.html", sight.entry.id, is_taken=told.is_taken, **shown)

    return [web.get("/g/{id}", show), web.post("/g/{id}", take)]
