"""A process that dies between sending a notice and recording it: the other side can tell the second copy."""

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from typing_extensions import override

from bot.sending.postman import Outcome, Postman, _Work
from core import wiring
from core.approvals import records
from core.clock import SystemClock
from core.store import leases
from core.store.dispatch import Outgoing
from core.store.engine import Store
from tests.bot.channels.house import MAIL, PAGER, House, settings, siem, world
from tests.platforms.receiver import Receiver
from tests.platforms.smtp import MailServer
from tests.platforms.twilio import Twilio
from tests.stores import opened, sqlite_url

pytestmark = pytest.mark.crash
_SPAWN = multiprocessing.get_context("spawn")
_LIMIT = 60.0


def house_of(store: Store, addresses: tuple[str, str, str]) -> House:
    smtp, twilio, hook = addresses
    pager = PAGER.model_copy(update={"fallback": None})
    given = settings(smtp_url=smtp, twilio_api_url=twilio)
    return House(store, world(MAIL, pager, siem(hook)), given)


class Mortal(Postman):
    """A postman who dies with what he knows of the first message that was taken."""

    @override
    def _accepted(self, out: Outgoing, work: _Work, provider: str, detail: str) -> Outcome:
        os.kill(os.getpid(), signal.SIGKILL)
        return super()._accepted(out, work, provider, detail)


def die_after_sending(folder: Path, channel: str, addresses: tuple[str, str, str]) -> None:
    """Ask, send the notices, and be killed before what became of the first one is recorded."""
    asyncio.run(_die(folder, channel, addresses))


async def _die(folder: Path, channel: str, addresses: tuple[str, str, str]) -> None:
    clock = SystemClock()
    async with opened(sqlite_url(folder), clock, reactions=wiring.BY_EVENT, process="first") as store:
        house = house_of(store, addresses)
        courier = house.sender._courier
        mortal = Mortal(store, house.world, house.outlets, house.metrics)
        courier._postman, courier._ways = mortal, {**courier._ways, "notice": mortal.send}
        await house.ask(channel)
        await house.settle()


@pytest.mark.parametrize("channel", ["mail", "siem", "pager"])
async def test_what_was_sent_before_the_crash_is_known_after_it(
    tmp_path: Path, smtp: MailServer, twilio: Twilio, receiver: Receiver, channel: str
) -> None:
    addresses = (smtp.url(), twilio.url, receiver.url)
    process = _SPAWN.Process(target=die_after_sending, args=(tmp_path, channel, addresses))
    process.start()
    async with asyncio.timeout(_LIMIT):
        await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL
    before = (len(smtp.mail), len(receiver.ids), len(twilio.messages))
    assert sum(before) >= 1, "it was sent before the crash"
    async with opened(
        sqlite_url(tmp_path), SystemClock(), reactions=wiring.BY_EVENT, process="second"
    ) as store:
        house = house_of(store, addresses)
        await store.transact(leases.end_all)
        await house.sender.reconcile()
        await house.settle()
        request = await store.read(records.get, "AP-1")
        states = await house.states(request)
    assert {state.rpartition(" ")[2] for state in states} == {"ACCEPTED"}
    expected = 1 if channel == "siem" else 2
    assert len({str(mail["Message-ID"]) for mail in smtp.mail} | set(receiver.ids)) in (0, expected)
    # Twilio can be asked what it has: there the second copy is not even sent.
    assert len(twilio.messages) == (2 if channel == "pager" else 0)
