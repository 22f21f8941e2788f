"""One's own page: where one is signed in, signing out, and the way to a second factor."""

from typing import Any

from aiohttp import web

from bot.web.forms import ELSEWHERE, Forms, fields
from bot.web.problems import explain
from bot.web.signin import visitor
from bot.web.signin.visitor import signed_in
from core.errors import WardroomError
from core.people.factor import records as codes
from core.people.factor import units as factors
from core.people.passes import one_time
from core.people.passes import units as passes
from core.people.sessions import records, units
from core.people.sessions.units import SignedIn
from core.store.engine import Store, Unit
from core.world import World
from handlers.signing import WAYS

_ABOUT = "account"


class AccountPage:
    """`GET /account` shows; `POST /account` ends a session, signs out, or leads to the second factor."""

    def __init__(self, store: Store, world: World, forms: Forms, issuer: str) -> None:
        self._store = store
        self._world = world
        self._forms = forms
        self._labels = WAYS | ({"oidc": issuer} if issuer else {})

    async def show(self, request: web.Request) -> web.Response:
        """Where one is signed in."""
        signed = await signed_in(self._store, self._world, request)
        if signed is None:
            return _to("/signin?next=/account")
        facts = await self._store.read(_facts, signed)
        usual = {"said": "", "is_good": False, "labels": self._labels, "signed": signed}
        return self._forms.page(request, "account_page.html", _ABOUT, **(usual | facts))

    async def act(self, request: web.Request) -> web.Response:
        """End something, or begin with a second factor."""
        form = await fields(request)
        if not self._forms.is_ours(request, _ABOUT, form.get("form", "")):
            return explain(request, 403, ELSEWHERE)
        signed = await signed_in(self._store, self._world, request)
        if signed is None:
            return _to("/signin?next=/account")
        me = signed.person.id
        if form.get("do") == "enrol":
            link = await self._store.transact(passes.make, signed.person, "enrol")
            return _to(one_time.path_of(self._world.secret_key, link))
        if form.get("do") == "out_everywhere":
            await self._store.transact(units.end_all, me, me)
            return self._out()
        ended = signed.session.id if form.get("do") == "out" else form.get("end", "")
        try:
            await self._store.transact(units.end, me, ended, me)
        except WardroomError as error:
            return explain(request, error.status, error.sentence())
        return self._out() if ended == signed.session.id else _to("/account")

    def _out(self) -> web.Response:
        there = _to("/signin")
        visitor.forget(there, self._world)
        return there


def _facts(unit: Unit, signed: SignedIn) -> dict[str, Any]:
    me = signed.person.id
    return {
        "sessions": records.open_of(unit, me),
        "is_enrolled": factors.is_enrolled(unit, me),
        "codes_left": codes.codes_left(unit, me),
    }


def _to(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
