"""The page at which one signs in, and where one goes on from there."""

from aiohttp import web

from bot.web.forms import Forms
from core.store.engine import Store
from core.wiring import World


def inside(path: str) -> str:
    """`path` if it is one of this house, else one's own page: nobody is sent elsewhere after signing in."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours else "/account"


class Entrance:
    """`GET /signin` shows the doors there are."""

    def __init__(self, store: Store, world: World, forms: Forms) -> None:
        self._store = store
        self._world = world
        self._forms = forms

    async def show(self, request: web.Request) -> web.Response:
        """The doors."""
        following = inside(request.query.get("next", ""))
        values = {"doors": (), "next": following, "workspace": self._world.workspace}
        return self._forms.page(request, "sign_in_page.html", "signin", said="", is_good=False, **values)
