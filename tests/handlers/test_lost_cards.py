"""A card that could not be posted: what its room does depends on where it was to stand."""

from dataclasses import replace

from bot.sending.delivery import Courier
from bot.sending.postman import Postman
from bot.telemetry import Metrics
from core.incidents.units import REVIEW, VIEW
from core.notify.channel import Channel
from core.place import Place
from core.store import dispatch, outbox
from core.store.engine import Unit
from handlers.registry import REGISTRY
from tests.handlers.house import OPS, House

LOCAL = Place(platform="local", channel="ops")
ANA = Place(platform="slack", channel="@U0ANA", workspace="T1", direct=True)
BO = Place(platform="local", channel="@bo", direct=True)


async def gives_up(house: House, place: Place) -> None:
    """The platform refuses the card of a review at this place for good."""
    postman = Postman(house.store, house.world, {}, Metrics(), lambda: 0.0)
    courier = Courier(house.store, house.world, REGISTRY, {}, postman)

    def lose(unit: Unit) -> None:
        copies = {one.seq: dispatch.copy_of(unit, one.copy_id or "") for one in outgoing}
        (out,) = [one for one in outgoing if (known := copies[one.seq]) and known.place == place]
        courier.lost(unit, out, "They take no direct messages.")

    outgoing = [
        one
        for one in await house.store.transact(dispatch.claim, leader=True)
        if one.kind == "show" and one.about.startswith("REV-")
    ]
    await house.store.transact(lose)


async def reviewed(house: House, *places: Place) -> None:
    """An incident that is shown on Slack and in the local workspace, and its review at these places."""
    house.world = replace(house.world, channels={"ops": Channel(name="ops", places=(OPS, LOCAL))})
    await house.command("ana", "/incident declare", title="checkout is down")
    for place in places:
        await house.store.transact(outbox.publish, REVIEW, "REV-INC-1", place)


async def test_a_review_that_does_not_reach_somebody_goes_to_the_thread_of_their_own_chat(
    house: House,
) -> None:
    await reviewed(house, ANA, BO)
    await gives_up(house, ANA)
    found = await house.store.read(outbox.places, REVIEW, "REV-INC-1")
    shown = [one for one in await house.store.read(outbox.places, VIEW, "INC-1") if one.platform == "slack"]
    assert [ANA, BO, *shown[:1]] == found


async def test_a_review_that_was_lost_in_a_channel_goes_nowhere_else(house: House) -> None:
    room = Place(platform="slack", channel="C0ROOM", flat=True)
    await reviewed(house, BO, room)
    await gives_up(house, room)
    assert [BO, room] == await house.store.read(outbox.places, REVIEW, "REV-INC-1")
