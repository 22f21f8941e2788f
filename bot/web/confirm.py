"""The page behind links in mails and text messages. Opening it decides nothing: a person has to send its form."""

from urllib.parse import urlsplit

from aiohttp import web

from bot.html import ENVIRONMENT, card_html
from bot.web.problems import explain
from core.ids import new_secret
from core.notify import links
from core.store.engine import Store
from core.wiring import World
from handlers import confirm
from handlers.confirm import Answer, Sight

_PAGE = ENVIRONMENT.get_template("confirm_page.html")
_COOKIE = "wardroom_form"
_HOUR = 3_600
_HEADERS = {
    "Cache-Control": "no-store",
    # Browsers tell forms where they come from only if pages may say it; to us alone they may.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_FROM_US = ("same-origin", None)


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /c/{id}?k=...` shows what is asked; `POST /c/{id}` takes the answer, with the code of the message."""

    async def show(request: web.Request) -> web.Response:
        sight = await store.read(confirm.look, world, request.match_info["id"], request.query.get("k", ""))
        if sight is None:
            return explain(request, 403)
        visitor = request.cookies.get(_COOKIE) or new_secret()
        return _page(world, sight, visitor, request.query.get("k", ""), sight.words)

    async def answer(request: web.Request) -> web.Response:
        entry_id = request.match_info["id"]
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        visitor = request.cookies.get(_COOKIE, "")
        if not _is_ours(request, world) or not links.fits_form(
            world.secret_key, entry_id, visitor, form.get("form", "")
        ):
            return explain(
                request, 403, "This form was not sent from its page. Open the link of the message again."
            )
        given = Answer(
            form.get("k", ""), form.get("code", ""), form.get("choice", ""), form.get("reason", "")
        )
        told = await store.transact(confirm.decide, world, entry_id, given)
        if told is None:
            return explain(request, 403)
        page = _page(world, told.sight, visitor, given.key, told.words, is_taken=told.is_taken)
        page.set_status(200 if told.is_taken else 422)
        return page

    return [web.get("/c/{id}", show), web.post("/c/{id}", answer)]


def _page(
    world: World, sight: Sight, visitor: str, key: str, said: str, *, is_taken: bool = False
) -> web.Response:
    text = _PAGE.render(
        sight=sight,
        card=card_html(sight.card, live=False),
        said=said,
        is_taken=is_taken,
        is_open=sight.standing == "open" and not is_taken,
        key=key,
        form=links.form_key(world.secret_key, sight.entry.id, visitor),
    )
    page = web.Response(text=text, content_type="text/html", headers=_HEADERS)
    secure = world.public_url.startswith("https://")
    page.set_cookie(_COOKIE, visitor, path="/c/", max_age=_HOUR, httponly=True, samesite="Lax", secure=secure)
    return page


def _is_ours(request: web.Request, world: World) -> bool:
    """Whether the browser says that the form was sent from a page of ours; old browsers say nothing."""
    if request.headers.get("Sec-Fetch-Site") not in _FROM_US:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc
    return bool(host) and host in (urlsplit(world.public_url).netloc, request.host)
