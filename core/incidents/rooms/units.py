"""Where incidents are worked on: rooms are wished for, made, told of, pinned in and closed; each public function one transaction.

Nothing is made here. A row of the outbox asks for it, whoever sends makes it or finds it made, and tells it back.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol

from core.errors import Conflict
from core.incidents import announcing, records
from core.incidents.config import GRADES, IncidentsConfig
from core.incidents.incident import Incident
from core.incidents.rooms import records as rooms
from core.incidents.rooms.room import RETRIES, Room, no_room
from core.incidents.units import VIEW
from core.oncall import units as oncall
from core.oncall.schedule import Schedule
from core.people.person import Person
from core.place import Place
from core.store import deadlines, dispatch, outbox
from core.store.engine import Unit

OPEN, CLOSE = "open", "close"
AGAIN = "rooms.again"
_SOONEST, _LATEST = timedelta(minutes=5), timedelta(hours=6)


class Scene(announcing.Scene, Protocol):
    """What of the world this needs."""

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody."""
        ...

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """Who is on call when."""
        ...


def about(unit: Unit, place: Place) -> str | None:
    """The incident that is worked on at this place: in the thread of its card, or in its own channel."""
    return outbox.where_shown(unit, VIEW, place) or rooms.of_channel(unit, place)


def is_near(unit: Unit, place: Place) -> bool:
    """Whether incidents are worked on in the channel of this place."""
    return outbox.is_shown_in(unit, VIEW, place)


def on_incident(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """An incident was declared, or it is graver than before: every platform that shows it has a room for it. A test has none."""
    del data
    incident = records.get(unit, ref)
    if incident.is_test or not incident.is_open:
        return
    known = {room.platform: room for room in rooms.find(unit, ref)}
    for platform, place in _firsts(unit, ref).items():
        room = known.get(platform)
        if room is None or (room.kind == "thread" and not room.why and _wants_own(scene, incident, platform)):
            _begin(unit, scene, incident, place, is_new=room is None)


def on_people(unit: Unit, _scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Somebody got a part in it: they are called into the channels of its own."""
    del data
    for room in rooms.find(unit, ref):
        if room.kind == "channel" and room.state == "open" and room.place is not None:
            _ask(unit, OPEN, room, room.place)


def follow(unit: Unit, incident_id: str, place: Place) -> Incident:
    """Show an incident in another channel too; its thread there is a room of the incident.

    Raises:
        NotFound: there is no such incident.
    """
    incident = records.get(unit, incident_id)
    channel = place.model_copy(update={"thread": None, "message": None})
    outbox.publish(unit, VIEW, incident.id, channel)
    room = Room(incident.id, place.platform, "thread", "open", channel)
    rooms.add(unit, room)
    return incident


def made(unit: Unit, room: Room, place: Place, name: str, url: str) -> None:
    """There is a room of its own now; its card is shown there and pinned, and the other threads are told."""
    before = rooms.get(unit, room.incident, room.platform)
    if before is None or not before.is_missing:
        return  # made anew only to call people in
    deadlines.clear(unit, AGAIN, _ref(room))
    rooms.save(unit, Room(room.incident, room.platform, room.kind, "open", place, name, url))
    if place.message is None:
        outbox.publish(unit, VIEW, room.incident, place)
    else:
        dispatch.adopt(unit, VIEW, room.incident, place)
        _pin(unit, room.incident, place, on=True)
    incident = records.get(unit, room.incident, lock=True)
    records.save(unit, incident)
    outbox.refresh(unit, VIEW, room.incident, urgent=True)
    words = f"{room.incident} has a room of its own: {_called(room, name)}."
    # Whoever is in the room knows that it is there.
    outbox.tell(unit, VIEW, room.incident, words, but=place)


def failed(unit: Unit, room: Room, why: str) -> None:
    """There can be no room of its own now: the thread of its card is the room, and says why; later it is tried again."""
    before = rooms.get(unit, room.incident, room.platform)
    if before is None or not before.is_missing:
        return
    incident = records.get(unit, room.incident, lock=True)
    # The longer it does not work, the longer it is left alone.
    wait = max(_SOONEST, min(_LATEST, unit.now - incident.created))
    deadlines.set(unit, AGAIN, _ref(room), unit.now + wait)
    first = _firsts(unit, room.incident).get(room.platform)
    now = Room(room.incident, room.platform, "thread", "open", first, why=why)
    if before.state == "open" and before.why == now.why:
        return
    rooms.save(unit, now)
    records.save(unit, incident)
    words = f"{no_room(now.platform, why)} This thread is the room of {room.incident}. {RETRIES.format(room.incident)}"
    outbox.tell(unit, VIEW, room.incident, words)
    if first is not None and first.message is not None:
        _pin(unit, room.incident, first, on=True)


def on_again(unit: Unit, scene: Scene, ref: str) -> None:
    """Try once more what did not work, as long as the incident is open and a room of its own is wanted."""
    incident_id, _, platform = ref.partition("/")
    incident, room = records.get(unit, incident_id), rooms.get(unit, incident_id, platform)
    if incident.is_open and room is not None and room.is_missing and _wants_own(scene, incident, platform):
        place = _firsts(unit, incident_id).get(platform)
        if place is not None:
            _ask(unit, OPEN, *_own(scene, incident, place))


def demand(unit: Unit, scene: Scene, incident_id: str) -> tuple[list[Room], list[Room]]:
    """Somebody wants a room of its own at once: those that there are, and those that are tried now.

    Raises:
        Conflict: it is over, or the configuration gives incidents none.
    """
    incident = records.get(unit, incident_id, lock=True)
    if not incident.is_open:
        raise Conflict(f"{incident.id} is {incident.state}.", "Reopen it first.")
    known = {room.platform: room for room in rooms.find(unit, incident_id)}
    there = [room for room in known.values() if room.kind != "thread" and room.state == "open"]
    tried = []
    for platform, place in _firsts(unit, incident_id).items():
        if platform in {room.platform for room in there} or not _may_own(scene, platform):
            continue
        room, here = _own(scene, incident, place)
        if platform not in known:
            rooms.add(unit, room)
        elif not known[platform].is_missing:
            rooms.save(unit, room)
        _ask(unit, OPEN, room, here)
        tried.append(room)
    if not there and not tried:
        mend = "`incidents: {room: channel}` in wardroom.yaml gives them one on Slack, `discord_forum` on Discord."
        raise Conflict("Incidents are worked on in the threads of their cards here.", mend)
    return there, tried


def on_posted(unit: Unit, ref: str, place: Place, message: str) -> None:
    """The incident's card was posted: in its room it is pinned."""
    room = rooms.get(unit, ref, place.platform)
    mine = room is not None and room.place is not None and room.state == "open"
    if mine and room is not None and room.place is not None and _same(room.place, place):
        _pin(unit, ref, place.at(message), on=True)


def not_pinned(unit: Unit, incident_id: str, why: str, *, is_first: bool) -> None:
    """A card cannot be pinned; that is said where it is seen for the first time, and stands in the ledger always."""
    if is_first:
        outbox.tell(unit, VIEW, incident_id, f"I could not pin the card of {incident_id}: {why}")


def on_over(unit: Unit, _scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """It is over, or back again: in a channel that others use too, only what is open stays pinned."""
    del data
    incident = records.get(unit, ref)
    for room in rooms.find(unit, ref):
        place = _copy_at(unit, ref, room.place) if room.kind == "thread" and room.place else None
        if place is not None:
            _pin(unit, ref, place, on=incident.is_open)


def on_closed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """It is closed: its own channels and posts go to the archive, where that is asked for."""
    del data
    for room in rooms.find(unit, ref) if scene.incidents.archive else ():
        if room.kind != "thread" and room.state == "open" and room.place is not None:
            rooms.save(unit, Room(ref, room.platform, room.kind, "closed", room.place, room.name, room.url))
            _ask(unit, CLOSE, room, room.place)


def place_of(unit: Unit, incident: str, platform: str) -> Place | None:
    """Its own channel or post on a platform, if it has one."""
    room = rooms.get(unit, incident, platform)
    return room.place if room is not None and room.kind != "thread" and room.state == "open" else None


def called_in(unit: Unit, scene: Scene, incident: Incident, platform: str) -> tuple[str, ...]:
    """The accounts of those who belong into its room: who declared it, who has a part in it, who is on call for it."""
    team = announcing.team_of(scene, incident.service)
    named = {name: scene.schedules[name] for name in (team.schedule,) if name} if team else {}
    wanted = [incident.declared_by, incident.lead, incident.comms, incident.scribe, incident.owner]
    wanted += oncall.on_call(unit, named).values()
    return _accounts(scene, wanted, platform)


def _accounts(scene: Scene, wanted: Iterable[str], platform: str) -> tuple[str, ...]:
    known = [scene.people[person] for person in dict.fromkeys(wanted) if person in scene.people]
    return tuple(person.accounts[platform] for person in known if platform in person.accounts)


def _begin(unit: Unit, scene: Scene, incident: Incident, place: Place, *, is_new: bool) -> None:
    platform = place.platform
    if not _wants_own(scene, incident, platform):
        rooms.add(unit, Room(incident.id, platform, "thread", "open", place))
        if place.message is not None:
            _pin(unit, incident.id, place, on=True)
        return
    room, here = _own(scene, incident, place)
    if is_new:
        rooms.add(unit, room)
    else:
        rooms.save(unit, room)
    _ask(unit, OPEN, room, here)


def _own(scene: Scene, incident: Incident, place: Place) -> tuple[Room, Place]:
    """The room of its own that is wished for on the platform of a place, and where it is to be made."""
    if place.platform == "discord":
        forum = Place(platform="discord", channel=scene.incidents.discord_forum)
        return Room(incident.id, "discord", "post", "wanted"), forum
    return Room(incident.id, place.platform, "channel", "wanted"), place


def _may_own(scene: Scene, platform: str) -> bool:
    return bool(scene.incidents.discord_forum) if platform == "discord" else scene.incidents.room == "channel"


def _wants_own(scene: Scene, incident: Incident, platform: str) -> bool:
    is_grave = platform == "discord" or incident.severity <= GRADES[scene.incidents.room_from]
    return is_grave and _may_own(scene, platform)


def _ref(room: Room) -> str:
    return f"{room.incident}/{room.platform}"


def _ask(unit: Unit, act: str, room: Room, place: Place) -> None:
    payload = {"act": act, "kind": room.kind}
    outbox.errand(unit, "room", place, payload, about=room.incident)


def _pin(unit: Unit, incident: str, place: Place, *, on: bool) -> None:
    outbox.errand(unit, "pin", place, {"on": on}, about=incident)


def _firsts(unit: Unit, incident: str) -> dict[str, Place]:
    """Where it was shown first on each platform."""
    found: dict[str, Place] = {}
    for place in outbox.places(unit, VIEW, incident):
        found.setdefault(place.platform, place)
    return found


def _copy_at(unit: Unit, incident: str, spot: Place) -> Place | None:
    for place in outbox.places(unit, VIEW, incident):
        if _same(place, spot) and place.message is not None:
            return place
    return None


def _same(one: Place, other: Place) -> bool:
    return (one.platform, one.channel, one.thread) == (other.platform, other.channel, other.thread)


def _called(room: Room, name: str) -> str:
    return f"#{name}" if room.kind == "channel" else f"the post “{name}”"


REACTIONS = {
    "rooms.on_incident": on_incident,
    "rooms.on_people": on_people,
    "rooms.on_over": on_over,
    "rooms.on_closed": on_closed,
}
"""What this room does when something happens to an incident, by the name under which it is told."""
