"""Notices by mail, over a real SMTP server."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from bot.channels.email import server_of
from bot.platform import Refused
from core.store.engine import Store
from handlers.cards.words import words
from handlers.registry import REGISTRY
from tests.bot.channels.house import MAIL, House, settings, world
from tests.platforms.smtp import PASSWORD, TLS, USER, MailServer, text_of

SIGN_IN = f"{USER}:{quote(PASSWORD)}"
TRUSTED = f"?ca={TLS / 'server.pem'}"


@pytest.fixture
def house(store: Store, smtp: MailServer) -> House:
    return House(store, world(MAIL), settings(smtp_url=smtp.url()))


@pytest.fixture
async def strict() -> AsyncIterator[MailServer]:
    """A server that takes mail after STARTTLS and a sign-in alone."""
    server = MailServer(tls=True, sign_in=True)
    await server.start()
    yield server
    await server.stop()


async def test_each_approver_gets_a_mail_of_their_own_in_text_and_html(
    house: House, smtp: MailServer
) -> None:
    request = await house.ask("mail")
    await house.settle()
    (mail,) = smtp.to("ana@acme.test")
    assert mail["Subject"] == "Approval needed: restart checkout (AP-1)"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        text = text_of(mail, kind)
        assert request.digest[:8] in text
        assert "https://wardroom.acme.test/c/" in text
    assert len(smtp.to("bob@acme.test")) == 1
    assert text_of(mail) != text_of(smtp.to("bob@acme.test")[0])
    assert await house.states(request) == ["ana mail email ACCEPTED", "bob mail email ACCEPTED"]
    assert await house.told(request) == "Told: 2 of 2"


async def test_text_of_others_is_no_link_in_a_mail(house: House, smtp: MailServer) -> None:
    await house.ask("mail")
    await house.settle()
    for kind in ("plain", "html"):
        text = text_of(smtp.mail[0], kind)
        assert "evil.test" in text
        assert "https://evil.test" not in text


async def test_what_the_channel_does_not_list_never_leaves_by_it(house: House, smtp: MailServer) -> None:
    await house.ask("mail")
    await house.settle()
    assert "hunter2" not in smtp.mail[0].as_string()
    assert "hunter2" not in text_of(smtp.mail[0]) + text_of(smtp.mail[0], "html")


async def test_a_list_of_fields_lets_out_just_these(store: Store, smtp: MailServer) -> None:
    narrow = MAIL.model_copy(update={"fields": ("id", "subject.environment")})
    house = House(store, world(narrow), settings(smtp_url=smtp.url()))
    await house.ask("mail")
    await house.settle()
    mail = smtp.mail[0]
    assert mail["Subject"] == "Approval needed: AP-1"
    assert text_of(mail).splitlines() == ["Approval needed: AP-1", "", "Environment: production"]
    assert "restart checkout" not in mail.as_string()


async def test_a_second_try_carries_the_same_message_id(house: House, smtp: MailServer) -> None:
    smtp.answers.extend(["451 4.3.0 try later"])
    request = await house.ask("mail")
    await house.settle()
    assert len(smtp.mail) == 1
    first = await house.ledger(request)
    assert sorted(one.detail for one in first) == ["", "the mail server answers 451"]
    await house.pass_time(seconds=5)
    assert sorted(len(smtp.to(f"{who}@acme.test")) for who in ("ana", "bob")) == [1, 1]
    ids = {str(mail["Message-ID"]) for mail in smtp.mail}
    assert ids == {f"<{one.delivery}@acme.test>" for one in first}


async def test_an_unknown_mailbox_is_not_tried_again_and_is_named(house: House, smtp: MailServer) -> None:
    smtp.unknown.add("bob@acme.test")
    request = await house.ask("mail")
    await house.settle()
    assert await house.told(request) == "Told: 1 of 2; Bob by e-mail failed: mailbox unknown (550)"
    card = await house.store.read(REGISTRY.views["approval"], house.world, request.id)
    assert "Bob could not be told: mailbox unknown (550)" in words(card)
    await house.pass_time(seconds=60)
    (bob,) = [one for one in await house.ledger(request) if one.person == "bob"]
    assert (bob.attempts, smtp.to("bob@acme.test")) == (1, [])


async def test_a_password_is_sent_encrypted_only(store: Store, strict: MailServer) -> None:
    house = House(store, world(MAIL), settings(smtp_url=strict.url(SIGN_IN, TRUSTED)))
    request = await house.ask("mail")
    await house.settle()
    assert await house.states(request) == ["ana mail email ACCEPTED", "bob mail email ACCEPTED"]
    assert strict.was_encrypted == [True, True]


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    store: Store, strict: MailServer
) -> None:
    house = House(store, world(MAIL), settings(smtp_url=strict.url(SIGN_IN)))
    request = await house.ask("mail")
    await house.settle()
    assert strict.mail == []
    assert {one.detail for one in await house.ledger(request)} == {
        "the mail server's certificate is not trusted"
    }


async def test_a_wrong_password_is_permanent_and_never_told(store: Store, strict: MailServer) -> None:
    house = House(store, world(MAIL), settings(smtp_url=strict.url(f"{USER}:hunter3", TRUSTED)))
    request = await house.ask("mail")
    await house.settle()
    assert {one.detail for one in await house.ledger(request)} == {
        "the mail server refuses our sign-in (535)"
    }
    probe = await house.outlets["email"].probe(MAIL)
    assert (probe.ok, "hunter3" in repr(probe)) == (False, False)


async def test_the_probe_says_whether_mail_is_taken(house: House, smtp: MailServer) -> None:
    assert (await house.outlets["email"].probe(MAIL)).ok
    await smtp.stop()
    probe = await house.outlets["email"].probe(MAIL)
    assert (probe.ok, probe.detail) == (False, "the mail server does not answer")
    assert "SMTP_URL" in probe.mend


@pytest.mark.parametrize(
    ("url", "tls"),
    [
        ("smtp://mail.acme.test", "offered"),
        ("smtp://mail.acme.test?tls=required", "required"),
        ("smtp://u:p@mail.acme.test", "required"),
        ("smtp://u:p@127.0.0.1:2525", "offered"),
        ("smtps://u:p@mail.acme.test", "always"),
    ],
)
def test_tls_is_required_where_a_password_leaves_this_machine(url: str, tls: str) -> None:
    assert server_of(url).tls == tls


@pytest.mark.parametrize("url", ["", "mail.acme.test", "smtp://", "http://mail.acme.test", "smtp://h:99999"])
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(Refused, match="SMTP_URL"):
        server_of(url)
