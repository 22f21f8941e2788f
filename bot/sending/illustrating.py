"""Pictures for a card, drawn from the state of the moment in which it is sent."""

import asyncio

from bot.sending.picture import described
from bot.sending.raster import NotDrawn, png
from core.errors import NotFound
from core.store.engine import Store
from core.text import cut
from core.world import World
from handlers.cards.card import Card, Image, Part, Text, line
from handlers.runbooks import graphs

_ALT = 1_000


async def illustrated(store: Store, world: World, card: Card) -> Card:
    """The card with each picture that it names drawn; in the place of one that cannot be, words say why."""
    if not any(isinstance(part, Image) and part.of for part in card.parts):
        return card
    parts = [await _drawn(store, world, part) for part in card.parts]
    return card.model_copy(update={"parts": tuple(parts)})


async def _drawn(store: Store, world: World, part: Part) -> Part:
    if not (isinstance(part, Image) and part.of):
        return part
    try:
        drawing = await store.read(graphs.drawn, world, part.of)
    except NotFound:
        drawing = None
    if drawing is None:
        return Text(line=line(f"There is nothing to draw of {part.of} any more."), small=True)
    try:
        # Drawing takes longer than the loop should wait.
        data = await asyncio.to_thread(png, drawing.graph, f"Steps of {part.of}")
    except NotDrawn as error:
        return Text(line=line(f"{error} {described(drawing.graph)}"))
    return part.model_copy(update={"data": data, "alt": cut(described(drawing.graph), _ALT) or part.alt})
