"""Pages to read: one per object, opened by a key in its link. Nothing can be decided on them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.html import card_html, rendered
from bot.sending.picture import svg
from bot.web.problems import explain
from core.runbooks.graph import Graph
from handlers.cards.card import Card
from handlers.cards.link import opens


@dataclass(frozen=True)
class Shown:
    """What a page shows: the card, the drawing of its steps if it has any, and whether it still changes."""

    card: Card
    graph: Graph | None = None
    live: bool = False


ShownOf = Callable[[str], Awaitable[Shown | None]]


def routes(shown_of: ShownOf, secret_key: str) -> list[web.RouteDef]:
    """`GET /o/{ref}?k=…`: the object's card as it stands now, with the drawing of its steps.

    Args:
        shown_of: what to show of an object by its id; None if there is none.
        secret_key: what the keys in links are made with; without one no page opens.
    """

    async def show(request: web.Request) -> web.Response:
        ref = request.match_info["ref"]
        if not secret_key or not opens(secret_key, ref, request.query.get("k", "")):
            return explain(request, 403)
        shown = await shown_of(ref)
        if shown is None:
            return explain(request, 404)
        page = _page(ref, shown)
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    return [web.get("/o/{ref}", show)]


def _page(ref: str, shown: Shown) -> str:
    title = shown.card.title or ref
    return rendered(
        "object_page.html",
        ref=ref,
        title=title,
        card=card_html(shown.card, live=False),
        graph=svg(shown.graph, f"Steps of {ref}: {title}") if shown.graph else "",
        live=shown.live,
    )
