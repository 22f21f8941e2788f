"""The cookie of a session: who is signed in in the browser that asks."""

from aiohttp import web

from bot.web.forms import is_secure
from core.people.sessions import units as sessions
from core.people.sessions.session import LIFETIME
from core.people.sessions.units import SignedIn
from core.store.engine import Store
from core.world import World


def cookie_of(world: World) -> str:
    """The cookie's name. With TLS a prefix lets browsers refuse it from any other host or path."""
    return "__Host-wardroom" if is_secure(world) else "wardroom_session"


async def signed_in(store: Store, world: World, request: web.Request) -> SignedIn | None:
    """Who is signed in in this browser, and the session; None if nobody is."""
    secret = request.cookies.get(cookie_of(world), "")
    return await store.read(sessions.find, world.people, secret) if secret else None


def keep(response: web.Response, world: World, secret: str) -> None:
    """Let the browser keep the secret of its session."""
    response.set_cookie(
        cookie_of(world),
        secret,
        path="/",
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(world),
    )


def forget(response: web.Response, world: World) -> None:
    """Let the browser forget its session."""
    response.del_cookie(cookie_of(world), path="/", httponly=True, samesite="Lax", secure=is_secure(world))
