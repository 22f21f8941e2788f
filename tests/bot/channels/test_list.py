"""Every way of the list keeps the same promises, whatever it is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import pytest

from bot import plugins
from bot.channels.channel import Gear, retry_after
from bot.platform import Refused, SendError
from core.clock import ManualClock
from core.notify.channel import Channel
from core.notify.config import ChannelConfig
from core.notify.notice import USUAL, Letter
from core.store.engine import Store
from tests.bot.channels.house import settings
from tests.stores import START

OPTIONS: Mapping[str, dict[str, object]] = {
    "email": {"from": "wardroom@acme.test"},
    "webhook": {"url": "http://127.0.0.1:1/"},
}
TARGETS = {
    "email": "ana@acme.test",
    "sms": "+491700000001",
    "webhook": "http://127.0.0.1:1/in",
    "callback": "http://127.0.0.1:1/in",
    "chat": "slack:C0OPS",
    "direct": "slack:@U0ANA",
    "websocket": "ana",
}
NOTHING_LISTENS = {
    "smtp_url": "smtp://127.0.0.1:1",
    "twilio_api_url": "http://127.0.0.1:1",
}


def letter(way: str) -> Letter:
    options = OPTIONS.get(way, {})
    facts = {"id": "AP-1", "title": "restart"}
    return Letter("k" * 24, "c", way, TARGETS[way], "AP-1", "approval.requested", "A", facts, START, options)


def gear(store: Store, **given: str) -> Gear:
    return Gear(settings(**given), ManualClock(START), lambda _: "", store)


@pytest.mark.parametrize("way", sorted(plugins.CHANNELS))
async def test_a_way_is_listed_under_its_own_name_and_has_a_small_list_of_facts(
    store: Store, way: str
) -> None:
    made = plugins.channels(gear(store))[way]
    assert made.way == way
    # What is frozen in a request leaves by no way of itself: somebody has to list it. A callback goes to the
    # program that wrote it, and nowhere else.
    assert (way == "callback") == ("subject" in USUAL.get(way, ()))


@pytest.mark.parametrize("way", sorted(plugins.CHANNELS))
async def test_a_way_whose_other_side_is_not_there_says_so_and_raises_nothing_else(
    store: Store, way: str
) -> None:
    outlet = plugins.channels(gear(store, **NOTHING_LISTENS))[way]
    with pytest.raises(SendError):
        await outlet.send(letter(way))
    probe = await outlet.probe(Channel(name="c", outlets={way: OPTIONS.get(way, {})}))
    assert probe.detail
    assert probe.ok or probe.mend


@pytest.mark.parametrize(
    "way", sorted(plugins.CHANNELS.keys() - {"chat", "webhook", "callback", "websocket"})
)
async def test_a_way_that_is_not_set_up_refuses_for_good(store: Store, way: str) -> None:
    outlet = plugins.channels(gear(store, smtp_url="", twilio_account_sid=""))[way]
    with pytest.raises(Refused, match="not set"):
        await outlet.send(letter(way))


def test_what_a_channel_can_be_configured_with_has_a_way() -> None:
    chats = {"slack", "discord", "local"}
    written = ChannelConfig.model_fields.keys() - chats - {"fields", "fallback"}
    assert written <= plugins.CHANNELS.keys()
    assert all(type(None) in get_args(ChannelConfig.model_fields[name].annotation) for name in written)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("30", 30.0),
        ("Mon, 02 Mar 2026 09:00:45 GMT", 45.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("Mon, 02 Mar 2026 09:00:45 -0000", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_of_its_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))) == seconds
