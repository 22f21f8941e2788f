"""Forms that only their own page can send: bound to the browser that was given the page, and told by its headers."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.html import rendered
from core.ids import new_secret
from core.notify import links
from core.world import World

_HOUR = 3_600
_FROM_US = ("same-origin", None)
_HEADERS = {
    "Cache-Control": "no-store",
    # Browsers tell forms where they come from only if pages may say it; to us alone they may.
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
ELSEWHERE = "This form was not sent from its page. Open the page again, and send it from there."


def is_secure(world: World) -> bool:
    """Whether people reach the pages over TLS, so that cookies may ask for it."""
    return world.public_url.startswith("https://")


async def fields(request: web.Request) -> dict[str, str]:
    """What a form carries; files are not taken."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


@dataclass(frozen=True)
class Forms:
    """Pages with forms below `path`; `cookie` tells one browser from another."""

    world: World
    cookie: str
    path: str

    def page(self, request: web.Request, name: str, about: str, **values: Any) -> web.Response:
        """The page made of the template `name`, whose forms about `about` this browser may send."""
        visitor = request.cookies.get(self.cookie) or new_secret()
        form = links.form_key(self.world.secret_key, about, visitor)
        text = rendered(name, form=form, **values)
        page = web.Response(text=text, content_type="text/html", headers=_HEADERS)
        page.set_cookie(
            self.cookie,
            visitor,
            path=self.path,
            max_age=_HOUR,
            httponly=True,
            samesite="Lax",
            secure=is_secure(self.world),
        )
        return page

    def is_ours(self, request: web.Request, about: str, given: str) -> bool:
        """Whether a form about `about` was sent from the page that this browser was given."""
        visitor = request.cookies.get(self.cookie, "")
        return _is_from_us(request, self.world) and links.fits_form(
            self.world.secret_key, about, visitor, given
        )


def _is_from_us(request: web.Request, world: World) -> bool:
    """Whether the browser says that the form was sent from a page of ours; old browsers say nothing."""
    if request.headers.get("Sec-Fetch-Site") not in _FROM_US:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    host = urlsplit(origin).netloc
    return bool(host) and host in (urlsplit(world.public_url).netloc, request.host)
