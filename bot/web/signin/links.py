"""The pages behind one-time links: sign in, set up a second factor, confirm a decision. Opening one does nothing."""

from typing import Any

import segno
from aiohttp import web

from bot.html import card_html
from bot.web.forms import ELSEWHERE, Forms, fields
from bot.web.problems import explain
from bot.web.signin import visitor
from bot.web.signin.visitor import signed_in
from core.errors import WardroomError
from core.people.factor import units as factors
from core.people.passes import one_time
from core.people.passes import units as passes
from core.people.passes.one_time import Pass
from core.people.person import Person
from core.people.sessions.units import SignedIn
from core.store.engine import Store, Unit
from core.world import World
from handlers import signing
from handlers.approvals import factor

_CONFLICT, _GONE = 409, 410


class LinkPages:
    """`GET /p/{id}?k=...` shows what the link is for; `POST /p/{id}` does it. `issuer` names the door that counts."""

    def __init__(self, store: Store, world: World, forms: Forms, issuer: str) -> None:
        self._store = store
        self._world = world
        self._forms = forms
        self._issuer = issuer

    async def show(self, request: web.Request) -> web.Response:
        """What the link is for."""
        link = (request.match_info["id"], request.query.get("k", ""))
        signed = await signed_in(self._store, self._world, request)
        seen = await self._store.read(self._look, link, signed)
        if seen is None:
            return explain(request, 403)
        found, person, closed, more = seen
        if found.purpose == "confirm":
            return self._factor(request, factor.Told(more, more.words), link)
        if closed:
            return explain(request, _GONE, closed)
        if found.purpose == "signin":
            return self._page(request, "link_page.html", link, found=found, person=person)
        values = {"found": found, "person": person, "is_enrolled": more, "step": "begin"}
        return self._enrol(request, link, **values)

    async def act(self, request: web.Request) -> web.Response:
        """Do it."""
        form = await fields(request)
        link = (request.match_info["id"], form.get("k", ""))
        if not self._forms.is_ours(request, link[0], form.get("form", "")):
            return explain(request, 403, ELSEWHERE)
        signed = await signed_in(self._store, self._world, request)
        seen = await self._store.read(self._look, link, signed)
        if seen is None:
            return explain(request, 403)
        try:
            return await self._done(request, (seen[0], seen[1]), form, enrolled=bool(seen[3]))
        except WardroomError as error:
            status = _GONE if error.status == _CONFLICT else error.status
            return explain(request, status, error.sentence())

    async def _done(
        self, request: web.Request, whose: tuple[Pass, Person], form: dict[str, str], *, enrolled: bool
    ) -> web.Response:
        found, person = whose
        link = (found.id, form.get("k", ""))
        code = form.get("code", "")
        if found.purpose == "confirm":
            signed = await signed_in(self._store, self._world, request)
            told = await self._store.transact(factor.confirm, self._world, link, code, signed)
            return explain(request, 403) if told is None else self._factor(request, told, link, posted=True)
        if found.purpose == "signin":
            browser = request.headers.get("User-Agent", "")
            secret = await self._store.transact(signing.by_link, self._world, link, browser)
            there = web.Response(status=303, headers={"Location": "/account"})
            visitor.keep(there, self._world, secret)
            return there
        known: dict[str, Any] = {"found": found, "person": person, "is_enrolled": enrolled}
        return await self._enrolled(request, link, form, known)

    async def _enrolled(
        self, request: web.Request, link: tuple[str, str], form: dict[str, str], known: dict[str, Any]
    ) -> web.Response:
        code = form.get("code", "")
        if form.get("step") == "finish":
            done = await self._store.transact(signing.finish, self._world, link, code)
            page = self._enrol(request, link, step="finish", codes=done.codes, said=done.words, **known)
        else:
            begun = await self._store.transact(signing.begin, self._world, link, code)
            step = "finish" if begun.secret else "begin"
            qr = _qr(begun.address) if begun.secret else ""
            page = self._enrol(
                request, link, step=step, secret=begun.secret, qr=qr, said=begun.words, **known
            )
        return page

    def _look(
        self, unit: Unit, link: tuple[str, str], signed: SignedIn | None
    ) -> tuple[Pass, Person, str, Any] | None:
        """The pass, its person, why it is closed, and what its page needs; None if it opens nothing."""
        found = passes.find(unit, self._world.secret_key, *link)
        person = self._world.people.get(found.person) if found else None
        if found is None or person is None or not person.active:
            return None
        more: Any = factors.is_enrolled(unit, person.id)
        if found.purpose == "confirm":
            more = factor.look(unit, self._world, found, signed)
            if more is None:
                return None
        return found, person, signing.why_closed(unit, found), more

    def _factor(
        self, request: web.Request, told: factor.Told, link: tuple[str, str], *, posted: bool = False
    ) -> web.Response:
        page = self._page(
            request,
            "factor_page.html",
            link,
            sight=told.sight,
            card=card_html(told.sight.card, live=False),
            issuer=self._issuer,
            is_open=told.sight.standing == "open" and not told.is_taken,
            said=told.words,
            is_good=told.is_taken,
        )
        if posted and not told.is_taken:
            page.set_status(422)
        return page

    def _enrol(self, request: web.Request, link: tuple[str, str], **values: Any) -> web.Response:
        usual = {"codes": (), "secret": "", "qr": "", "is_good": False}
        page = self._page(request, "enrol_page.html", link, **(usual | values))
        if values.get("said"):
            page.set_status(422)
        return page

    def _page(
        self, request: web.Request, template: str, link: tuple[str, str], **values: Any
    ) -> web.Response:
        here = one_time.path_of(self._world.secret_key, link[0])
        usual = {"said": "", "is_good": False, "key": link[1], "here": here}
        return self._forms.page(request, template, link[0], **(usual | values))


def _qr(address: str) -> str:
    """The address as a picture that authenticators read, black on white in dark pages too."""
    title = "QR code of the secret, for an authenticator app"
    return segno.make(address, error="m").svg_inline(omitsize=True, dark="#000", light="#fff", title=title)
