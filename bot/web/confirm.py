"""The page behind links in mails and text messages. Opening it decides nothing: a person has to send its form."""

from aiohttp import web

from bot.html import card_html
from bot.web.forms import Forms, fields
from bot.web.problems import explain
from bot.web.signin.visitor import signed_in
from core.people.sessions.units import SignedIn
from core.store.engine import Store
from core.world import World
from handlers.approvals import confirm
from handlers.approvals.confirm import Answer, Sight, Told


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /c/{id}?k=...` shows what is asked; `POST /c/{id}` takes the answer, with the code of the message."""
    forms = Forms(world, "wardroom_form", "/c/")

    async def show(request: web.Request) -> web.Response:
        entry_id, key = request.match_info["id"], request.query.get("k", "")
        sight = await store.read(confirm.look, world, entry_id, key)
        if sight is None:
            return explain(request, 403)
        return _page(request, Told(sight, sight.words), key, await signed_in(store, world, request))

    async def answer(request: web.Request) -> web.Response:
        entry_id, form = request.match_info["id"], await fields(request)
        if not forms.is_ours(request, entry_id, form.get("form", "")):
            return explain(
                request, 403, "This form was not sent from its page. Open the link of the message again."
            )
        signed = await signed_in(store, world, request)
        given = Answer(
            form.get("k", ""), form.get("code", ""), form.get("choice", ""), form.get("reason", "")
        )
        told = await store.transact(confirm.decide, world, entry_id, given, signed)
        if told is None:
            return explain(request, 403)
        page = _page(request, told, given.key, signed)
        page.set_status(200 if told.is_taken else 422)
        return page

    def _page(request: web.Request, told: Told, key: str, signed: SignedIn | None) -> web.Response:
        sight: Sight = told.sight
        return forms.page(
            request,
            "confirm_page.html",
            sight.entry.id,
            sight=sight,
            card=card_html(sight.card, live=False),
            said=told.words,
            is_taken=told.is_taken,
            is_open=sight.standing == "open" and not told.is_taken and not told.link,
            is_known=confirm.is_theirs(sight, signed),
            link=told.link,
            key=key,
        )

    return [web.get("/c/{id}", show), web.post("/c/{id}", answer)]
