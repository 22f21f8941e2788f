"""Whose an incident is, who may do their part in it, and what its card says of news that is late."""

from datetime import timedelta

from core.clock import ManualClock
from core.incidents import records
from core.incidents.reminding import units as reminding
from core.store import outbox
from handlers.registry import REGISTRY
from tests.handlers.house import House, said

DOWN = "checkout is down"


async def test_it_belongs_to_whoever_was_said_last_and_can_be_taken_off_them(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident assign INC-1 dev")
    assert "Belongs to: @Dev" in said(await house.live("incident", "INC-1"))
    await house.command("ana", "/incident assign INC-1 platform")
    card = said(await house.live("incident", "INC-1"))
    assert ("Belongs to: team platform" in card, "Dev" in card) == (True, False)
    await house.command("ana", "/incident assign INC-1 bo")
    assert "Belongs to: team platform, @Bo" in said(await house.live("incident", "INC-1")), (
        "he is of that team"
    )
    await house.command("ana", "/incident assign INC-1 dev")
    assert "platform, @Dev" not in said(await house.live("incident", "INC-1"))
    answer = said(await house.command("ana", "/incident assign INC-1 nobody"))
    assert "INC-1 belongs to team platform, which owns checkout now." in answer
    free = await house.store.read(records.get, "INC-1")
    assert ("", "") == (free.owner, free.team)
    assert "Belongs to" not in said(await house.live("incident", "INC-1"))
    assert "was given to nobody" in said(await house.command("ana", "/incident assign INC-1 nobody"))


async def test_a_part_that_somebody_may_not_do_is_told_to_both(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    answer = said(await house.command("ana", "/incident role INC-1 scribe @dev"))
    assert "Dev may not write on the timeline: that needs the permission incident.timeline." in answer
    (ref,) = await house.store.read(outbox.refs, "incident_brief", "INC-1:")
    card = await house.store.read(REGISTRY.views["incident_brief"], house.world, ref)
    assert "You may not write on the timeline" in said(card)
    assert "/incident timeline INC-1" not in said(card)
    assert "may not" not in said(await house.command("ana", "/incident role INC-1 scribe @bo"))


async def test_news_that_is_late_is_said_to_be_and_reminded_of_in_direct_messages(
    house: House, clock: ManualClock
) -> None:
    await house.command("ana", "/incident declare", title=DOWN, severity="SEV1")
    await house.command("ana", "/incident ack INC-1")
    await house.command("ana", "/incident remind INC-1 1m")
    due = clock.now() + timedelta(minutes=1)
    clock.advance(timedelta(minutes=2))
    await house.store.transact(reminding.on_due, house.world, "INC-1")
    card = said(await house.live("incident", "INC-1"))
    assert f"Next update: late since {due:%Y-%m-%d %H:%M} UTC" in card
    (ref,) = await house.store.read(outbox.refs, reminding.CARD, "INC-1:")
    (place,) = await house.store.read(outbox.places, reminding.CARD, ref)
    assert (True, "@U0ANA") == (place.direct, place.channel)
    view = REGISTRY.views[reminding.CARD]
    assert "others wait for news" in said(await house.store.read(view, house.world, ref))
    summary = said(await house.command("ana", "/incident summary INC-1"))
    assert "The next update is late since" in summary
    await house.command("ana", "/incident update INC-1 still looking")
    await house.store.transact(reminding.on_changed, house.world, "INC-1", {})
    assert "late since" not in said(await house.live("incident", "INC-1"))
    assert "others wait for news" not in said(await house.store.read(view, house.world, ref))


async def test_only_the_newest_reminder_is_kept_true_and_the_one_before_is_closed(
    house: House, clock: ManualClock
) -> None:
    await house.command("ana", "/incident declare", title=DOWN, severity="SEV1")
    await house.command("ana", "/incident ack INC-1")
    await house.store.transact(reminding.on_changed, house.world, "INC-1", {})
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        await house.store.transact(reminding.on_due, house.world, "INC-1")
    older, newer = await house.store.read(outbox.refs, reminding.CARD, "INC-1:")
    view = REGISTRY.views[reminding.CARD]
    closed = await house.store.read(view, house.world, older)
    assert ("A newer reminder says how it stands now." in said(closed), closed.controls) == (True, ())
    assert "others wait for news" in said(await house.store.read(view, house.world, newer))
