"""How one outbox row becomes a message: the card drawn from the state of now, at the place it belongs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.platform import Gone, Platform, Refused
from bot.sending.filing import Filing
from bot.sending.illustrating import illustrated
from bot.sending.postman import Postman
from bot.sending.rooming import Rooming
from core.incidents.rooms import units as rooms
from core.incidents.units import VIEW as INCIDENT
from core.people import units as people
from core.place import Actor, Place
from core.store import dispatch, outbox
from core.store.dispatch import SOON, Copy, Outgoing
from core.store.engine import Store, Unit
from core.wiring import LOST
from core.world import World
from handlers.cards.card import Card, Span, Who, line, plain, say
from handlers.cards.link import with_links
from handlers.incidents import keeping
from handlers.registry import Registry

Outcome = Callable[[Unit], None]


def drawn(store: Store, world: World, registry: Registry) -> Callable[[str, str], Awaitable[Card]]:
    """What draws the card of a view and a thing as it is now."""

    async def draw(view: str, ref: str) -> Card:
        return await store.read(registry.views[view], world, ref)

    return draw


class Courier:
    """Sends one row and says what is to be recorded; raises SendError when the platform says no."""

    def __init__(
        self,
        store: Store,
        world: World,
        registry: Registry,
        platforms: Mapping[str, Platform],
        postman: Postman,
    ) -> None:
        self._store = store
        self._world = world
        self._registry = registry
        self._platforms = platforms
        self._postman = postman
        self._filing = Filing(store, world, platforms)
        self._rooming = Rooming(store, world, registry, platforms)
        self._ways: Mapping[str, Callable[[Outgoing], Awaitable[Outcome]]] = {
            "show": self._show,
            "say": self._say,
            "whisper": self._whisper,
            "home": self._home,
            "notice": postman.send,
            "take": self._take,
            "room": self._rooming.send,
            "pin": self._rooming.send,
            "file": self._filing.send,
        }
        self._metrics = postman.metrics

    async def send(self, out: Outgoing) -> Outcome:
        """Send it; returns the unit that records the outcome.

        Raises:
            SendError: the platform did not take it.
            Unavailable: the store cannot be read.
        """
        return await self._ways[out.kind](out)

    async def find(self, out: Outgoing) -> str | None:
        """The message of a row that was being sent when its process died, if it is there.

        An edit, a private line and a page are sent again: showing the same once more changes nothing.
        """
        if out.kind == "notice":
            return await self._postman.find(out)
        if out.kind == "file":
            return await self._filing.find(out)
        of = ""
        if out.kind == "say":
            place, _ = await self._spot(out)
        elif out.kind == "show":
            copy = await self._copy(out)
            place, of = copy.place if copy.message is None else None, copy.ref
        else:
            place = None
        if place is None:
            return None
        return await self._platform(place).find_sent(await self._resolved(place, ""), out.key, of)

    def arrived(self, out: Outgoing, message: str | None, detail: str = "") -> Outcome:
        """It is there: what to record."""
        if out.kind == "notice":
            return self._postman.arrived(out, message, detail)

        def record(unit: Unit) -> None:
            copy = dispatch.copy_of(unit, out.copy_id) if out.kind == "show" and out.copy_id else None
            if copy is not None and message is not None:
                dispatch.shown(unit, copy.id, message, -1)
                _posted(unit, copy, message)
                # What was posted before the crash may be older than what is true now.
                outbox.refresh(unit, copy.view, copy.ref, urgent=True)
            dispatch.sent(unit, out, message, detail)

        return record

    def lost(self, unit: Unit, out: Outgoing, why: str) -> None:
        """It was tried so often, or refused for good: write so; an incident without its room is told why, a card finds another place."""
        if out.kind == "room":
            self._rooming.lost(unit, out, why)
        if out.kind == "show" and out.copy_id:
            self._unshown(unit, out.copy_id)
        dispatch.gave_up(unit, out, why)

    def _unshown(self, unit: Unit, copy_id: str) -> None:
        """A card could not be posted (its reader takes no direct messages): its room finds another place, if it wants one."""
        copy = dispatch.copy_of(unit, copy_id)
        if copy is not None and copy.message is None and copy.view in LOST:
            LOST[copy.view](unit, self._world, copy.ref, copy.view, copy.place)

    async def _show(self, out: Outgoing) -> Outcome:
        copy = await self._copy(out)
        card: Card = await self._store.read(self._registry.views[copy.view], self._world, copy.ref)
        if copy.message is None:
            return await self._post_copy(out, copy, card)
        platform = self._platform(copy.place)
        ready = copy.shown + timedelta(seconds=platform.edit_interval) if copy.shown else None
        if not out.urgent and ready is not None and ready > self._store.clock.now():
            return lambda unit: dispatch.later(unit, out, ready, "waiting", "")
        place = await self._resolved(copy.place, card.title)
        try:
            await platform.update(place.at(copy.message), card)
        except Gone:
            return await self._post_copy(out, copy, card)
        return self._shown(out, copy, copy.message, card)

    async def _post_copy(self, out: Outgoing, copy: Copy, card: Card) -> Outcome:
        place = await self._resolved(copy.place, card.title)
        message = await self._platform(place).post(place, card, out.key)
        return self._shown(out, copy, message, card)

    def _shown(self, out: Outgoing, copy: Copy, message: str, card: Card) -> Outcome:
        self._metrics.deliveries.labels(copy.place.platform, "accepted").inc()

        def record(unit: Unit) -> None:
            dispatch.shown(unit, copy.id, message, card.revision)
            if message != copy.message:
                _posted(unit, copy, message)
            dispatch.sent(unit, out, message)

        return record

    async def _say(self, out: Outgoing) -> Outcome:
        place, copy = await self._spot(out)
        if place is None:
            due = self._store.clock.now() + SOON
            return lambda unit: dispatch.later(unit, out, due, "waiting", "")
        card = await illustrated(self._store, self._world, self._words(out.payload))
        title = card.title or (copy.ref if copy else "")
        place = await self._resolved(place, title)
        message = await self._platform(place).post(place, card, out.key)
        self._metrics.deliveries.labels(place.platform, "accepted").inc()
        return lambda unit: dispatch.sent(unit, out, message)

    async def _spot(self, out: Outgoing) -> tuple[Place | None, Copy | None]:
        """Where words go: a place of their own, or the thread of a copy; None while that is not posted yet."""
        if out.copy_id is None:
            return Place.model_validate(out.payload["place"]), None
        copy = await self._copy(out)
        if copy.place.thread or copy.place.flat or (copy.place.message and not copy.place.direct):
            return copy.place, copy
        if copy.message is not None:
            return (copy.place if copy.place.direct else copy.place.at(copy.message)), copy
        if await self._store.read(dispatch.is_lost, copy.id):
            raise Refused("The card that these words belong under could not be posted.")
        return None, copy

    async def _whisper(self, out: Outgoing) -> Outcome:
        payload = out.payload
        actor, place = Actor.model_validate(payload["actor"]), Place.model_validate(payload["place"])
        platform = self._platform(place)
        card = await self._private(payload)
        await platform.whisper(actor, place, card, out.key, payload["answering"])
        self._metrics.deliveries.labels(place.platform, "accepted").inc()
        return lambda unit: dispatch.sent(unit, out, None)

    async def _private(self, payload: Mapping[str, Any]) -> Card:
        """What one person is told: words that were kept, or a card as it stands now."""
        if "view" in payload:
            view = self._registry.views[payload["view"]]
            return await self._store.read(view, self._world, payload["ref"])
        return with_links(self._words(payload), self._world.public_url, self._world.secret_key)

    async def _home(self, out: Outgoing) -> Outcome:
        actor = Actor.model_validate(out.payload["actor"])
        card = await self._store.read(self._home_card, actor)
        await self._platform(Place(platform=actor.platform, channel="")).publish_home(actor, card)
        return lambda unit: dispatch.sent(unit, out, None)

    async def _take(self, out: Outgoing) -> Outcome:
        """Look up a message that somebody marked, and let the house take it."""
        place = Place.model_validate(out.payload["place"])
        try:
            seen = await self._platform(place).read(place)
        except Gone as error:
            why = str(error)
            return lambda unit: dispatch.dropped(unit, out, why)

        def record(unit: Unit) -> None:
            keeping.took(unit, self._world, out.payload, seen)
            dispatch.sent(unit, out, None)

        return record

    def _home_card(self, unit: Unit, actor: Actor) -> Card:
        person = people.who(unit, self._world.people, actor)
        return self._registry.views["home"](unit, self._world, person.id if person else "")

    def _words(self, payload: Mapping[str, Any]) -> Card:
        card = Card.model_validate(payload["card"]) if "card" in payload else say(str(payload["text"]))
        called: list[str | Span] = []
        for person_id in payload.get("ping", ()):
            person = self._world.people.get(person_id)
            if person is not None:
                called += [Who(name=person.name, ids=dict(person.accounts), ping=True), " "]
        if not called:
            return card
        asked = say(*called, str(payload.get("text", "")))
        return asked.model_copy(update={"summary": plain(line(*called, str(payload.get("text", ""))))})

    async def _resolved(self, place: Place, title: str) -> Place:
        """The thread under the message that a place names, on platforms where a thread must be made."""
        if place.thread is not None or place.message is None or place.direct:
            return place
        thread = await self._platform(place).open_thread(place, title or "Wardroom")
        return place.under(thread)

    async def _copy(self, out: Outgoing) -> Copy:
        copy = await self._store.read(dispatch.copy_of, out.copy_id or "")
        if copy is None:
            raise Refused("The card that this belongs to is gone.")
        return copy

    def _platform(self, place: Place) -> Platform:
        platform = self._platforms.get(place.platform)
        if platform is None:
            raise Refused(f"{place.platform.title()} is not connected: its token is not set.")
        return platform


def _posted(unit: Unit, copy: Copy, message: str) -> None:
    """A card is there that was not: an incident's own is pinned in its room."""
    if copy.view == INCIDENT:
        rooms.on_posted(unit, copy.ref, copy.place, message)
