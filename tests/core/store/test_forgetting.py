"""Rule 74: what happened is kept whole, however much of it there is and whatever else is forgotten."""

from datetime import timedelta

from core.clock import ManualClock
from core.store import audit, dispatch, events, outbox
from core.store.engine import Store, Unit
from tests.core.store.test_store import OPS


async def test_forgetting_what_was_sent_forgets_nothing_that_happened(
    any_store: Store, clock: ManualClock
) -> None:
    def many(unit: Unit) -> None:
        for number in range(120):
            events.append(unit, "x.done", "X-1", actor="ana", data={"number": number})
        outbox.say(unit, OPS, "done", about="X-1")

    await any_store.transact(many)
    (out,) = await any_store.transact(dispatch.claim, leader=True)
    await any_store.transact(dispatch.sent, out, "m1")
    clock.advance(timedelta(days=400))
    assert 1 == await any_store.transact(dispatch.forget, clock.now())
    await any_store.transact(audit.seal)
    verdict = await any_store.read(audit.verify)
    assert (120, ()) == (verdict.links, verdict.findings)
    kept = await any_store.read(events.history, "X-1", 1_000)
    assert list(range(120)) == [event["data"]["number"] for event in kept]
