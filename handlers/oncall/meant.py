"""Which page is meant: by its id, by where it is said, or because it calls whoever speaks."""

import re

from core.errors import Invalid, NotFound
from core.ids import parse_numbered
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.paging import units as tie
from core.incidents.rooms import units as rooms
from core.language.entity import EntityType
from core.language.leaning.turns import ids_of
from core.paging import records
from core.paging.answering import units
from core.paging.page import Origin, Page
from core.paging.telling.units import VIEW
from core.paging.units import PREFIX
from core.people.permissions import may
from core.store import outbox
from core.store.engine import Unit
from handlers.cards import taken
from handlers.talk import lately as talk
from handlers.verb import Call

_PAIR = 2


def one(unit: Unit, call: Call, text: str) -> Page:
    """The page that is meant: by its id, by the thread of it or of its incident, or the gravest that calls one."""
    named = page_id(text) if text else outbox.where_shown(unit, VIEW, call.place)
    if named:
        return records.get(unit, named)
    here = incident(unit, call)
    return _of(unit, call, here) if here else calling(unit, call)[0]


def is_at_page(unit: Unit, call: Call) -> bool:
    """Whether it is said under the card of a page."""
    return outbox.where_shown(unit, VIEW, call.place) is not None


def incident(unit: Unit, call: Call) -> str:
    """The incident in whose thread or channel it is said; empty in a page's own thread, and elsewhere."""
    return "" if is_at_page(unit, call) else rooms.about(unit, call.place) or ""


def _of(unit: Unit, call: Call, incident_id: str) -> Page:
    """The page of an incident that waits for one's answer, else its own."""
    pages = records.of_incident(unit, incident_id)
    mine = [one for one in tie.calling(unit, call.person.id) if one.incident == incident_id]
    if not pages:
        raise NotFound(f"{incident_id} has no page.", "`/oncall pages` shows what is going on elsewhere.")
    return (mine or sorted(pages, key=lambda one: one.origin is not Origin.INCIDENT))[0]


def calling(unit: Unit, call: Call) -> list[Page]:
    """The pages that wait for one's answer: the gravest first, then the oldest."""
    mine = tie.calling(unit, call.person.id)
    if not mine:
        raise NotFound("No page calls you.", "`/oncall pages` shows what is going on.")
    return mine


def answered(unit: Unit, call: Call, text: str) -> Page:
    """The page that is meant, or the one that one took just now, where none calls any more."""
    if not text and not outbox.where_shown(unit, VIEW, call.place) and not tie.calling(unit, call.person.id):
        return next(reversed(held(unit, call)), None) or one(unit, call, text)
    return one(unit, call, text)


def held(unit: Unit, call: Call) -> list[Page]:
    """The pages that one has."""
    return records.held_by(unit, call.person.id)


def own(unit: Unit, call: Call) -> list[Page]:
    """The pages that one has, else those that call one; where an incident is worked on, those of it."""
    here = incident(unit, call)
    found = held(unit, call) or tie.calling(unit, call.person.id)
    return [one for one in found if here in ("", one.incident)]


def mine(unit: Unit, call: Call, text: str) -> Page:
    """The page that is meant, which one has; by role also somebody else's."""
    if text or outbox.where_shown(unit, VIEW, call.place):
        page = one(unit, call, text)
        units.may_answer(unit, page, call.person, by_role=by_role(call, "oncall.ack"))
        return page
    here = incident(unit, call)
    own = [one for one in held(unit, call) if here in ("", one.incident)]
    if not own:
        raise _none(unit, call, f"You have no page of {here}" if here else "You have no page")
    return own[-1]


def all_mine(unit: Unit, call: Call, text: str) -> list[Page]:
    """The pages that are meant, which one has: those that are named, both or all of one's own, else the one of `mine`.

    Raises:
        Invalid: both are meant, and there are not two.
    """
    ids, word = several(text), text.strip().casefold()
    if ids:
        return [mine(unit, call, one) for one in ids]
    if word not in (taken.ALL, taken.BOTH):
        return [mine(unit, call, text)]
    own = held(unit, call)
    if not own:
        raise _none(unit, call, "You have no page")
    if word == taken.BOTH and len(own) != _PAIR:
        raise Invalid(f"You have {', '.join(one.id for one in own)}.", "Say which by its id, or “all”.")
    return own


def _none(unit: Unit, call: Call, what: str) -> NotFound:
    calls = tie.still_calling(unit, call.person, ())
    if not calls:
        mend = "`/oncall pages` shows what is going on; `/incident page @name …` calls somebody."
        return NotFound(f"{what}, and none calls you that somebody else could take.", mend)
    ack, other = f"`/oncall ack {calls[0].id}`", f"`/oncall handover {calls[0].id} @name`"
    said = f"{what} yet. {taken.calls(calls[0])}"
    return NotFound(f"{said}.", f"{ack} takes it, {other} has somebody else called.")


def by_role(call: Call, permission: str) -> bool:
    """Whether the role of whoever asks lets them do that to pages of others."""
    return may(call.person, permission, call.world.roles)


def page_id(text: str) -> str:
    """The id that somebody wrote, as pages have it."""
    return parse_numbered(text, PREFIX)


def is_id(text: str) -> bool:
    """Whether somebody wrote the id of a page, or what is meant as one."""
    return re.fullmatch(r"\s*(?:[A-Za-z]{2,4}-?|#)?\d+\s*", text) is not None


def several(text: str) -> list[str]:
    """The ids, where somebody wrote more than one: `PG-1 and PG-2`."""
    numbers = re.findall(r"\bPG-0*([1-9]\d{0,11})\b", text.upper())
    return [f"{PREFIX}-{one}" for one in dict.fromkeys(numbers)] if len(numbers) > 1 else []


def spoken_of(unit: Unit, call: Call) -> Incident | None:
    """The one open incident that was spoken of last here."""
    told = ids_of(talk.history(unit, call.person, call.place))
    ids = [str(one.value) for one in told if one.type is EntityType.INCIDENT_ID]
    found = incidents.get(unit, ids[0]) if len(ids) == 1 else None
    return found if found is not None and found.is_open else None
