"""A second factor that was set up is told to its person, where whoever has their chat does not read along."""

import pytest

from core.notify.channel import Channel
from core.store import events
from core.store.engine import Store
from tests.bot.channels.house import MAIL, PAGER, House, settings, world
from tests.platforms.smtp import MailServer, text_of
from tests.platforms.twilio import Twilio

SHARED = Channel(name="all", outlets={"email": {"from": "wardroom@acme.test", "to": "all@acme.test"}})


async def enrols(store: Store, who: str, *, again: bool = False) -> None:
    await store.transact(events.append, "factor.enrolled", who, actor=who, data={"again": again})


@pytest.mark.parametrize(
    ("again", "said"),
    [(False, "A second factor was set up as you."), (True, "Another authenticator was set up as you.")],
)
async def test_the_person_hears_of_it_by_their_own_mail_and_nobody_else_does(
    store: Store, smtp: MailServer, *, again: bool, said: str
) -> None:
    house = House(store, world(SHARED, PAGER, MAIL), settings(smtp_url=smtp.url()))
    await enrols(store, "ana", again=again)
    await house.settle()
    (mail,) = smtp.mail
    assert "ana@acme.test" == mail["To"]
    assert said in str(mail["Subject"])
    assert "If it was not you, tell an administrator at once." in text_of(mail)


async def test_without_mail_it_is_a_text_message_and_without_both_nothing(
    store: Store, twilio: Twilio
) -> None:
    house = House(store, world(PAGER), settings(twilio_api_url=twilio.url))
    await enrols(store, "ana")
    await house.settle()
    assert ["+491700000003"] == [one["to"] for one in twilio.messages]
    bare = House(store, world(SHARED), settings())
    await enrols(store, "bob")
    await bare.settle()
    assert 1 == len(twilio.messages)
