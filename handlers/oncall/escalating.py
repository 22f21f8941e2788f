"""Calling the next people of a page at once; what somebody has is taken from them only once that was asked."""

from typing import ClassVar

from core.approvals.words import list_of
from core.errors import Conflict, Forbidden, NotFound
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.paging import units as tie
from core.incidents.paging.escalating import units as escalating
from core.language.intent import Intent
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.calling import units as callers
from core.paging.holding import units as holding
from core.paging.page import Page, State
from core.store.engine import Unit
from core.text import cut
from handlers.cards import incident as incident_cards
from handlers.cards import page as cards
from handlers.cards.card import say
from handlers.inbound import Command, Message
from handlers.oncall import facts as page_facts
from handlers.oncall import first, meant
from handlers.oncall.answering import OnPage
from handlers.oncall.calling import Whom, incident_of
from handlers.talk import pending
from handlers.talk.pending import Order, Wanted
from handlers.verb import Call, Reply

_LAST = 5
_MAY = "incident.escalate"
_VERB = "oncall.escalate"


class Escalating(OnPage):
    """Which page; `owner` is who had it when it was asked whether to take it from them."""

    carried: ClassVar[frozenset[str]] = OnPage.carried | {"owner"}
    owner: str = ""


def escalate(unit: Unit, call: Call, args: Escalating) -> Reply:
    """Call the next people of a page: of the one that is named, that calls whoever speaks, or was spoken of."""
    here = "" if args.id else meant.incident(unit, call)
    if args.id or meant.is_at_page(unit, call):
        return _on(unit, call, meant.one(unit, call, args.id), args.owner)
    waiting = [one for one in tie.calling(unit, call.person.id) if here in ("", one.incident)]
    if waiting:
        return _on(unit, call, waiting[0])
    if here:
        return _for(unit, call, incidents.get(unit, here))
    spoken = meant.spoken_of(unit, call)
    if spoken is not None:
        return _for(unit, call, spoken)
    held = meant.held(unit, call)
    return _on(unit, call, held[-1]) if held else _which(unit, call)


def leave(unit: Unit, call: Call, args: OnPage) -> Reply:
    """Whoever is called cannot come: the next people are called; what is offered to them stays where it is.

    Raises:
        NotFound: no page calls them.
        Conflict: the one that is meant does not.
    """
    waiting = tie.calling(unit, call.person.id)
    page = (
        meant.one(unit, call, args.id)
        if args.id or meant.is_at_page(unit, call)
        else meant.calling(unit, call)[0]
    )
    if page.state is State.TAKEN and page.offered == call.person.id:
        stays = holding.refuse(unit, call.world, page.id, call.person)
        return Reply(card=say(f"{page.id} stays with {stays.owner_name}, who is told."))
    if page.id not in {one.id for one in waiting}:
        mend = f"`/oncall page {page.id}` shows whom it calls."
        raise Conflict(f"{page.id} does not call you.", mend)
    others = _called_after(unit, page, call.person.id)
    if others:
        names = [call.world.people[one].name for one in others if one in call.world.people]
        return Reply(card=say(f"{_called(names)} for {page.id} already. You need not do anything."))
    return _on(unit, call, page)


def escalate_incident(unit: Unit, call: Call, args: Whom) -> Reply:
    """Call the next people for an incident."""
    incident_id, _ = incident_of(unit, call, args)
    return _for(unit, call, incidents.get(unit, incident_id)) if incident_id else _which(unit, call)


def _for(unit: Unit, call: Call, incident: Incident) -> Reply:
    """By the page of an incident; where it has none, one begins, if whoever asks may."""
    page = escalating.page_of(unit, call.world, incident)
    if page is not None and incident.is_open:
        return _on(unit, call, page)
    if not call.may(_MAY):
        raise Forbidden(
            f"To have people called for {incident.id} needs the permission `{_MAY}`.",
            f"Ask somebody who has it, or call somebody you know: {incident.id} has no page.",
        )
    page = escalating.escalate(unit, call.world, incident, call.person)
    return Reply(card=say(*cards.going_on(call.world, page_facts.sight(unit, call.world, page))))


def _on(unit: Unit, call: Call, page: Page, owner: str = "") -> Reply:
    """Of a page that nobody has at once; of one that somebody has after a yes to that."""
    answering.may_answer(unit, page, call.person, by_role=meant.by_role(call, _MAY))
    if page.state is State.TAKEN and page.owner != owner:
        return _asked(unit, call, page)
    before = {one.person for one in records.calls(unit, page)} if page.state is not State.TAKEN else set()
    moved = units.escalate(unit, call.world, page.id, call.person)
    sight = page_facts.sight(unit, call.world, moved)
    new = dict.fromkeys(one.person for one in sight.calls if one.person not in before)
    names = [call.world.people[one].name for one in new if one in call.world.people]
    lead = f"{_called(names)} now for {page.id}: {_title(page)}. " if names else f"{_title(page)}: "
    if not names and moved.unanswered:
        lead = f"Nobody else is called for {page.id}: {_title(page)}; the alarm is raised. “page @name instead” calls whom you name. "
    if page.owner:
        lead = f"{_given_up(call, page)} {lead}"
    return Reply(card=say(lead, *cards.going_on(call.world, sight)))


def _asked(unit: Unit, call: Call, page: Page) -> Reply:
    """Whether to take a page from whoever has it, and who would be called then.

    Raises:
        Conflict: nobody else would be.
    """
    anew = page.model_copy(update={"spell": page.spell + 1, "instead": {}})
    people, step = callers.ahead(unit, call.world, anew, {call.person.id, page.owner})
    names = [*(one.name for one in people), *(f"#{one}" for one in step.channels)]
    if not names:
        own = "" if page.owner == call.person.id else f"`/oncall take {page.id}` makes it yours; "
        raise Conflict(
            f"{_holder(call, page)} {page.id}, and its escalation leads to nobody else.",
            f"{own}`/oncall handover {page.id} @name` calls somebody to take it over.",
        )
    is_own = page.owner == call.person.id
    gives = f"Give {page.id} up" if is_own else f"Take {page.id} from {page.owner_name}"
    title = f"{gives} and call {list_of(names)}?"
    about = f"{_holder(call, page)} {page.id}: {_title(page)}. {list_of(names)} would be called instead"
    order = Order(_VERB, {"id": page.id, "owner": page.owner})
    return first.ask(unit, call, order, f"/oncall escalate {page.id}", (title, about))


def _which(unit: Unit, call: Call) -> Reply:
    """The open incidents as buttons, where nothing says which page or incident is meant.

    Raises:
        NotFound: none is open.
    """
    found = sorted(incidents.find(unit, only_open=True), key=lambda one: one.created, reverse=True)[:_LAST]
    if not found or not call.may(_MAY):
        raise NotFound(
            "Which page? None calls you, and you have none.", "`/oncall pages` shows those that are open."
        )
    if isinstance(call.inbound, Command | Message):
        asked = Wanted(
            " ".join(call.inbound.text.split()),
            Intent.INCIDENT_UPDATE,
            offered=tuple(one.id for one in found),
        )
        pending.keep(unit, call, asked, "of", Order(_MAY, {}))
    title = "Call the next people: for which incident?"
    return Reply(card=incident_cards.choose(found, _MAY, "").model_copy(update={"title": title}))


def _called_after(unit: Unit, page: Page, person: str) -> list[str]:
    """Whom later steps have called than the last one that called this person."""
    calls = records.calls(unit, page)
    mine = max(((one.round, one.step) for one in calls if one.person == person), default=(0, 0))
    return list(dict.fromkeys(one.person for one in calls if (one.round, one.step) > mine))


def _title(page: Page) -> str:
    return cut(page.title, 80).rstrip(". ")


def _given_up(call: Call, page: Page) -> str:
    if page.owner == call.person.id:
        return f"You gave {page.id} up."
    return f"{page.owner_name} does not have {page.id} any more."


def _holder(call: Call, page: Page) -> str:
    return "You have" if page.owner == call.person.id else f"{page.owner_name} has"


def _called(names: list[str]) -> str:
    return f"{list_of(names)} {'is' if len(names) == 1 else 'are'} called"
