"""The buttons of the card that somebody was shown last in a place, pressed by typing what stands on them."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers import arguments
from handlers.cards.card import Button, Card
from handlers.inbound import Click, Message
from handlers.talk import consenting, pending, whereabouts
from handlers.talk import lately as talk
from handlers.talk.grasp import CHOOSE, Grasped, ask_back, ordered
from handlers.talk.pending import session
from handlers.verb import Call, Verb

_VOTES = "approval."
_CARRIED = ("revision", "digest")


def keep(unit: Unit, call: Call, card: Card | None) -> None:
    """Keep what can be pressed on this card, in the place of what could before; a vote is given on its own card alone."""
    buttons = [one for one in (card.controls if card is not None else ()) if isinstance(one, Button)]
    rows = [_row(call.world, card, one) for one in buttons if one.verb and not one.verb.startswith(_VOTES)]
    name = session("labels", call.place)
    if rows:
        sessions.remember(unit, call.person, name, Turn("", {"buttons": orjson.dumps(rows).decode()}))
    else:
        sessions.take(unit, call.person, name)


def pressed(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message
) -> Grasped | None:
    """What a press of the button does whose label these words are; what is asked before a press counts is shown first."""
    kept = sessions.last(unit, person, session("labels", said.place))
    if kept is None or unit.now - kept.at > whereabouts.FRESH:
        return None
    found = [row for row in orjson.loads(kept.said["buttons"]) if _plain(row["label"]) == _plain(said.text)]
    verb = verbs.get(found[0]["verb"]) if len(found) == 1 else None
    if verb is None:
        return None
    row = found[0]
    click = Click(key=said.key, actor=said.actor, place=said.place, **row["click"], verb=verb.name)
    if verb.name == CHOOSE:
        asked = pending.at(unit, person, said.place)
        if asked is not None and asked.mark == click.object:
            pending.close(unit, person, asked)
        return consenting.chosen(unit, world, verbs, person, click)
    raw = arguments.from_button(click)
    if verb.reads or not (row["asks"] or verb.shown_first):
        return Grasped(verb, raw)
    order = {name: value for name, value in raw.items() if name not in _CARRIED}
    return ask_back(world, verbs, ordered(verb, said.text), "sure", replace(verb, shown_first=True), order)


def _row(world: World, card: Card | None, one: Button) -> dict[str, object]:
    click: dict[str, object] = {"object": one.object, "args": one.args}
    if card is not None:
        click |= {"revision": card.revision, "digest": card.digest}
    return {
        "label": talk.veiled(world, one.label),
        "verb": one.verb,
        "click": click,
        "asks": bool(one.confirm),
    }


def _plain(label: str) -> str:
    return " ".join(label.split()).strip(" .…!").casefold()
