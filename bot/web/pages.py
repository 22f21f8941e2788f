"""Pages to read: one per object, opened by a key in its link. Nothing can be decided on them."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.html import ENVIRONMENT, card_html
from bot.web.problems import explain
from handlers.cards.card import Card
from handlers.cards.link import opens

CardOf = Callable[[str], Awaitable[Card | None]]
_PAGE = ENVIRONMENT.get_template("object_page.html")


def routes(card_of: CardOf, secret_key: str) -> list[web.RouteDef]:
    """`GET /o/{ref}?k=…`: the object's card as it stands now.

    Args:
        card_of: the card of an object by its id; None if there is none.
        secret_key: what the keys in links are made with; without one no page opens.
    """

    async def show(request: web.Request) -> web.Response:
        ref = request.match_info["ref"]
        if not secret_key or not opens(secret_key, ref, request.query.get("k", "")):
            return explain(request, 403)
        card = await card_of(ref)
        if card is None:
            return explain(request, 404)
        page = _PAGE.render(ref=ref, title=card.title or ref, card=card_html(card, live=False))
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    return [web.get("/o/{ref}", show)]
