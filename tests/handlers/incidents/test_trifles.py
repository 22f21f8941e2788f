"""What people write of tasks, severity and reviews is understood and kept."""

from datetime import timedelta

from core.clock import ManualClock
from core.incidents import records
from core.incidents.tasks import records as tasks
from handlers.cards.home import NO_DUTY, Duty
from handlers.cards.home import card as home
from tests.handlers.house import House, said

DOWN = "checkout is down"


async def test_a_task_is_due_so_long_from_now(house: House, clock: ManualClock) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", '/incident task add INC-1 rotate the keys due="in 30 minutes"')
    await house.command("ana", "/incident task add INC-1 call the bank due=2h")
    known = await house.store.read(tasks.of, "INC-1")
    now = clock.now()
    assert [now + timedelta(minutes=30), now + timedelta(hours=2)] == [one.due for one in known]


async def test_a_reason_for_the_severity_that_it_has_is_kept(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN, severity="SEV2")
    await house.command("ana", "/incident severity INC-1 SEV2 the bank waits")
    lines = [one.text for one in await house.store.read(records.timeline, "INC-1")]
    assert "Ana: it stays SEV2 (the bank waits)" in lines
    assert "is so already" in said(await house.command("ana", "/incident severity INC-1 SEV2"))


async def test_whose_a_review_is_and_until_when_is_told_once(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident task add INC-1 rotate the keys")
    await house.command("ana", "/incident task done INC-1 1")
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    before = len(await house.told())
    await house.command("ana", "/incident postmortem INC-1 owner=@bo due=2026-03-20")
    told = (await house.told())[before:]
    assert ["Ana began the review of INC-1. Bo owns it, until 20 March."] == sorted(set(told))
    card = said(await house.live("review", "REV-INC-1"))
    assert "rotate the keys (anybody) ✓ done" in card or "rotate the keys ✓ done" in card


async def test_one_s_own_page_does_not_say_that_nobody_waits_while_a_page_calls(house: House) -> None:
    ana = house.world.people["ana"]
    assert "Nobody waits for you" not in said(
        home(ana, (), (), (), Duty(calls=(("PG-1", "SEV1", "PG-1 calls you"),)))
    )
    assert "Nobody waits for you" in said(home(ana, (), (), (), NO_DUTY))
