"""The way `websocket` when no program takes what it brings: tried again like others, then told by the fallback."""

from bot.channels.websocket import Websocket
from core.notify.channel import Channel
from core.store.engine import Store
from handlers.programs import notices
from tests.bot.channels.house import MAIL, House, settings, world
from tests.platforms.smtp import MailServer

DESK = Channel(name="desk", outlets={"websocket": {}}, fallback="mail")


async def test_what_no_program_takes_fails_in_the_end_and_goes_by_the_fallback(
    store: Store, smtp: MailServer
) -> None:
    house = House(store, world(DESK, MAIL), settings(smtp_url=smtp.url()))
    outlet = house.outlets["websocket"]
    assert isinstance(outlet, Websocket)
    outlet.patience = 0.01
    request = await house.ask("desk")
    for seconds in (0, 5, 10):
        await house.pass_time(seconds=seconds)
        assert ["ana desk websocket QUEUED", "bob desk websocket QUEUED"] == await house.states(request)
    assert [] == smtp.mail
    await house.pass_time(seconds=20)
    assert ["ana@acme.test", "bob@acme.test"] == sorted(str(mail["To"]) for mail in smtp.mail)
    why = "none of their programs is connected and took it"
    assert f"Ana by WebSocket failed: {why}" in await house.told(request)
    assert not await store.read(notices.is_taken, "nothing")
