"""What was said in one place by one person lately, as what it meant, so that the next words can lean on it.

Secrets are taken out before any of it is kept, as they are of what is remembered.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from core.conversation.memory.hiding import hidden
from core.conversation.memory.turn import session_of
from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn as Kept
from core.digest import digest, short
from core.language.entity import Entity, EntityType
from core.language.leaning.asking import ACTS
from core.language.leaning.turns import Turn
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.text import cut
from core.world import World

_MOST = 12
_WORDS = 300


def history(unit: Unit, person: Person, place: Place) -> list[Turn]:
    """The turns, from the oldest to the latest."""
    found = sessions.last(unit, person, _here(place))
    return [_turn(one) for one in orjson.loads(found.said["turns"])] if found else []


def above(unit: Unit, person: Person, place: Place) -> list[Turn]:
    """What this person said in the message under which this thread begins, and what was answered to it."""
    found = sessions.last(unit, person, _here(place.under(None))) if place.thread else None
    rows = orjson.loads(found.said["turns"]) if found else []
    return [_turn(row) for row in rows if row.get("message") == place.thread]


def latest(unit: Unit, person: Person, place: Place) -> tuple[datetime | None, str]:
    """When something was said here last, and what was answered to it; None if nothing was."""
    found = sessions.last(unit, person, _here(place))
    told = [turn.text for turn in history(unit, person, place)[-1:] if turn.role == "bot"]
    return (found.at if found else None), "".join(told)


def note(unit: Unit, world: World, person: Person, place: Place, turns: Sequence[Turn]) -> None:
    """Keep these after what was said before, with the message that they came of; only the latest are kept."""
    new = [
        replace(one, text=veiled(world, one.text), entities=unveiled(world, one.text, one.entities))
        for one in turns
    ]
    found = sessions.last(unit, person, _here(place))
    told = orjson.loads(found.said["turns"]) if found else []
    told += [_row(one) | ({"message": place.message} if place.message else {}) for one in new]
    rows = orjson.dumps(told[-_MOST:]).decode()
    sessions.remember(unit, person, _here(place), Kept("talk", {"turns": rows}))


def veiled(world: World, text: str) -> str:
    """The text without what is known to be a secret, or looks like one."""
    return hidden(world.conceal(text))


def unveiled(world: World, text: str, found: Sequence[Entity]) -> tuple[Entity, ...]:
    """What was named in the text, without what is a secret in it."""
    before, after = text.casefold(), veiled(world, text).casefold()

    def is_hidden(said: str) -> bool:
        return said in before and said not in after

    return tuple(
        one for one in found if not any(is_hidden(said.casefold()) for said in (str(one.value), one.text))
    )


def let_go(unit: Unit, person: Person, place: Place) -> None:
    """What was ordered here is dropped or refused: nothing of it is what later words lean on, nor what they took from it."""
    found = sessions.last(unit, person, _here(place))
    kept: list[dict[str, Any]] = []
    gone: set[tuple[str, str]] = set()
    is_order = False
    for row in orjson.loads(found.said["turns"]) if found else []:
        if row["role"] == "user":
            is_order = row["intent"] in ACTS
            gone |= {_thing(one) for one in row["entities"]} if is_order else set()
        # What was told of an order is still known by its id, and asks nothing any more.
        if is_order and (row["role"] == "user" or "?" in row["text"]):
            continue
        said = row["text"].casefold()
        left = [one for one in row["entities"] if _thing(one) not in gone or str(one[1]).casefold() in said]
        kept.append({**row, "entities": left})
    if found is not None:
        sessions.remember(unit, person, _here(place), Kept("talk", {"turns": orjson.dumps(kept).decode()}))


def _thing(named: list[Any]) -> tuple[str, str]:
    return named[0], str(named[1])


def _here(place: Place) -> str:
    return f"talk:{short(digest(session_of(place)))}"


def named(found: Sequence[Entity]) -> str:
    """Things that were named, as they are kept."""
    return orjson.dumps(_named(found)).decode()


def entities(kept: str) -> tuple[Entity, ...]:
    """Things that were kept as named."""
    return _entities(orjson.loads(kept))


def _row(turn: Turn) -> dict[str, Any]:
    named = _named(turn.entities)
    row = {"role": turn.role, "text": cut(turn.text, _WORDS), "intent": turn.intent, "entities": named}
    return row | ({"advised": True} if turn.advised else {})


def _turn(row: dict[str, Any]) -> Turn:
    named = _entities(row["entities"])
    return Turn(row["role"], row["text"], row["intent"], named, advised=row.get("advised", False))


def _named(found: Sequence[Entity]) -> list[list[Any]]:
    return [[one.type.value, one.value, one.confidence] for one in found]


def _entities(rows: list[list[Any]]) -> tuple[Entity, ...]:
    return tuple(Entity(EntityType(kind), value, "", 0, 0, sure) for kind, value, sure in rows)
