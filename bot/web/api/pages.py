"""Pages, for programs: call somebody, see what became of it, answer in the name of a person."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.web.api.route import Answer, Asking, Query, Route, numbered
from core.errors import Invalid
from core.incidents import records as incidents
from core.incidents.paging import words
from core.notify import units as notify
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.holding import units as holding
from core.paging.page import Page as Paged
from core.paging.units import PREFIX, Wish
from core.people.contact import Urgency
from core.people.permissions import may
from core.store.engine import Unit
from core.world import World
from handlers.paging_plans import plan_of
from handlers.whom import find_person


class Body(BaseModel):
    """Unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Begin(Body):
    """Whom to call, and what about: a person, a team, a schedule or an escalation, by its name."""

    whom: str = Field(min_length=1, max_length=64)
    title: str = Field(default="", max_length=200)
    incident: str = Field(default="", max_length=24)
    urgency: Literal["high", "low"] = "high"


class Deed(Body):
    """What becomes of a page; `to` is whom it is handed over to."""

    do: Literal["ack", "take", "release", "handover", "escalate", "done"]
    to: str = Field(default="", max_length=64)


class Which(Query):
    """Which pages: what is going on, or the newest."""

    open: bool = True
    limit: int = Field(default=50, ge=1, le=200)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/pages/{id}"
    return (
        Route(
            "POST",
            "/pages",
            "Call somebody until they answer.",
            "incident.page",
            begin,
            Begin,
            statuses=(201,),
            refuses=(404,),
        ),
        Route(
            "GET",
            "/pages",
            "Who is called now, since when, and what comes next.",
            "incident.read",
            listing,
            query=Which,
        ),
        Route("GET", one, "A page with everybody it called.", "incident.read", show, refuses=(404,)),
        Route(
            "POST",
            f"{one}/deeds",
            "Answer a page, take it over, give it back, hand it over, call the next, end it.",
            "",
            act,
            Deed,
            refuses=(403, 404, 409),
        ),
    )


async def begin(asking: Asking) -> Answer:
    """Begin one; the same key begins the same."""
    said: Begin = asking.body
    source = f"api:{asking.caller.person.id}:{asking.key}"

    def work(unit: Unit) -> dict[str, Any]:
        known = records.of_source(unit, source)
        if known is not None:
            return _shape(unit, known)
        by, world = asking.caller.person, asking.world
        title = said.title
        if said.incident:
            about = words.title_of(incidents.get(unit, said.incident.upper()))
            title = f"{about}: {title}" if title else about
        wish = Wish(
            title or f"{by.name} wants you",
            plan_of(world, "", said.whom),
            by,
            Urgency(said.urgency),
            incident=said.incident.upper(),
            source=source,
        )
        return _shape(unit, units.start(unit, world, wish))

    return Answer(await asking.store.transact(work), 201)


async def listing(asking: Asking) -> Answer:
    """What is going on, the oldest first; or the newest, over or not."""
    query: Which = asking.query

    def work(unit: Unit) -> list[dict[str, Any]]:
        found = records.open_now(unit, query.limit) if query.open else records.lately(unit, query.limit)
        return [_shape(unit, one) for one in found]

    return Answer({"items": await asking.store.read(work), "next": None})


async def show(asking: Asking) -> Answer:
    """One, with every call and what became of each message."""
    page_id = numbered(asking, PREFIX, "page")
    return Answer(await asking.store.read(lambda unit: _shape(unit, records.get(unit, page_id), full=True)))


async def act(asking: Asking) -> Answer:
    """Do it in the name of the token's person, who has to be a human."""
    page_id = numbered(asking, PREFIX, "page")

    def work(unit: Unit) -> dict[str, Any]:
        page, by, world = records.get(unit, page_id), asking.caller.person, asking.world
        asking.caller.token_must("oncall.ack")
        answering.may_answer(unit, page, by, by_role=may(by, "oncall.ack", world.roles))
        outcome = _do(unit, world, asking, page)
        return _shape(unit, records.get(unit, page_id), full=True) | {"outcome": outcome}

    return Answer(await asking.store.transact(work))


def _do(unit: Unit, world: World, asking: Asking, page: Paged) -> str:
    said: Deed = asking.body
    by = asking.caller.person
    match said.do:
        case "ack" | "take":
            return answering.take(unit, page.id, by, "api", from_owner=said.do == "take").outcome
        case "release":
            holding.release(unit, world, page.id, by)
        case "handover":
            if not said.to:
                raise Invalid("To whom?", "Send `to` with the name of a person.")
            holding.hand_over(unit, world, page.id, find_person(world, "", said.to), by)
        case "escalate":
            units.escalate(unit, world, page.id, by)
        case "done":
            units.end(unit, page.id, by.id)
    return said.do


def _shape(unit: Unit, page: Paged, *, full: bool = False) -> dict[str, Any]:
    calls = records.calls(unit, page)
    shown: dict[str, Any] = {
        "id": page.id,
        "title": page.title,
        "urgency": str(page.urgency),
        "state": str(page.state),
        "incident": page.incident or None,
        "begun_by": page.by,
        "escalation": page.plan.name or None,
        "escalation_version": page.plan.version,
        "created": page.created,
        "called": list(dict.fromkeys(one.person for one in calls)),
        "owner": page.owner or None,
        "answered": page.taken,
        "next": page.due if page.state == "calling" else None,
        "held_by": page.quiet_by if page.state == "held" else None,
        "held_until": page.quiet_until if page.state == "held" else None,
        "unanswered": page.unanswered,
        "ended": page.ended,
        "version": page.version,
    }
    if full:
        ledger = notify.ledger(unit, page.id)
        shown["messages"] = [
            {
                "person": one.person or None,
                "way": one.place.platform if one.place else one.way,
                "state": str(one.state),
                "detail": one.detail,
                "at": one.created,
            }
            for one in ledger
        ]
    return shown
