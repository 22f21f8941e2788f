"""What comes after an approval is used, and requests that take the place of others."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from core.approvals import units
from core.approvals.request import Choice, Request, Status, Terms
from core.approvals.states import Happening, actor_kind
from core.approvals.succession import units as succession
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import AlreadyFinal, Conflict, Invalid, NotFound, WardroomError
from core.store import deadlines, events
from core.store.engine import Store, Unit
from core.store.outbox_rows import NEWS
from tests.core.approvals.ages import (
    HOUR,
    PLAIN,
    agreed,
    asked,
    look,
    pass_time,
    says,
    terms,
)
from tests.core.approvals.people import PEOPLE, TEAMS, draft

# After the use


async def used(store: Store, wanted: Terms = PLAIN) -> Request:
    request = await agreed(store, await asked(store, wanted))
    return await store.transact(using.claim, request.id, "ex_1", awaits_report=True)


async def test_a_result_that_does_not_come_is_looked_for_by_people(
    any_store: Store, clock: ManualClock
) -> None:
    request = await used(any_store, terms(report_within=HOUR / 2))
    await pass_time(any_store, clock, HOUR / 2)
    lost = await look(any_store, request)
    assert (Status.EXECUTION_UNKNOWN, None) == (lost.status, lost.report_by)
    with pytest.raises(Conflict):
        await any_store.transact(using.claim, request.id, "ex_2", awaits_report=True)
    with pytest.raises(Invalid, match="how you know"):
        await any_store.transact(using.reconcile, request.id, Happening.EXECUTED, PEOPLE["eve"], "")
    found = await any_store.transact(
        using.reconcile, request.id, Happening.EXECUTED, PEOPLE["eve"], "order 4711 is in the book"
    )
    assert (Status.EXECUTED, "order 4711 is in the book (Eve looked)") == (found.status, found.result)
    last = (await any_store.read(events.history, request.id))[-1]
    assert ("approval.executed", "eve") == (last["kind"], last["actor"])
    with pytest.raises(Conflict, match="nothing to find out"):
        await any_store.transact(using.reconcile, request.id, Happening.FAILED, PEOPLE["eve"], "no")


async def test_a_program_that_comes_back_late_says_it_itself(store: Store, clock: ManualClock) -> None:
    request = await used(store)
    await pass_time(store, clock, 2 * HOUR)
    assert Status.EXECUTION_UNKNOWN is (await look(store, request)).status
    done = await store.transact(using.report, request.id, Happening.FAILED, "the venue was closed")
    assert Status.EXECUTION_FAILED is done.status


async def test_a_part_of_it_renews_the_time_for_the_rest(store: Store, clock: ManualClock) -> None:
    request = await used(store)
    await pass_time(store, clock, 0.9 * HOUR)
    part = await store.transact(using.progress, request.id, "40 of 100 filled")
    assert (Status.EXECUTING, "40 of 100 filled") == (part.status, part.result)
    await pass_time(store, clock, 0.9 * HOUR)
    assert Status.EXECUTING is (await look(store, request)).status
    done = await store.transact(using.report, request.id, Happening.EXECUTED, "100 of 100")
    assert (Status.EXECUTED, None) == (done.status, done.report_by)
    with pytest.raises(Conflict):
        await store.transact(using.progress, request.id, "more")
    assert await store.read(deadlines.pending, "approval.due", request.id) is None


async def test_people_who_know_that_the_program_is_gone_need_not_wait(
    store: Store, clock: ManualClock
) -> None:
    request = await used(store)
    await store.transact(using.progress, request.id, "40 of 100 filled")
    with pytest.raises(Invalid, match="how you know"):
        await store.transact(using.reconcile, request.id, Happening.FAILED, PEOPLE["eve"], "")
    found = await store.transact(
        using.reconcile, request.id, Happening.FAILED, PEOPLE["eve"], "it was shut down, 40 are in the book"
    )
    assert (Status.EXECUTION_FAILED, None) == (found.status, found.report_by)
    assert "it was shut down, 40 are in the book (Eve looked)" == found.result
    with pytest.raises(Conflict):
        await store.transact(using.claim, request.id, "ex_2")
    await pass_time(store, clock, 2 * HOUR)
    assert Status.EXECUTION_FAILED is (await look(store, request)).status


async def test_nobody_says_for_a_run_of_ours_or_an_approval_not_used_what_became_of_it(store: Store) -> None:
    request = await agreed(store, await asked(store))
    for _ in range(2):
        with pytest.raises(Conflict, match="nothing to find out"):
            await store.transact(using.reconcile, request.id, Happening.FAILED, PEOPLE["eve"], "so")
        if (await look(store, request)).status is Status.APPROVED:
            await store.transact(using.claim, request.id, "RUN-1")


async def test_our_own_runs_are_not_looked_for(store: Store, clock: ManualClock) -> None:
    request = await agreed(store, await asked(store))
    await store.transact(using.claim, request.id, "RUN-1")
    await pass_time(store, clock, 50 * HOUR)
    assert Status.EXECUTING is (await look(store, request)).status


# One in the place of another


async def test_a_new_request_takes_the_place_of_the_open_one_in_one_commit(any_store: Store) -> None:
    old = await asked(any_store)
    await says(any_store, "ana", Choice.APPROVE, old)

    def again(unit: Unit, *, dies: bool = False) -> Request:
        before = succession.replaceable(unit, old.id, "dev")
        wish = replace(draft(key="k2", terms=PLAIN, title="other"), supersedes=old.id)
        new = units.ask(unit, wish, PEOPLE, TEAMS)
        succession.replace(unit, before, new)
        if dies:
            raise RuntimeError("power cut")
        return new

    with pytest.raises(RuntimeError):
        await any_store.transact(again, dies=True)
    assert Status.PENDING is (await look(any_store, old)).status
    new = await any_store.transact(again)
    ended = await look(any_store, old)
    assert ended.final is not None
    assert (Status.SUPERSEDED, new.id, old.id) == (ended.status, ended.superseded_by, new.supersedes)
    assert "requester" == actor_kind(ended.final)
    assert () == new.votes, "a yes to the old one says nothing of the new one"
    late = await says(any_store, "bo", Choice.APPROVE, old)
    assert late.refusal is not None


async def test_nobody_replaces_what_others_asked_or_what_is_decided(store: Store) -> None:
    old = await asked(store)
    with pytest.raises(NotFound):
        await store.transact(succession.replaceable, old.id, "rex")
    await agreed(store, old)
    with pytest.raises(AlreadyFinal):
        await store.transact(succession.replaceable, old.id, "dev")


async def news(store: Store) -> list[dict[str, Any]]:
    """What is to be told, as it was written."""
    return await store.read(lambda unit: [row.content for row in unit.conn.execute(sa.select(NEWS))])


async def test_a_report_that_comes_after_people_found_it_out_is_kept_and_changes_nothing(
    any_store: Store, clock: ManualClock
) -> None:
    request = await used(any_store)
    await pass_time(any_store, clock, 2 * HOUR)
    await any_store.transact(using.reconcile, request.id, Happening.FAILED, PEOPLE["eve"], "not in the book")

    async def reports(outcome: Happening, detail: str) -> WardroomError | None:
        stands = await look(any_store, request)
        return await any_store.transact(using.reported_late, stands, outcome, detail, "rex")

    async def kept() -> list[dict[str, Any]]:
        found = await any_store.read(events.history, request.id)
        return [it["data"] for it in found if it["kind"] == "approval.reported_late"]

    before = await look(any_store, request)
    for _ in range(2):
        refusal = await reports(Happening.EXECUTED, "order 4711")
        assert refusal is not None
        assert "stands as failed (not in the book (Eve looked)), and executed was not taken" in refusal.what
        assert "ALREADY_KNOWN" == refusal.data["code"]
    said = {"said": "EXECUTED", "detail": "order 4711", "stands": "EXECUTION_FAILED"}
    assert [said] == await kept(), "the same said again is kept once"
    assert await reports(Happening.FAILED, "the venue was closed") is None
    assert 2 == len(await kept())
    after = await look(any_store, request)
    assert before == after.model_copy(update={"version": before.version})
    loud, calm = [it for it in await news(any_store) if "reports AP-1" in str(it)]
    assert ["eve", request.requester] == loud["ping"]
    assert "⚠ Dev reports AP-1 as executed: “order 4711”, and it stands as failed" in loud["payload"]["text"]
    assert [] == calm["ping"]
