"""The page behind a link: it shows, and decides only with its own form, its code, and the right person's link."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.web import confirm
from bot.web.server import WebServer
from core.approvals import records
from core.approvals.request import Ask, Request, Status
from core.clock import ManualClock
from core.store import events, leases
from core.store.engine import Store, Unit
from tests.bot.channels.house import MAIL, PAGER, House, settings, world
from tests.core.approvals.ages import HOUR, pass_time
from tests.platforms.smtp import MailServer, text_of
from tests.platforms.twilio import Twilio

_LINK = re.compile(r"https://wardroom\.acme\.test(/c/\w+\?k=\w+)")
_CODE = re.compile(r"\b[0-9a-z]{4}-[0-9a-z]{4}\b")
_HIDDEN = re.compile(r'name="(k|form)" value="([^"]*)"')


@dataclass
class Browser:
    """Somebody with a link: opens its page and sends its form."""

    http: aiohttp.ClientSession
    root: str
    link: str
    code: str
    fields: dict[str, str] = field(default_factory=dict)

    async def opens(self) -> tuple[int, str]:
        async with self.http.get(self.root + self.link) as page:
            text = await page.text()
            self.fields = dict(_HIDDEN.findall(text))
            return page.status, text

    async def sends(self, choice: str = "approve", **more: str) -> tuple[int, str]:
        headers = {"Origin": more.pop("origin", self.root), "Sec-Fetch-Site": more.pop("site", "same-origin")}
        form = {"choice": choice, "code": self.code, "reason": "", **self.fields, **more}
        address = self.root + self.link.partition("?")[0]
        async with self.http.post(address, data=form, headers=headers) as page:
            return page.status, await page.text()


@dataclass
class Street:
    """A house with its pages served, and the mail that came from it."""

    house: House
    smtp: MailServer
    http: aiohttp.ClientSession
    root: str

    async def asks(self, channel: str = "mail", **more: Any) -> Request:
        request = await self.house.ask(channel, **more)
        await self.house.settle()
        return request

    def at(self, who: str) -> Browser:
        mail = self.smtp.to(f"{who}@acme.test")[-1]
        return browser(self, text_of(mail))


def browser(street: Street, text: str) -> Browser:
    link = _LINK.search(text)
    assert link is not None
    return Browser(
        street.http, street.root, link.group(1), _CODE.findall(text.partition(link.group(0))[2])[0]
    )


@pytest.fixture
async def street(store: Store, smtp: MailServer, twilio: Twilio) -> AsyncIterator[Street]:
    given = settings(smtp_url=smtp.url(), twilio_api_url=twilio.url)
    house = House(store, world(MAIL, PAGER), given)
    server = WebServer("127.0.0.1", 0, confirm.routes(store, house.world))
    await server.start()
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[server.url])
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Street(house, smtp, http, server.url)
    await server.stop()


async def test_opening_a_link_shows_what_is_asked_and_decides_nothing(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    status, text = await ana.opens()
    assert status == 200
    assert request.digest in text
    assert "restart checkout" in text
    assert ana.code not in text
    now = await street.house.now(request)
    assert (now.status, now.votes) == (Status.PENDING, ())


async def test_a_person_decides_with_the_form_and_the_code(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    status, text = await ana.sends()
    assert (status, "You approved AP-1" in text) == (200, True)
    now = await street.house.now(request)
    assert (now.status, [(vote.person, vote.via) for vote in now.votes]) == (
        Status.APPROVED,
        [("ana", "email")],
    )


async def test_a_text_message_decides_as_well(street: Street, twilio: Twilio) -> None:
    request = await street.asks("pager")
    text = next(one for one in twilio.messages if one["to"] == "+491709999999")["body"]
    bob = browser(street, text)
    await bob.opens()
    assert (await bob.sends(code=bob.code.upper().replace("-", " ")))[0] == 200
    assert [(vote.person, vote.via) for vote in (await street.house.now(request)).votes] == [("bob", "sms")]


async def test_a_link_counts_once(street: Street) -> None:
    request = await street.asks(approvals=2)
    ana = street.at("ana")
    await ana.opens()
    await ana.sends()
    status, text = await ana.sends("reject", reason="no")
    assert (status, "it counts once" in text) == (422, True)
    assert [str(vote.choice) for vote in (await street.house.now(request)).votes] == ["approve"]
    assert "it counts once" in (await ana.opens())[1]


async def test_without_the_code_nothing_is_decided_and_tries_are_limited(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    for left in (4, 3, 2, 1):
        status, text = await ana.sends(code="0000-0000")
        assert (status, f"{left} more tries" in text) == (422, True)
    assert "closed" in (await ana.sends(code="1111-1111"))[1]
    status, text = await ana.sends()
    assert (status, "closed" in text) == (422, True)
    assert (await street.house.now(request)).votes == ()
    history = await street.house.store.read(events.history, request.id)
    assert sum(one["kind"] == "approval.code_refused" for one in history) == 5


async def test_the_code_of_another_person_does_not_open_this_link(street: Street) -> None:
    request = await street.asks()
    ana, bob = street.at("ana"), street.at("bob")
    await ana.opens()
    assert (await ana.sends(code=bob.code))[0] == 422
    assert (await street.house.now(request)).votes == ()


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"site": "cross-site"},
        {"form": ""},
        {"form": "0" * 32},
    ],
    ids=str,
)
async def test_a_form_from_elsewhere_is_refused(street: Street, change: dict[str, str]) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    assert (await ana.sends(**change))[0] == 403
    assert (await street.house.now(request)).votes == ()


async def test_a_form_without_the_visitors_cookie_is_refused(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    street.http.cookie_jar.clear()
    assert (await ana.sends())[0] == 403
    assert (await street.house.now(request)).votes == ()


@pytest.mark.parametrize("key", ["", "0" * 32, "é", "x" * 5_000])
async def test_a_link_that_was_changed_is_told_to_nobody(street: Street, key: str) -> None:
    await street.asks()
    ana = street.at("ana")
    ana.link = f"{ana.link.partition('=')[0]}={key}"
    status, text = await ana.opens()
    assert (status, "restart checkout" in text) == (403, False)


async def test_the_link_of_one_notice_does_not_open_another(street: Street) -> None:
    await street.asks()
    ana, bob = street.at("ana"), street.at("bob")
    ana.link = f"{ana.link.partition('?')[0]}?{bob.link.partition('?')[2]}"
    assert (await ana.opens())[0] == 403


async def test_after_the_decision_the_page_says_how_it_stands(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    await street.house.decide(request, "bob")
    status, text = await ana.sends()
    assert (status, "AP-1 is approved since" in text) == (422, True)
    assert "<form" not in (await ana.opens())[1]


async def test_a_link_to_something_that_has_changed_says_so_and_shows_how_it_stands(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()

    def change(unit: Unit) -> None:
        table = records.APPROVAL
        changed = table.update().where(table.c.id == request.id)
        unit.conn.execute(changed.values(digest="f" * 64, title="restart payments"))

    await street.house.store.transact(change)
    for status, text in (await ana.sends(), await ana.opens()):
        assert status in (200, 422)
        assert "has changed since that message" in text
        assert "restart payments" in text
        assert "<form" not in text
    assert (await street.house.now(request)).votes == ()


async def test_a_link_runs_out_though_our_own_outage_gave_the_question_more_time(
    street: Street, clock: ManualClock
) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    await street.house.store.transact(leases.beat, HOUR)
    await pass_time(street.house.store, clock, 5 * HOUR, alive=False)
    status, text = await ana.sends()
    assert 422 == status
    assert "This link has run out. You can still decide in the chat." in text
    now = await street.house.store.read(records.get, request.id)
    assert (Status.PENDING, ()) == (now.status, now.votes)


async def test_a_rejection_needs_its_reason_and_the_link_still_counts(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    status, text = await ana.sends("reject")
    assert (status, "needs a reason" in text) == (422, True)
    assert (await ana.sends("reject", reason="not today"))[0] == 200
    assert (await street.house.now(request)).status is Status.REJECTED


async def test_somebody_who_has_lost_the_permission_cannot_decide_by_link(street: Street) -> None:
    request = await street.asks()
    ana = street.at("ana")
    await ana.opens()
    roles = {"sre": frozenset({"ask.*"})}
    object.__setattr__(street.house.world, "roles", roles)
    status, text = await ana.sends()
    assert (status, "Your roles do not let you" in text) == (422, True)
    assert (await street.house.now(request)).votes == ()


async def test_the_page_leaves_nothing_behind_and_lets_nothing_in(street: Street) -> None:
    await street.asks()
    ana = street.at("ana")
    async with street.http.get(street.root + ana.link) as page:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        cookie = page.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/c/"))
        assert "<script" not in await page.text()


async def test_no_secret_of_a_link_is_kept_or_logged(
    street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    request = await street.asks(ask=(Ask(role="sre"),))
    ana = street.at("ana")
    await ana.opens()
    await ana.sends(code="0000-0000")
    await ana.sends()
    entries = await street.house.ledger(request)
    kept = repr([entries, await street.house.store.read(events.history, request.id)])
    printed = "".join(capsys.readouterr())
    key = ana.link.partition("k=")[2]
    for text in (kept, printed):
        assert key not in text
        assert ana.code not in text
