"""Breaking the glass: one person approves at once, everybody hears of it, and others review it.

It overrules people who have not answered, never a policy that denies, and it is not for one's own cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.approvals import records as requests
from core.approvals import words
from core.approvals.ageing import units as ageing
from core.approvals.alone import REVIEWER
from core.approvals.draft import Cast, Decided, Draft, Frozen, facts_of, request_of
from core.approvals.escalation import is_over
from core.approvals.glass import records
from core.approvals.glass.review import reviewers, subject, terms
from core.approvals.policy import Answer
from core.approvals.request import Final, Request, Seat, Status, Terms
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.approvals.strength import has_factor
from core.approvals.telling.scene import Scene
from core.approvals.telling.units import alarm_places, channel_places
from core.approvals.using import units as using
from core.errors import (
    AlreadyFinal,
    Conflict,
    Forbidden,
    Invalid,
    OwnRequest,
    SecondFactorNeeded,
    StaleDigest,
    WardroomError,
)
from core.people.person import Person
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number

_US = Person(id=REVIEWER, name="Wardroom")


@dataclass(frozen=True)
class Custom:
    """How a use is reviewed: within `span`, by `others` if nobody of those asked is left.

    `again`: somebody may break the glass although a review of theirs is open.
    """

    span: timedelta = timedelta(days=3)
    again: bool = False
    others: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Emergency:
    """Why somebody acts alone, the digest of what they were shown if they say, and how sure it is that it is they."""

    reason: str
    shown: str = ""
    strength: str = "chat"


def break_glass(
    unit: Unit, request_id: str, person: Person, why: Emergency, cast: Cast, custom: Custom
) -> Decided:
    """Approve a request at once and alone; others are asked whether that was justified.

    Whether the person may at all is for the caller to have checked.

    Returns:
        What became of it. A refusal is told, not raised: what time did to the request meanwhile is kept.
    """
    request = ageing.caught_up(unit, requests.get(unit, request_id))
    seats = reviewers(request, person, custom.others)
    try:
        _check(unit, request, person, why, custom)
        _sure(request, why)
        verdict = cast.judge(request.kind, request.subject, unit.now)
        if verdict.answer is Answer.DENY:
            raise verdict.refusal()
        if not seats:
            raise Conflict("Nobody is left who could review this.", "Somebody else has to approve it.")
    except WardroomError as error:
        return Decided(request, error.sentence(), error)
    review = _review(unit, request, person, why.reason, seats, custom.span)
    facts = {
        "reason": why.reason,
        "digest": request.digest,
        "strength": why.strength,
        "review": review.id,
        "missing": [seat.person for seat in settling.tally_of(request).open],
        "verdict": verdict.facts(),
    }
    events.append(unit, "approval.glass_broken", request.id, actor=person.id, data=facts)
    final = Final(
        status=Status.APPROVED,
        code="BREAK_GLASS",
        actor=person.id,
        name=person.name,
        reason=why.reason,
        at=unit.now,
    )
    everybody = tuple(seat.person for seat in request.seats if not seat.gone)
    saved = settling.close(unit, request, Happening.APPROVED, final, ping=everybody)
    said = f"You approved {saved.id} alone. Everybody who was asked is told. {review.id} reviews it."
    return Decided(saved, said, changed=True)


def on_broken(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Say it loudly: in every channel of the request, and where operators hear of what is wrong."""
    request = requests.get(unit, ref)
    if request.final is None:
        return
    told = f"⚠ {words.ended(request)} {data.get('review', '')} asks whether that was justified."
    for place in dict.fromkeys((*channel_places(scene, request), *alarm_places(scene))):
        outbox.say(unit, place, told, about=ref)


def on_closed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A review has ended: note that it was justified, or say that nobody said so. Or what it is about has ended."""
    request = requests.get(unit, ref)
    if not request.is_review:
        _refresh(unit, ref)
        return
    if request.status is Status.APPROVED:
        using.claim(unit, ref, str(request.subject["request"]), request.digest)
        using.report(unit, ref, Happening.EXECUTED, "It was justified.")
    elif data.get("code") in ("EXPIRED", "QUORUM_UNREACHABLE"):
        for place in alarm_places(scene):
            outbox.say(unit, place, f"⚠ {words.ended(request)}", about=ref)


def on_executed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """What was approved alone has come to something: the card of its review says so."""
    del scene, data
    _refresh(unit, ref)


def _refresh(unit: Unit, request_id: str) -> None:
    review = records.of(unit, request_id)
    if review is not None:
        outbox.refresh(unit, settling.VIEW, review)


def _sure(request: Request, why: Emergency) -> None:
    if request.rules.second_factor and not has_factor(why.strength):
        raise SecondFactorNeeded(
            f"Breaking the glass on {request.id} needs your second factor, so nothing is recorded yet.",
            "Say `/approvals breakglass` in the chat for the link at which you confirm it.",
        )


def _check(unit: Unit, request: Request, person: Person, why: Emergency, custom: Custom) -> None:
    if not request.is_pending or is_over(request, unit.now):
        raise AlreadyFinal(f"{words.present(request)}; there is nothing to break the glass for.")
    if request.is_review or not request.rules.break_glass.allowed:
        raise Forbidden(f"Nobody breaks the glass on {request.id}: its policy does not let them.")
    if not person.is_human:
        raise Forbidden("Programs do not break the glass.", "A person has to.")
    if person.id in request.rules.excluded and not request.rules.break_glass.own:
        raise OwnRequest(
            f"{request.id} is your own cause, so you cannot decide it alone.", "Somebody else can."
        )
    if why.shown and not request.digest.startswith(why.shown):
        raise StaleDigest(f"{request.id} has changed since that card.", "Look at the card again.")
    if not why.reason:
        raise Invalid("Breaking the glass needs a reason.", f"`/approvals breakglass {request.id} reason`.")
    before = [] if custom.again else records.open_about(unit, person.id)
    if before:
        raise Conflict(
            f"{before[0].subject['request']}, where you broke the glass, is not reviewed yet ({before[0].id}).",
            "Let somebody else do it, or let that be decided first.",
        )


def _review(
    unit: Unit, request: Request, person: Person, reason: str, seats: tuple[Seat, ...], span: timedelta
) -> Request:
    draft = Draft(
        kind="review",
        title=f"{person.name} broke the glass: {request.title}"[:300],
        reason="",
        subject=subject(request, person, reason, unit.now),
        requester=_US,
        terms=Terms(ask=(), severity="HIGH"),
        key=records.key_of(person.id, request.id),
    )
    rules = terms(request, person, seats, unit.now, span)
    made = request_of(draft, Frozen(next_number(unit, "AP"), rules, seats, unit.now, unit.now + span))
    requests.add(unit, made, draft.key)
    events.append(unit, "approval.requested", made.id, actor="system", data=facts_of(made))
    for place in outbox.places(unit, settling.VIEW, request.id):
        outbox.publish(unit, settling.VIEW, made.id, place.model_copy(update={"message": None}))
    outbox.refresh_homes(unit, {seat.person for seat in seats})
    settling.arm(unit, made)
    return made
