"""What is done at a place besides messages: a room of an incident's own is made or closed, a card is pinned there."""

from collections.abc import Callable, Mapping

from bot.platform import Gone, Platform, Refused, Wish
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.rooms import units as rooms
from core.incidents.rooms.room import Kind, Room, name_of
from core.incidents.rooms.topics import units as topics
from core.incidents.severity import label
from core.incidents.units import VIEW
from core.place import Place
from core.store import dispatch
from core.store.dispatch import Outgoing
from core.store.engine import Store, Unit
from core.text import one_line
from core.world import World
from handlers.registry import Registry

Outcome = Callable[[Unit], None]
_TOPIC = 240


class Rooming:
    """Does one row, and says what is to be recorded. A room is looked for before it is made, so that a retry finds it."""

    def __init__(
        self, store: Store, world: World, registry: Registry, platforms: Mapping[str, Platform]
    ) -> None:
        self._store = store
        self._world = world
        self._registry = registry
        self._platforms = platforms

    async def send(self, out: Outgoing) -> Outcome:
        """Make a room, close one, pin a card or take the pin off.

        Raises:
            SendError: the platform does not answer, asks to wait, or refuses.
        """
        place = Place.model_validate(out.payload["place"])
        if out.kind == "pin":
            return await self._pin(out, place)
        if out.payload["act"] == rooms.CLOSE:
            return await self._close(out, place)
        if out.payload["act"] == topics.ABOUT:
            return await self._entitle(out, place)
        return await self._open(out, place)

    async def _open(self, out: Outgoing, place: Place) -> Outcome:
        room = _room(out, place)
        wish = await self._store.read(self._wish, out, place)
        made = await self._platform(place).open_room(wish)

        def record(unit: Unit) -> None:
            rooms.made(unit, room, made.place, made.name, made.url)
            dispatch.sent(unit, out, None, made.name)

        return record

    def lost(self, unit: Unit, out: Outgoing, why: str) -> None:
        """A room cannot be made now, and the incident says why."""
        if out.payload["act"] == rooms.OPEN:
            rooms.failed(unit, _room(out, Place.model_validate(out.payload["place"])), why)

    async def _close(self, out: Outgoing, place: Place) -> Outcome:
        try:
            await self._platform(place).close_room(place)
        except Gone as error:
            why = str(error)
            return lambda unit: dispatch.dropped(unit, out, why)
        return lambda unit: dispatch.sent(unit, out, None)

    async def _entitle(self, out: Outgoing, place: Place) -> Outcome:
        """Say anew what the room is about; a room that is gone needs it no more."""
        incident = await self._store.read(incidents.get, out.about)
        try:
            await self._platform(place).entitle_room(place, _topic(incident))
        except Gone as error:
            why = str(error)
            return lambda unit: dispatch.dropped(unit, out, why)
        return lambda unit: dispatch.sent(unit, out, None)

    async def _pin(self, out: Outgoing, place: Place) -> Outcome:
        try:
            await self._platform(place).pin(place, on=bool(out.payload["on"]))
        except Gone as error:
            gone = str(error)
            return lambda unit: dispatch.dropped(unit, out, gone)
        except Refused as error:
            why = str(error)
            return lambda unit: self._unpinned(unit, out, place, why)
        return lambda unit: dispatch.sent(unit, out, None)

    def _unpinned(self, unit: Unit, out: Outgoing, place: Place, why: str) -> None:
        is_first = dispatch.is_first_failure(unit, "pin", place.platform)
        rooms.not_pinned(unit, out.about, why, is_first=is_first)
        dispatch.gave_up(unit, out, why)

    def _wish(self, unit: Unit, out: Outgoing, place: Place) -> Wish:
        incident = incidents.get(unit, out.about)
        return Wish(
            place=place,
            name=name_of(incident),
            title=one_line(f"{incident.id} {incident.title}", 95),
            topic=_topic(incident),
            card=self._registry.views[VIEW](unit, self._world, incident.id),
            people=rooms.called_in(unit, self._world, incident, place.platform),
            key=out.key,
            room=rooms.place_of(unit, incident.id, place.platform),
        )

    def _platform(self, place: Place) -> Platform:
        platform = self._platforms.get(place.platform)
        if platform is None:
            raise Refused(f"{place.platform.title()} is not connected: its token is not set.")
        return platform


def _topic(incident: Incident) -> str:
    about = f"{incident.id} · {label(incident.severity)} · {incident.title}"
    return one_line(f"{about} · what you ask for here is about it", _TOPIC)


def _room(out: Outgoing, place: Place) -> Room:
    kind: Kind = "post" if out.payload["kind"] == "post" else "channel"
    return Room(out.about, place.platform, kind, "wanted")
