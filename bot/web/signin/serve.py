"""The pages around signing in: the door, one-time links, and one's own page."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.web.forms import Forms, is_secure
from bot.web.problems import explain
from bot.web.signin.account import AccountPage
from bot.web.signin.doors import Door
from bot.web.signin.entrance import Entrance
from bot.web.signin.links import LinkPages
from core.errors import TooMany
from core.place import Actor
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter

Page = Callable[[web.Request], Awaitable[web.Response]]


def routes(store: Store, world: World, limiter: Limiter, doors: tuple[Door, ...] = ()) -> list[web.RouteDef]:
    """Everything around signing in; `limiter` counts by the address that asks."""
    issuer = next((door.label for door in doors if door.name == "oidc"), "")
    forms = Forms(world, "__Host-wardroom_form" if is_secure(world) else "wardroom_visitor", "/")
    entrance = Entrance(store, world, forms, doors)
    links = LinkPages(store, world, forms, issuer)
    account = AccountPage(store, world, forms, issuer)

    def limited(page: Page) -> Page:
        async def serve(request: web.Request) -> web.Response:
            try:
                limiter.admit(Actor(platform="page", user=request.remote or ""))
            except TooMany as error:
                answer = explain(request, 429, error.sentence())
                answer.headers["Retry-After"] = str(max(1, round(float(str(error.data["retry_after"])))))
                return answer
            return await page(request)

        return serve

    return [
        web.get("/signin", limited(entrance.show)),
        web.get("/signin/{door}", limited(entrance.leave)),
        web.get("/signin/{door}/back", limited(entrance.back)),
        web.get("/account", limited(account.show)),
        web.post("/account", limited(account.act)),
        web.get("/p/{id}", limited(links.show)),
        web.post("/p/{id}", limited(links.act)),
    ]
