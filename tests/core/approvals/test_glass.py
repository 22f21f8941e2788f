"""Approving alone: at once, loudly, never over a policy that denies, and reviewed by those who were to decide."""

from datetime import timedelta
from typing import Any

import pytest

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.alone import BreakGlass
from core.approvals.draft import Cast, Decided
from core.approvals.glass import units as glass
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.request import Ask, Choice, Request, Status, Terms
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import Conflict
from core.store import events
from core.store.engine import Store
from core.world import World
from tests.core.approvals.people import PEOPLE, TEAMS, TERMS, draft
from tests.core.approvals.test_amending import cast

WHY = Emergency("the database is down")


async def asked(store: Store, key: str = "k1", by: str = "dev", terms: Terms = TERMS) -> Request:
    return await store.transact(units.ask, draft(key, by=by, terms=terms), PEOPLE, TEAMS)


async def breaks(
    store: Store,
    request: Request,
    who: str = "eve",
    why: Emergency = WHY,
    house: Cast | None = None,
    **custom: Any,
) -> Decided:
    found: Decided = await store.transact(
        break_glass, request.id, PEOPLE[who], why, house or cast(), Custom(**custom)
    )
    return found


async def now(store: Store, request_id: str) -> Request:
    return await store.read(records.get, request_id)


async def says(store: Store, who: str, choice: Choice, request: Request, why: str = "so") -> Decided:
    return await store.transact(units.decide, request.id, PEOPLE[who], choice, why, request.digest)


async def closed(store: Store, request_id: str) -> None:
    """What follows from an end, as the house's reactions do it."""
    request = await now(store, request_id)
    data = {"code": request.final.code if request.final else ""}
    await store.transact(glass.on_closed, World(workspace="acme"), request_id, data)


async def test_one_person_approves_at_once_and_by_name(any_store: Store) -> None:
    request = await asked(any_store)
    decided = await breaks(any_store, request)
    final = decided.request.final
    assert final is not None
    assert (Status.APPROVED, "BREAK_GLASS", "eve", "Eve", "the database is down") == (
        decided.request.status,
        final.code,
        final.actor,
        final.name,
        final.reason,
    )
    log = await any_store.read(events.history, request.id)
    assert ["approval.requested", "approval.glass_broken", "approval.closed"] == [one["kind"] for one in log]
    assert ("eve", "AP-2", ["ana", "bo", "chi"]) == (
        log[1]["actor"],
        log[1]["data"]["review"],
        log[1]["data"]["missing"],
    )
    used = await any_store.transact(using.claim, request.id, "RUN-1", request.digest)
    assert Status.EXECUTING is used.status


async def test_those_who_were_to_decide_review_it_without_the_person(store: Store) -> None:
    request = await asked(store)
    await breaks(store, request, "ana")
    review = await now(store, "AP-2")
    assert (True, {"bo", "chi", "eve"}, 2, ("security",)) == (
        review.is_review,
        {seat.person for seat in review.seats},
        review.rules.needed,
        review.rules.must,
    )
    assert {"bo", "chi"} == {seat.person for seat in review.seats if seat.level == 0}
    assert ("AP-1", "ana", "the database is down", request.digest) == tuple(
        review.subject[name] for name in ("request", "person", "reason", "digest")
    )
    assert timedelta(days=3) == review.expires - review.created
    own = await says(store, "ana", Choice.APPROVE, review)
    assert "AP-2 is about what you did" in own.words
    assert "needs a reason" in (await says(store, "bo", Choice.APPROVE, review, "")).words
    await says(store, "bo", Choice.APPROVE, review, "nobody could be reached")
    await says(store, "chi", Choice.APPROVE, review, "I was asleep")
    await closed(store, review.id)
    done = await now(store, review.id)
    assert (Status.EXECUTED, "It was justified.") == (done.status, done.result)


async def test_one_who_had_to_be_asked_and_did_it_alone_is_reviewed_by_the_others(store: Store) -> None:
    await breaks(store, await asked(store), "chi")
    review = await now(store, "AP-2")
    assert (2, ()) == (review.rules.needed, review.rules.must)
    ended = await says(store, "ana", Choice.REJECT, review, "the runbook says to call me")
    assert Status.REJECTED is ended.request.status
    assert "did not find it justified" in ended.words


async def test_where_nobody_else_was_asked_others_who_may_review(store: Store) -> None:
    alone = Terms(ask=(Ask(person="chi"),), severity="MEDIUM")
    request = await asked(store, terms=alone)
    refused = await breaks(store, request, "chi")
    assert "Nobody is left who could review this." in refused.words
    await breaks(store, request, "chi", others=(PEOPLE["eve"], PEOPLE["dev"]))
    assert ["eve"] == [seat.person for seat in (await now(store, "AP-2")).seats]


@pytest.mark.parametrize(
    ("who", "why", "policy", "code"),
    [
        ("dev", WHY, {}, "OWN_REQUEST"),
        ("eve", Emergency(""), {}, "INVALID"),
        ("rex", WHY, {}, "FORBIDDEN"),
        ("eve", Emergency("so", "00000000"), {}, "STALE_DIGEST"),
        ("eve", WHY, {"effect": "deny", "reason": "Trading is halted"}, "DENIED"),
    ],
)
async def test_what_does_not_go_even_then_is_said(
    store: Store, who: str, why: Emergency, policy: dict[str, Any], code: str
) -> None:
    request = await asked(store)
    house = cast({"name": "halt", "applies_to": "runbook", **policy}) if policy else None
    refused = (await breaks(store, request, who, why, house)).refusal
    assert refused is not None
    assert code == refused.code
    assert request == await now(store, request.id)


async def test_a_policy_may_forbid_it_or_let_people_do_it_for_themselves(store: Store) -> None:
    never = TERMS.model_copy(update={"break_glass": BreakGlass(allowed=False)})
    refused = (await breaks(store, await asked(store, "k1", terms=never))).refusal
    assert refused is not None
    assert "FORBIDDEN" == refused.code
    own = TERMS.model_copy(update={"break_glass": BreakGlass(own=True)})
    assert (await breaks(store, await asked(store, "k2", terms=own), "dev")).changed


async def test_the_glass_is_not_broken_again_before_the_last_time_is_reviewed(store: Store) -> None:
    await breaks(store, await asked(store, "k1"))
    second = await asked(store, "k2")
    refused = await breaks(store, second)
    assert "AP-1, where you broke the glass, is not reviewed yet (AP-2)." in refused.words
    assert (await breaks(store, second, again=True)).changed
    third = await asked(store, "k3")
    assert (await breaks(store, third, "ana")).changed, "others may"


async def test_what_is_decided_is_not_broken_and_a_review_never_is(store: Store) -> None:
    request = await asked(store)
    await breaks(store, request)
    for again, code in ((request, "ALREADY_FINAL"), (await now(store, "AP-2"), "FORBIDDEN")):
        refused = (await breaks(store, again, "ana")).refusal
        assert refused is not None
        assert code == refused.code


async def test_a_review_that_nobody_decides_widens_reminds_and_is_not_dropped(
    store: Store, clock: ManualClock
) -> None:
    await breaks(store, await asked(store), "ana")
    for hours in (36, 54, 65, 72):
        clock.advance(timedelta(hours=hours) - (clock.now() - (await now(store, "AP-2")).created))
        await store.transact(ageing.on_due, "AP-2")
    review = await now(store, "AP-2")
    assert (Status.EXPIRED, 1) == (review.status, review.level)
    kinds = [one["kind"] for one in await store.read(events.history, "AP-2")]
    assert (2, 1) == (kinds.count("approval.reminded"), kinds.count("approval.escalated"))
    with pytest.raises(Conflict):
        await store.transact(using.claim, "AP-2", "RUN-1")


async def test_whoever_asks_decides_only_where_the_policy_lets_them_and_it_is_not_grave(store: Store) -> None:
    own = Terms(ask=(Ask(role="sre"),), severity="MEDIUM", own_request=True)
    request = await asked(store, "k1", by="ana", terms=own)
    assert Status.APPROVED is (await says(store, "ana", Choice.APPROVE, request)).request.status
    grave = own.model_copy(update={"severity": "HIGH"})
    refused = (
        await says(store, "ana", Choice.APPROVE, await asked(store, "k2", by="ana", terms=grave))
    ).refusal
    assert refused is not None
    assert "OWN_REQUEST" == refused.code
    program = Terms(ask=(Ask(role="developer"), Ask(role="sre")), own_request=True)
    for_rex = await asked(store, "k3", by="rex", terms=program)
    for who in ("rex", "dev"):
        refused = (await says(store, who, Choice.APPROVE, for_rex)).refusal
        assert refused is not None
        assert "OWN_REQUEST" == refused.code
