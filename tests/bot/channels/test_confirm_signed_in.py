"""The page behind a mail's link for somebody who is signed in, and where a policy asks for a second factor."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pyotp
import pytest

from bot.web import confirm
from bot.web.server import WebServer
from bot.web.signin import serve
from core.approvals.request import Status
from core.people.factor import units as factors
from core.people.sessions import units as sessions
from core.people.sessions.session import Way
from core.store.engine import Store
from handlers.limits import Limiter
from tests.bot.channels.house import KEY, MAIL, PEOPLE, House, settings, world
from tests.bot.channels.test_confirm import Street
from tests.platforms.smtp import MailServer


@pytest.fixture
async def street(store: Store, smtp: MailServer) -> AsyncIterator[Street]:
    house = House(store, world(MAIL), settings(smtp_url=smtp.url()))
    limiter = Limiter(house.world.limits.pages_per_minute, store.clock)
    pages = [*confirm.routes(store, house.world), *serve.routes(store, house.world, limiter)]
    server = WebServer("127.0.0.1", 0, pages)
    await server.start()
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[server.url])
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Street(house, smtp, http, server.url)
    await server.stop()


async def sign_in(street: Street, who: str, *, minutes_ago: float | None = None) -> None:
    """This person is signed in in the browser; at the issuer if it is said when."""
    now = street.house.store.clock.now()
    at = None if minutes_ago is None else now - timedelta(minutes=minutes_ago)
    way: Way = "chat" if minutes_ago is None else "oidc"
    secret = await street.house.store.transact(sessions.begin, PEOPLE[who], way, "", at)
    street.http.cookie_jar.update_cookies({"__Host-wardroom": secret})


async def test_whoever_is_signed_in_as_the_reader_needs_no_code(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await sign_in(street, "ana")
    _, text = await ana.opens()
    assert "You are signed in as Ana" in text
    assert 'name="code"' not in text
    assert 200 == (await ana.sends(code=""))[0]
    assert [("ana", "mail")] == [
        (vote.person, vote.strength) for vote in (await street.house.now(request)).votes
    ]


async def test_the_session_of_another_stands_in_for_nothing(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await sign_in(street, "bob")
    _, text = await ana.opens()
    assert 'name="code"' in text
    assert 422 == (await ana.sends(code=""))[0]
    assert () == (await street.house.now(request)).votes


async def test_a_session_does_not_stand_in_for_the_form_or_the_link(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await sign_in(street, "ana")
    await ana.opens()
    assert 403 == (await ana.sends(form="0" * 32))[0]
    assert 403 == (await ana.sends(site="cross-site"))[0]
    assert 403 == (await ana.sends(k="0" * 32))[0]
    assert () == (await street.house.now(request)).votes


async def test_a_yes_by_mail_goes_on_to_the_second_factor(street: Street) -> None:
    request = await street.asks(second_factor=True)
    clock = street.house.store.clock
    begun = await street.house.store.transact(factors.begin, KEY, "acme", PEOPLE["ana"], "")
    totp = pyotp.TOTP(begun.secret)
    await street.house.store.transact(factors.finish, KEY, PEOPLE["ana"], totp.at(clock.now()))
    ana = street.at("ana")
    await ana.opens()
    status, text = await ana.sends()
    assert (422, True) == (status, "Nothing is recorded yet" in text)
    assert () == (await street.house.now(request)).votes
    found = re.search(r'href="(/p/\w+\?k=\w+)"', text)
    assert found is not None
    ana.link = found.group(1)
    await ana.opens()
    assert 200 == (await ana.sends(code=totp.at(clock.now() + timedelta(seconds=30))))[0]
    now = await street.house.now(request)
    assert (Status.APPROVED, ["mail+totp"]) == (now.status, [vote.strength for vote in now.votes])


@pytest.mark.parametrize(("minutes", "strengths"), [(29, ["mail+oidc"]), (31, [])])
async def test_a_fresh_sign_in_at_the_issuer_is_the_second_factor_of_a_yes_by_mail(
    street: Street, minutes: float, strengths: list[str]
) -> None:
    request = await street.asks(second_factor=True)
    ana = street.at("ana")
    await sign_in(street, "ana", minutes_ago=minutes)
    await ana.opens()
    await ana.sends(code="")
    assert strengths == [vote.strength for vote in (await street.house.now(request)).votes]
