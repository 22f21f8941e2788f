"""What does not answer is not called again and again; the ledger says so, and what waits is told once it answers."""

from datetime import timedelta

from core.notify import units as notices
from core.store import dispatch
from core.store.engine import Store
from tests.bot.channels.house import MAIL, PAGER, House, settings, siem, world
from tests.platforms.receiver import Receiver
from tests.platforms.twilio import Twilio

FAILURES = 8


async def _ask_often(house: House, name: str, times: int) -> list[str]:
    """Requests whose notices all go the same way; the keys of the tests' house are made of the names."""
    return [(await house.ask(*[name] * number)).id for number in range(1, times + 1)]


async def test_a_receiver_that_fails_is_called_no_more_until_it_has_had_a_rest(
    store: Store, receiver: Receiver
) -> None:
    house = House(store, world(siem(receiver.url), deadline=timedelta(hours=1)), settings())
    receiver.answers.extend([(500, {})] * FAILURES)
    ids = await _ask_often(house, "siem", FAILURES + 4)
    await house.settle()
    calls = len(receiver.ids)
    assert FAILURES <= calls <= FAILURES + 4  # those that were under way together
    await house.pass_time(seconds=10)
    assert calls == len(receiver.ids)
    details = {one.detail for ref in ids for one in await store.read(notices.ledger, ref)}
    side = f"127.0.0.1:{receiver.port}"
    assert f"{side} has not answered lately and is not called now" in details
    assert f"not answering: {side} (webhook)" == house.breakers.health().detail
    assert 1.0 == house.metrics.registry.get_sample_value("wardroom_breakers_open", {"way": "webhook"})
    for _ in range(8):
        await house.pass_time(seconds=15)
    assert len(ids) == len({event["data"]["id"] for event in receiver.events})
    assert house.breakers.health().ok
    assert 0.0 == house.metrics.registry.get_sample_value("wardroom_breakers_open", {"way": "webhook"})


async def test_a_refusal_is_an_answer_and_opens_nothing(store: Store, receiver: Receiver) -> None:
    house = House(store, world(siem(receiver.url), deadline=timedelta(hours=1)), settings())
    receiver.answers.extend([(400, {})] * 20)
    await _ask_often(house, "siem", 15)
    await house.settle()
    assert 15 == len(receiver.ids)
    assert house.breakers.health().ok


async def test_who_waits_for_what_is_not_called_hears_it_by_the_fallback(
    store: Store, twilio: Twilio
) -> None:
    mail = MAIL.model_copy(update={"fallback": "pager"})
    pager = PAGER.model_copy(update={"fallback": None})
    given = settings(smtp_url="smtp://127.0.0.1:1", twilio_api_url=twilio.url)
    house = House(store, world(mail, pager, deadline=timedelta(hours=1)), given)
    ids = await _ask_often(house, "mail", 6)
    await house.settle()
    assert not house.breakers.health().ok
    for _ in range(6):
        await house.pass_time(seconds=10)
    for ref in ids:
        told = {
            (one.person, one.way) for one in await store.read(notices.ledger, ref) if one.state == "ACCEPTED"
        }
        assert {("ana", "sms"), ("bob", "sms")} == told
    assert [] == [one for one in await store.read(dispatch.deliveries, ids[0]) if "not called" in str(one)]
