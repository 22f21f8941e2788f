"""The page at which one signs in, the way to a door and back, and where one goes on from there."""

from collections.abc import Mapping

from aiohttp import web
from pydantic import ValidationError

from bot.web.forms import Forms, is_secure
from bot.web.problems import explain
from bot.web.signin import visitor
from bot.web.signin.doors import Door
from bot.web.signin.oauth import Attempt, Passage, attempt_at
from core.errors import WardroomError
from core.people.passes.one_time import LIFETIME
from core.people.sealed import seal, unseal
from core.store.engine import Store
from core.world import World
from handlers import signing

_PURPOSE = "sign-in"
_LONGEST = 512


def inside(path: str) -> str:
    """`path` if it is one of this house, else one's own page: nobody is sent elsewhere after signing in."""
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isascii() and path.isprintable()
    return path if is_ours and len(path) <= _LONGEST else "/account"


class Entrance:
    """`GET /signin` shows the doors, `GET /signin/{door}` goes to one, `GET /signin/{door}/back` comes back."""

    def __init__(self, store: Store, world: World, forms: Forms, doors: tuple[Door, ...]) -> None:
        self._store = store
        self._world = world
        self._forms = forms
        self._doors: Mapping[str, Door] = {door.name: door for door in doors}
        self._passage = Passage(store.clock)
        self._cookie = "__Host-wardroom_attempt" if is_secure(world) else "wardroom_attempt"

    async def show(self, request: web.Request) -> web.Response:
        """The doors."""
        following = inside(request.query.get("next", ""))
        values = {"doors": tuple(self._doors.values()), "next": following, "workspace": self._world.workspace}
        return self._forms.page(request, "sign_in_page.html", "signin", said="", is_good=False, **values)

    async def leave(self, request: web.Request) -> web.Response:
        """Go to a door."""
        door = self._doors.get(request.match_info["door"])
        if door is None:
            return explain(
                request, 404, "There is no such way to sign in. `/wardroom signin` in the chat is one."
            )
        attempt = attempt_at(door, inside(request.query.get("next", "")))
        try:
            where = await self._passage.leave(door, attempt, self._back(door))
        except WardroomError as error:
            return explain(request, error.status, error.sentence())
        there = _to(where)
        now = self._store.clock.now()
        sealed = seal(self._world.secret_key, _PURPOSE, attempt.model_dump_json(), now)
        there.set_cookie(
            self._cookie,
            sealed,
            path="/",
            max_age=int(LIFETIME.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=is_secure(self._world),
        )
        return there

    async def back(self, request: web.Request) -> web.Response:
        """Come back from a door, with an account or without."""
        door = self._doors.get(request.match_info["door"])
        attempt = self._attempt(request)
        if door is None or attempt is None or attempt.door != door.name:
            begun = "This sign-in was not begun in this browser, or more than ten minutes ago. Begin again."
            return self._without_attempt(explain(request, 403, begun))
        try:
            account = await self._passage.come_back(door, attempt, self._back(door), request.query)
            before = request.cookies.get(visitor.cookie_of(self._world), "")
            browser = request.headers.get("User-Agent", "")
            secret = await self._store.transact(signing.by_account, self._world, account, browser, before)
        except WardroomError as error:
            return self._without_attempt(explain(request, error.status, error.sentence()))
        there = self._without_attempt(_to(inside(attempt.following)))
        visitor.keep(there, self._world, secret)
        return there

    def _attempt(self, request: web.Request) -> Attempt | None:
        sealed = request.cookies.get(self._cookie, "")
        text = unseal(self._world.secret_key, _PURPOSE, sealed, self._store.clock.now(), LIFETIME)
        try:
            return Attempt.model_validate_json(text) if text is not None else None
        except ValidationError:
            return None

    def _without_attempt(self, response: web.Response) -> web.Response:
        """An attempt counts once, however it ends."""
        response.del_cookie(
            self._cookie, path="/", httponly=True, samesite="Lax", secure=is_secure(self._world)
        )
        return response

    def _back(self, door: Door) -> str:
        return f"{self._world.public_url}/signin/{door.name}/back"


def _to(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where, "Cache-Control": "no-store"})
