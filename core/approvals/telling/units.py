"""Telling people of requests: reactions to what happens to them, and what is done when nobody can be told.

Source: the trading design's dispatch (3.1, 3.3), with a deadline in the place of its first failure.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from core.approvals import escalation, records, words
from core.approvals.ageing import units as ageing
from core.approvals.request import Request, Status
from core.approvals.settling import units as settling
from core.approvals.talking import records as talking
from core.approvals.talking.remark import Remark, unanswered
from core.approvals.talking.units import behind
from core.approvals.telling.facts import event_of, facts, headline
from core.approvals.telling.order import in_order
from core.approvals.telling.persons import is_about_a_person, letter_of
from core.approvals.telling.scene import Scene
from core.notify import ledger, links, notice, routing
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.notify.notice import Letter
from core.notify.routing import CHAT, Reader
from core.notify.units import CALLBACK, Occasion
from core.oncall import units as oncall
from core.people import records as accounts
from core.people.person import Person
from core.place import Place
from core.store import deadlines, events, outbox
from core.store.engine import Unit

DEADLINE = "notices.deadline"
STAGGERED = "notices.staggered"
UNREACHABLE = "NOTIFY_UNREACHABLE"
# An ending is told for so long; after that it is old news.
_NEWS = timedelta(days=1)


def on_requested(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A request was made: show its card in the channels that are named, and tell everybody who may decide."""
    del data
    request = records.get(unit, ref)
    if not request.is_pending:
        return
    _show(unit, scene, request)
    open_seats = [seat.person for seat in request.seats if seat.level <= request.level]
    _ask(unit, scene, request, "requested", open_seats)
    deadlines.set(unit, DEADLINE, ref, unit.now + scene.notices.deadline)


def on_escalated(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """More people are asked: tell them."""
    request = records.get(unit, ref)
    if not request.is_pending:
        return
    _ask(unit, scene, request, f"escalated:{data.get('level', request.level)}", data.get("added", ()))
    if data.get("emergency"):
        added = [seat for seat in request.seats if seat.person in data.get("added", ())]
        said = words.escalated(request, added, str(data.get("why", "")), emergency=True)
        for place in alarm_places(scene):
            outbox.say(unit, place, said, about=ref)
    if not notify.has_reached(unit, ref):
        deadlines.set(unit, DEADLINE, ref, unit.now + scene.notices.deadline)


def on_reminded(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Remind those whose decision still matters."""
    request = records.get(unit, ref)
    if request.is_pending:
        left = [seat.person for seat in settling.tally_of(request).open]
        _ask(unit, scene, request, f"reminded:{data.get('number', 0)}", left)


def on_amended(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """What is asked was changed: everybody is asked anew, and the program that asked is told."""
    request = records.get(unit, ref)
    if request.is_pending and request.digest == data.get("digest"):
        cause = f"amended:{request.digest[:12]}"
        seated = [one.person for one in request.seats if one.level <= request.level and not one.gone]
        _ask(unit, scene, request, cause, seated)
        notify.call_back(unit, Occasion(ref, cause, request.digest, request.expires), request.requester)


def on_asked(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Somebody asks about it: tell whoever wants it, and the program that asked where it wants to be told."""
    request = records.get(unit, ref)
    occasion = Occasion(ref, f"asked:{data.get('number', 0)}", request.digest, request.expires)
    notify.call_back(unit, occasion, request.requester)
    told = reader(unit, scene, behind(request, scene.people))
    if told is not None:
        notify.tell(unit, scene.channels, occasion, _names(scene, request), [told])


def on_glass_broken(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Somebody approved it alone: tell everybody who was asked."""
    del data
    request = records.get(unit, ref)
    occasion = Occasion(ref, f"broken:{request.digest[:12]}", request.digest, unit.now + _NEWS)
    asked = (reader(unit, scene, one.person) for one in request.seats if not one.gone)
    notify.tell(unit, scene.channels, occasion, _names(scene, request), [one for one in asked if one])


def on_ended(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """It has ended, or what was approved has: tell whoever asked, once for each end."""
    deadlines.clear(unit, DEADLINE, ref)
    request = records.get(unit, ref)
    cause = f"ended:{data.get('status', request.status)}"
    occasion = Occasion(ref, cause, request.digest, unit.now + _NEWS)
    asker = scene.people.get(request.requester)
    # A program is told where it wants to be called back; the human behind it is told like anybody.
    told = asker if asker is None or asker.is_human else scene.people.get(asker.owner or "")
    notify.call_back(unit, occasion, request.requester)
    readers = [_reader(unit, told)] if told is not None and told.active else []
    if request.status is Status.EXECUTION_UNKNOWN:
        # Those who said yes are asked to look, too.
        decided = (reader(unit, scene, person) for person in settling.tally_of(request).yes)
        readers += [one for one in decided if one is not None and one not in readers]
    notify.tell(unit, scene.channels, occasion, _names(scene, request), readers)


def on_deadline(unit: Unit, scene: Scene, ref: str) -> None:
    """Somebody should have been told by now. If nobody was: say so, and ask the next ring of people."""
    request = records.get(unit, ref)
    if not request.is_pending or notify.has_reached(unit, ref):
        return
    entries = notify.ledger(unit, ref)
    why = ledger.summary(entries, _called(scene)) or "no channel leads to anybody"
    if notify.mark_unreachable(unit, ref):
        facts = {"code": UNREACHABLE, "why": why, "level": request.level}
        events.append(unit, "approval.unreachable", ref, actor="system", data=facts)
        for place in alarm_places(scene):
            said = f"⚠ Nobody could be told of {ref}, which waits for a decision ({why})."
            outbox.say(
                unit, place, f"{said} Look at `wardroom check`, and tell them by other means.", about=ref
            )
    ageing.widen(unit, ref, escalation.UNTOLD)


def alarm_places(scene: Scene) -> tuple[Place, ...]:
    """Where operators hear that something is wrong: the channel that is named, else the first with a chat."""
    return routing.alarm(scene.channels, scene.notices.alarm)


def channel_places(scene: Scene, request: Request) -> tuple[Place, ...]:
    """The chats of the channels that a request names."""
    named = (scene.channels.get(name) for name in _names(scene, request))
    return tuple(place for channel in named if channel for place in channel.places)


def reader(unit: Unit, scene: Scene, person_id: str) -> Reader | None:
    """Somebody's addresses as they are now; None for those who have left."""
    person = scene.people.get(person_id)
    return _reader(unit, person) if person is not None and person.active else None


def told(unit: Unit, scene: Scene, ref: str) -> str:
    """One line for the card: `Told: 3 of 4; Bo by e-mail failed: mailbox unknown`."""
    return ledger.summary(notify.ledger(unit, ref), _called(scene))


def untold(unit: Unit, scene: Scene, ref: str) -> str:
    """One line for the card: who cannot be told, and why; nothing if everybody was or may still be."""
    return ledger.untold(notify.ledger(unit, ref), _called(scene))


def wanted(unit: Unit, delivery: str) -> tuple[list[Entry], list[Entry]]:
    """The entries of a delivery that still wait: those to send, and those that nobody wants any more."""
    waiting = [one for one in notices.of_delivery(unit, delivery) if one.state is State.QUEUED]
    if not waiting:
        return [], []
    if is_about_a_person(waiting[0]):
        return waiting, []
    request = records.get(unit, waiting[0].about)
    moot = [one for one in waiting if _is_moot(unit, request, one)]
    return [one for one in waiting if one not in moot], moot


def letter(unit: Unit, scene: Scene, entry: Entry) -> Letter:
    """What to send for an entry, from the state of now, with nothing that its channel does not list."""
    channel = scene.channels.get(entry.channel)
    if is_about_a_person(entry):
        return letter_of(entry, channel.outlets.get(entry.way, {}) if channel else {})
    request = records.get(unit, entry.about)
    fields = (channel.fields if channel else ()) or notice.USUAL.get(entry.way, ())
    question = _question(unit, entry)
    said = facts(request, settling.tally_of(request)) | {"question": question.text if question else ""}
    listed = notice.only(said, fields)
    personal = entry.asks and entry.person and entry.way in ("email", "sms") and "link" in fields
    link = links.link_to(scene.public_url, scene.secret_key, entry) if personal else ""
    return Letter(
        key=entry.delivery,
        channel=entry.channel,
        way=entry.way,
        target=entry.target,
        about=entry.about,
        event=event_of(entry.cause),
        headline=headline(entry.cause, listed),
        facts=listed,
        happened=entry.created,
        options=channel.outlets.get(entry.way, {}) if channel else {"allow": scene.notices.callback_hosts},
        link=link,
        code=links.code_for(scene.secret_key, entry) if link else "",
        page=request.id if "link" in fields and not link else "",
        asks=entry.asks,
        reader=entry.person,
    )


def _ask(unit: Unit, scene: Scene, request: Request, cause: str, people: Iterable[str]) -> None:
    occasion = _occasion(request, cause)
    order, later = _in_order(unit, scene, request, people)
    readers = [one for person in order if (one := reader(unit, scene, person)) is not None]
    notify.tell(unit, scene.channels, occasion, _names(scene, request), readers, later)
    if later:
        deadlines.set(unit, STAGGERED, f"{request.id} {cause}", unit.now + scene.notices.stagger)


def on_staggered(unit: Unit, scene: Scene, ref: str) -> None:
    """Those who were not there have been spared for a while: tell them now, if their vote still matters."""
    request_id, _, cause = ref.partition(" ")
    request = records.get(unit, request_id)
    if not request.is_pending:
        return
    level = {"requested": 0, "escalated": int(cause.partition(":")[2] or 0)}.get(cause.partition(":")[0])
    left = [seat for seat in settling.tally_of(request).open if level in (None, seat.level)]
    readers = [one for seat in left if (one := reader(unit, scene, seat.person)) is not None]
    notify.tell(unit, scene.channels, _occasion(request, cause), _names(scene, request), readers)


def _in_order(
    unit: Unit, scene: Scene, request: Request, people: Iterable[str]
) -> tuple[list[str], frozenset[str]]:
    known = [scene.people[person] for person in people if person in scene.people]
    there = oncall.whereabouts(unit, known, scene.schedules)
    return in_order(there, request.priority, scene.notices.stagger)


def _occasion(request: Request, cause: str) -> Occasion:
    # A link stays good for as long as the request can stay open, if every step gives it more time.
    most = sum((step.extends for step in request.rules.steps if step.extends), timedelta())
    return Occasion(request.id, cause, request.digest, request.expires + most)


def _names(scene: Scene, request: Request) -> tuple[str, ...]:
    return request.rules.notify or scene.notices.otherwise or routing.first_chat(scene.channels)


def _show(unit: Unit, scene: Scene, request: Request) -> None:
    """The card in each chat of the channels, unless it is in that chat already."""
    there = {(place.platform, place.channel) for place in outbox.places(unit, settling.VIEW, request.id)}
    for name in _names(scene, request):
        channel = scene.channels.get(name)
        for place in channel.places if channel else ():
            if (place.platform, place.channel) not in there:
                there.add((place.platform, place.channel))
                outbox.publish(unit, settling.VIEW, request.id, place)


def _question(unit: Unit, entry: Entry) -> Remark | None:
    """The question that an entry tells of, as long as nobody has answered it."""
    occasion, _, number = entry.cause.partition(":")
    if occasion != "asked":
        return None
    waiting = unanswered(talking.of(unit, entry.about))
    return next((one for one in waiting if str(one.number) == number), None)


def _is_moot(unit: Unit, request: Request, entry: Entry) -> bool:
    """Whether nobody wants this any more: a question that is decided, or that this person has answered."""
    if entry.cause.startswith("asked") and _question(unit, entry) is None:
        return True
    if not entry.asks:
        return entry.expires <= unit.now
    if entry.way in ("webhook", CALLBACK):
        return entry.expires + _NEWS <= unit.now
    if not request.is_pending or request.digest != entry.digest:
        return True
    if not entry.person or entry.way == CHAT:
        return False
    return request.vote_of(entry.person) is not None


def _reader(unit: Unit, person: Person) -> Reader:
    linked = {actor.platform for actor in accounts.accounts_of(unit, person.id)}
    return routing.reader_of(person, linked)


def _called(scene: Scene) -> dict[str, str]:
    return {person.id: person.name for person in scene.people.values()}
