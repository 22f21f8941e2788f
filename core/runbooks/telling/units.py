"""What runs tell people: cards in the chats of channels, and notices by their other ways, through the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.approvals import approvers
from core.approvals.request import Ask as Group
from core.approvals.request import Terms
from core.approvals.telling import scene as telling
from core.approvals.telling.units import reader
from core.notify import notice
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.notify.notice import Letter
from core.notify.units import Occasion
from core.oncall import units as oncall
from core.people.team import Team
from core.runbooks.definition import Ask
from core.runbooks.telling import records
from core.runbooks.telling.note import PREFIX, Note, facts
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import one_line

VIEW = "note"
_NEWS = timedelta(days=1)
_CAUSE = "noted"
_EVENT = "runbook.noted"


class Scene(telling.Scene, Protocol):
    """What of the world is needed to tell people something."""

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...


@dataclass(frozen=True)
class Telling:
    """What a step wants told, to whom, and by which channels; none named: those that notices go to otherwise."""

    execution: str
    step: str
    runbook: str
    by: str
    text: str
    whom: tuple[Ask, ...] = ()
    channels: tuple[str, ...] = ()


def tell(unit: Unit, scene: Scene, wish: Telling) -> tuple[Note, tuple[str, ...]]:
    """Tell it; returns what is kept of it, and the channels that it goes by.

    What is sent by each way is in the ledger under the note's id, and so is what became of it.
    """
    people = people_of(unit, scene, wish.whom)
    names = wish.channels or scene.notices.otherwise
    note = Note(
        id=next_number(unit, PREFIX),
        execution=wish.execution,
        step=wish.step,
        runbook=wish.runbook,
        by=wish.by,
        text=wish.text,
        people=tuple(people),
        created=unit.now,
    )
    records.add(unit, note)
    data = {"execution": note.execution, "step": note.step, "people": list(people), "channels": list(names)}
    events.append(unit, _EVENT, note.id, actor=note.by, data=data)
    known = [scene.channels[name] for name in names if name in scene.channels]
    for place in dict.fromkeys(place for channel in known for place in channel.places):
        outbox.publish(unit, VIEW, note.id, place)
    readers = [one for person in people if (one := reader(unit, scene, person)) is not None]
    notify.tell(unit, scene.channels, Occasion(note.id, _CAUSE, "", unit.now + _NEWS), names, readers)
    return note, tuple(channel.name for channel in known)


def people_of(unit: Unit, scene: Scene, asks: Iterable[Ask]) -> list[str]:
    """Everybody who is meant now, each once: people with a role, a team's members, one person, who is on call."""
    groups = tuple(Group.model_validate(ask.model_dump()) for ask in asks)
    if not groups:
        return []
    terms = Terms(ask=groups)
    now = oncall.on_call(unit, approvers.asked_now(terms, scene.teams, scene.schedules))
    return [seat.person for seat in approvers.seats_for(terms, scene.people, scene.teams, (), now)]


def wanted(unit: Unit, delivery: str) -> tuple[list[Entry], list[Entry]]:
    """The entries of a delivery that still wait: those to send, and those that are old news."""
    waiting = [one for one in notices.of_delivery(unit, delivery) if one.state is State.QUEUED]
    old = [one for one in waiting if one.expires <= unit.now]
    return [one for one in waiting if one not in old], old


def letter(unit: Unit, scene: Scene, entry: Entry) -> Letter:
    """What to send for an entry, with nothing that its channel does not list."""
    note = records.get(unit, entry.about)
    channel = scene.channels.get(entry.channel)
    fields = (channel.fields if channel else ()) or notice.USUAL.get(entry.way, ())
    return Letter(
        key=entry.delivery,
        channel=entry.channel,
        way=entry.way,
        target=entry.target,
        about=entry.about,
        event=_EVENT,
        headline=one_line(note.text)
        if "title" in fields
        else f"{note.runbook} tells you something: {note.id}",
        facts=notice.only(facts(note), fields),
        happened=entry.created,
        options=channel.outlets.get(entry.way, {}) if channel else {},
        page=note.execution if "link" in fields else "",
        reader=entry.person,
        view=VIEW,
    )
