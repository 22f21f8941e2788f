"""The page on which a review is written. Its address is one person's, and what is sent from it is theirs."""

from aiohttp import web

from bot.web.forms import ELSEWHERE, Forms, fields
from bot.web.problems import explain
from core.errors import Conflict, Forbidden, NotFound
from core.people.person import Person
from core.store.engine import Store
from core.world import World
from handlers.incidents import review_page
from handlers.incidents.review_page import Pen, Sheet

_PATH = r"/reviews/{id:INC-\d+}/edit"


def routes(store: Store, world: World) -> list[web.RouteDef]:
    """`GET /reviews/{id}/edit?p=…&until=…&k=…` shows what stands in it; `POST` keeps a new version."""
    desk = Desk(store, world)
    return [web.get(_PATH, desk.show), web.post(_PATH, desk.save)]


class Desk:
    """Shows and saves."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._world = world
        self._forms = Forms(world, "wardroom_review", "/reviews/")

    async def show(self, request: web.Request) -> web.Response:
        """What stands in it, to be written on."""
        pen = _pen(request)
        try:
            person = self._writer(pen)
            if person is None:
                return explain(request, 410)
            sheet = await self._store.read(review_page.look, self._world, pen.incident, person)
        except Forbidden as error:
            return explain(request, 403, error.sentence())
        except NotFound:
            return explain(request, 404)
        return self._page(request, pen, sheet)

    async def save(self, request: web.Request) -> web.Response:
        """Keep it as the next version; who wrote on top of an old one sees both, and nothing is lost."""
        pen, said = _pen(request), await fields(request)
        try:
            person = self._writer(pen)
        except Forbidden as error:
            return explain(request, 403, error.sentence())
        if person is None:
            return explain(request, 410)
        if not self._forms.is_ours(request, pen.ref, said.get("form", "")):
            return explain(request, 403, ELSEWHERE)
        seen = _number(said.get("version", ""))
        try:
            made = await self._store.transact(review_page.write, self._world, pen, person, said, seen)
        except Conflict as error:
            sheet = await self._store.read(
                review_page.collided, self._world, pen.incident, person, said, seen
            )
            page = self._page(request, pen, sheet, error.what, is_wrong=sheet.review.version != seen)
            page.set_status(409)
            return page
        sheet = await self._store.read(review_page.look, self._world, pen.incident, person)
        return self._page(request, pen, sheet, f"Saved as version {made.version}.")

    def _writer(self, pen: Pen) -> Person | None:
        return review_page.writer(self._world, pen, self._store.clock.now())

    def _page(
        self, request: web.Request, pen: Pen, sheet: Sheet, told: str = "", *, is_wrong: bool = False
    ) -> web.Response:
        return self._forms.page(
            request,
            "review_page.html",
            pen.ref,
            sheet=sheet,
            said=told,
            is_good=not is_wrong,
            to=request.path_qs,
        )


def _pen(request: web.Request) -> Pen:
    given = request.query
    return Pen(
        request.match_info["id"],
        given.get("p", ""),
        _number(given.get("until", "")),
        given.get("k", ""),
    )


_DIGITS = 11  # of seconds, until the year 5138


def _number(text: str) -> int:
    """What digits say; 0 if it is anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
