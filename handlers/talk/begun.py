"""What somebody began last in a place, a run, a request, a page or an incident: how it stands, and how one lets go of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.approvals import records as approvals
from core.errors import NotFound
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.incident import State as Incidents
from core.incidents.paging import units as tie
from core.incidents.rooms import units as rooms
from core.language.entity import EntityType
from core.language.leaning.asking import ACTS
from core.language.leaning.turns import Turn
from core.language.understand import Understanding
from core.paging import records as pages
from core.paging.page import State
from core.paging.telling.units import VIEW as PAGE
from core.people.person import Person
from core.place import Place
from core.runbooks import records as runs
from core.runbooks.plan import Plan
from core.runbooks.states import ExecutionState
from core.runbooks.units.commit import VIEW
from core.runbooks.wishing import records as wishes
from core.runbooks.wishing.units import LASTS
from core.store import outbox
from core.store.engine import Unit
from handlers.cards import taken
from handlers.cards.card import Button, Text, line
from handlers.cards.execution import HEADS
from handlers.inbound import Message
from handlers.talk import lately as talk
from handlers.verb import Reply, Verb

_IDS = re.compile(r"\b(?:RUN|AP|PG|INC)-\d{1,9}\b")
_A_RUN = re.compile(r"\bRUN-\d{1,9}\b")
_MOST = 6
ACK = "oncall.ack"
_ACKS = re.compile(r"\W*ack(?:nowledged?)?\b", re.IGNORECASE)
_ME = r"(?:i|i['’]?ll|i['’]?m|i\s+am|i\s+will|i\s+can|let\s+me)\s+"
_THIS = r"(?:it|this|that)(?:\s+one)?"
TAKES = rf"on\s+it|(?:{_ME}tak(?:e|ing)|taking)\s+{_THIS}(?:\s+(?:on|over))?|i(?:['’]?ve)?\s+(?:got|have|own)\s+{_THIS}|(?:{_THIS}(?:['’]?s|\s+is)\s+)?mine"
"""The words by which somebody says that something is theirs from now on, as they also say it to each other."""
_TAKES = re.compile(rf"(?:ok(?:ay)?[\s,]+)?(?:{TAKES})[\s.!]*", re.IGNORECASE)
_PAGE = re.compile(r"\bpg-\d", re.IGNORECASE)


@dataclass(frozen=True)
class Begun:
    """A thing that one person began. `words` say how it stands; `may_drop`: a run that has not begun is dropped by words alone, where it was ordered."""

    id: str
    by: str
    at: datetime
    words: str
    buttons: tuple[Button, ...] = ()
    may_drop: bool = False
    is_over: bool = False
    place: Place | None = None


def last(unit: Unit, person: Person, place: Place, *, anywhere: bool) -> Begun | None:
    """What this person began last here, a quarter of an hour ago at most, and is not over; None if there is nothing."""
    since = unit.now - LASTS
    found = [one for one in _spoken_of(unit, person, place, anywhere=anywhere) if one.by == person.id]
    return max(
        (one for one in found if one.at >= since and not one.is_over), key=lambda one: one.at, default=None
    )


def run_of(unit: Unit, person: Person, place: Place, *, is_own: bool) -> str:
    """The run that this person was told of here last; empty if there is none. `is_own`: it is theirs, and did not end well."""
    shown = outbox.where_shown(unit, VIEW, place, newest=True) if place.thread else None
    told = [one for one in _spoken_of(unit, person, place, anywhere=False) if one.id.startswith("RUN-")]
    ids = [shown, *(one.id for one in told)] if shown else [one.id for one in told]
    for thing in ids:
        run = runs.get(unit, thing)
        if not is_own or (run.by == person.id and run.state is not ExecutionState.COMPLETED):
            return run.id
    return ""


def lending(unit: Unit, turns: list[Turn]) -> list[Turn]:
    """What was said before, as later words may lean on it: without orders, where the last came to a run that ended before it began."""
    ordered = [at for at, turn in enumerate(turns) if turn.role == "user" and turn.intent in ACTS]
    told = next((turn.text for turn in turns[ordered[-1] + 1 :] if turn.role == "bot"), "") if ordered else ""
    found = _A_RUN.search(told)
    if found is None or not _never_began(unit, found.group()):
        return turns
    return [turn for turn in turns if turn.role == "bot" or turn.intent not in ACTS]


def _never_began(unit: Unit, named: str) -> bool:
    try:
        run = runs.get(unit, named)
    except NotFound:
        return False
    return run.state.is_final and run.started_at is None


def wanted(unit: Unit, person: Person) -> Begun | None:
    """What waits for an answer of this person that a yes or no in words does not give: a page that calls them, or a vote."""
    page = next(iter(tie.calling(unit, person.id)), None)
    if page is not None:
        take = Button(
            label="Acknowledge",
            verb=ACK,
            object=page.id,
            style="primary",
            speak=f"Acknowledge {page.id}",
        )
        others = "" if page.state is State.TAKEN else f", `/oncall escalate {page.id}` calls the next people"
        words = f"{taken.calls(page)}: {page.title}. “ack” takes it{others}."
        return Begun(page.id, page.by, page.created, words, (take,))
    request = next(iter(approvals.waiting_for(unit, person.id, 1)), None)
    if request is None:
        return None
    show = Button(
        label=f"Show {request.id}", verb="approval.show", object=request.id, speak=f"Show {request.id}"
    )
    words = f"{request.id} waits for your decision: {request.title}. That is not decided by a word here, but on its card."
    return Begun(request.id, request.requester, request.created, words, (show,))


def answers_nobody(unit: Unit, person: Person, said: Message, verb: Verb) -> bool:
    """Whether this is what people say to each other, too (“on it”), without our name, and no page calls whoever says it."""
    is_ours = said.addressed and said.named
    if verb.name != ACK or is_ours or _PAGE.search(said.text):
        return False
    here = rooms.about(unit, said.place) if _ACKS.match(said.text) or _TAKES.fullmatch(said.text) else None
    # Where an incident is worked on nobody says “ack” to anybody else; “I take this” means what nobody has yet.
    if here and (_ACKS.match(said.text) or _is_free_or_of(incidents.get(unit, here), person)):
        return False
    return not tie.calling(unit, person.id) and outbox.where_shown(unit, PAGE, said.place) is None


def _is_free_or_of(incident: Incident, person: Person) -> bool:
    return incident.state is Incidents.OPEN or (incident.is_open and incident.lead == person.id)


def described(unit: Unit, thing: str) -> str:
    """What is meant by an id, in a line; empty for what is no id of ours.

    Raises:
        NotFound: there is no such thing.
    """
    match thing.partition("-")[0].upper():
        case "RUN":
            run = runs.get(unit, thing)
            return f"{run.id}: {Plan.model_validate(run.plan).title} ({HEADS[run.state][0]})"
        case "AP":
            request = approvals.get(unit, thing)
            return f"{request.id}: {request.title}"
        case "PG":
            page = pages.get(unit, thing)
            return f"{page.id}: {page.title}"
        case "INC":
            incident = incidents.get(unit, thing)
            return f"{incident.id}: {incident.title}"
    return ""


def over(unit: Unit, verb: str, order: Mapping[str, str]) -> str:
    """What is said to an order that would end what has ended; empty where it still means something.

    What is resolved can still be closed.
    """
    named = order.get("id", "").upper()
    if verb == "runbook.cancel" and named:
        run = runs.get(unit, named)
        return f"{run.id} has ended already: {HEADS[run.state][0]}." if run.state.is_final else ""
    if verb == "incident.resolve" and named and incidents.get(unit, named).state is Incidents.CLOSED:
        return f"{named} is closed already."
    return ""


def is_resolved(unit: Unit, verb: str, order: Mapping[str, str]) -> bool:
    """Whether what an order would resolve is resolved already, so that all that is left is to close it."""
    named = order.get("id", "").upper() if verb == "incident.resolve" else ""
    return bool(named) and incidents.get(unit, named).state is Incidents.RESOLVED


def named(unit: Unit, verb: Verb, meant: Understanding | None, reply: Reply) -> Reply:
    """The answer to an order about “it”, with the name of the incident that was taken for it."""
    found = (
        next((one for one in meant.entities if one.type is EntityType.INCIDENT_ID), None) if meant else None
    )
    if found is None or found.text or verb.reads or reply.card is None or verb.name.startswith("ask."):
        return reply
    told = Text(line=line(f"That is {described(unit, str(found.value))}."), small=True)
    return replace(reply, card=reply.card.model_copy(update={"parts": (*reply.card.parts, told)}))


def _spoken_of(unit: Unit, person: Person, place: Place, *, anywhere: bool) -> Iterator[Begun]:
    told = [turn.text for turn in talk.history(unit, person, place) if turn.role == "bot"]
    ids = [found for text in reversed(told) for found in _IDS.findall(text)]
    wish = wishes.latest(unit, person.id, place, anywhere=anywhere)
    named = [wish.execution] if wish is not None and wish.execution else []
    for thing in dict.fromkeys([*ids[:_MOST], *named]):
        try:
            yield _LOOKS[thing.partition("-")[0]](unit, thing)
        except NotFound:
            continue


def _run(unit: Unit, thing: str) -> Begun:
    run = runs.get(unit, thing)
    waits = run.started_at is None
    what = described(unit, thing)
    asked = f" It begins once {run.request} is approved." if waits and run.request else ""
    cancel = Button(
        label="Call it off" if waits else "Cancel…",
        verb="runbook.cancel",
        object=run.id,
        style="danger",
        confirm="" if waits else f"Cancel {run.id}? What runs is told to stop, and nothing new begins.",
        speak=f"Cancel {run.id}: {run.runbook}",
    )
    pause = Button(label="Pause", verb="runbook.pause", object=run.id, speak=f"Pause {run.id}")
    pausable = run.state in (ExecutionState.RUNNING, ExecutionState.WAITING_APPROVAL)
    return Begun(
        run.id,
        run.by,
        run.created_at,
        f"{what}.{asked}" if waits else f"{what}. It has begun, so a word alone does not stop it.",
        (cancel, *((pause,) if pausable else ())),
        may_drop=waits,
        is_over=run.state.is_final,
        place=run.place,
    )


def _request(unit: Unit, thing: str) -> Begun:
    request = approvals.get(unit, thing)
    withdraw = Button(
        label="Withdraw", verb="approval.withdraw", object=request.id, speak=f"Withdraw {request.id}"
    )
    words = f"{request.id} still asks people: {request.title}."
    return Begun(
        request.id, request.requester, request.created, words, (withdraw,), is_over=not request.is_pending
    )


def _page(unit: Unit, thing: str) -> Begun:
    page = pages.get(unit, thing)
    end = Button(
        label="Call nobody any more", verb="oncall.done", object=page.id, speak=f"End the page {page.id}"
    )
    words = f"{page.id} still calls people: {page.title}."
    return Begun(page.id, page.by, page.created, words, (end,), is_over=page.state is not State.CALLING)


def _incident(unit: Unit, thing: str) -> Begun:
    incident = incidents.get(unit, thing)
    resolve = Button(
        label="Resolve…", verb="incident.resolve", object=incident.id, speak=f"Resolve {incident.id}"
    )
    words = f"{incident.id} stays open: {incident.title}."
    return Begun(
        incident.id, incident.declared_by, incident.created, words, (resolve,), is_over=not incident.is_open
    )


_LOOKS: Mapping[str, Callable[[Unit, str], Begun]] = {
    "RUN": _run,
    "AP": _request,
    "PG": _page,
    "INC": _incident,
}
