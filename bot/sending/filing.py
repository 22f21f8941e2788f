"""Documents that are posted as files: made from the state of the moment in which they are sent."""

from collections.abc import Callable, Mapping

from bot.platform import Document, Platform, Refused
from core.incidents.review import markdown
from core.incidents.review import units as reviews
from core.place import Place
from core.store import dispatch
from core.store.dispatch import Outgoing
from core.store.engine import Store, Unit
from core.world import World

Outcome = Callable[[Unit], None]


class Filing:
    """Posts one, and says what is to be recorded."""

    def __init__(self, store: Store, world: World, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._world = world
        self._platforms = platforms

    async def send(self, out: Outgoing) -> Outcome:
        """The review of an incident, as Markdown.

        Raises:
            SendError: the platform did not take it.
        """
        platform, place, made = await self._made(out)
        message = await platform.send_file(place, made, out.key)
        return lambda unit: dispatch.sent(unit, out, message)

    async def find(self, out: Outgoing) -> str | None:
        """The file, or its message, if it was posted although nobody heard so.

        Raises:
            SendError: it cannot be looked for now.
        """
        platform, place, made = await self._made(out)
        return await platform.find_file(place, made, out.key)

    async def _made(self, out: Outgoing) -> tuple[Platform, Place, Document]:
        place = Place.model_validate(out.payload["place"])
        platform = self._platforms.get(place.platform)
        if platform is None:
            raise Refused(f"{place.platform.title()} is not connected: its token is not set.")
        incident = reviews.incident_of(out.about)
        found = await self._store.read(reviews.look, self._world.people, incident)
        words = f"The review of {incident}, version {found.review.version}."
        made = Document(f"{incident.lower()}-review.md", markdown.render(found).encode(), words)
        if place.thread is None and place.message is not None and not place.direct:
            place = place.under(await platform.open_thread(place, f"Review of {incident}"))
        return platform, place, made
