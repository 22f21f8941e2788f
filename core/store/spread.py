"""Spreads news: what was told once of a thing becomes a row for each place that shows it.

It is done by whoever sends, not by whoever decides: a decision stays one small row however many places follow
it, and several changes of one card that wait together become one showing of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.place import Place
from core.store.engine import Unit
from core.store.outbox import EVERYBODY
from core.store.outbox_rows import HOME, HOME_STAYS, HOMES, HURRY, INSERT, NEWS, SHOW, TELL, a_row

_AT_ONCE = 200


@dataclass
class _Cards:
    """What is to be shown anew once all words are said: cards with their urgency, and people's pages."""

    shows: dict[tuple[str, str], bool] = field(default_factory=dict)
    homes: set[str] = field(default_factory=set)


def spread(unit: Unit, limit: int = _AT_ONCE) -> int:
    """Turn the oldest news into rows of the outbox, in their order; returns how many news there were."""
    oldest = sa.select(NEWS.c.seq).order_by(NEWS.c.seq).limit(limit)
    taken = sa.delete(NEWS).where(NEWS.c.seq.in_(oldest)).returning(*NEWS.columns)
    found = sorted(unit.conn.execute(taken).all())
    cards = _Cards()
    for _, view, ref, content in found:
        if "payload" in content:
            _say(unit, view, ref, content)
        if content.get("show"):
            urgent = bool(content["urgent"]) or cards.shows.get((view, ref), False)
            cards.shows[view, ref] = urgent
        cards.homes.update(content.get("homes", ()))
    for (view, ref), urgent in cards.shows.items():
        _show(unit, view, ref, urgent=urgent)
    if cards.homes:
        _draw_homes(unit, cards.homes)
    return len(found)


def waiting(unit: Unit) -> int:
    """How many news wait to be spread."""
    return int(unit.conn.execute(sa.select(sa.func.count()).select_from(NEWS)).scalar_one())


def _say(unit: Unit, view: str, ref: str, content: Mapping[str, Any]) -> None:
    payload = content["payload"]
    first = payload | ({"ping": content["ping"]} if content["ping"] else {})
    if "place" in content:
        lane = Place.model_validate(content["place"]).lane()
        row = a_row(unit, "say", lane, first | {"place": content["place"]})
        unit.write(INSERT, row | {"about": ref})
        return
    row = a_row(unit, "say", "", payload)
    left_out = {"left_out": content.get("but", "")}
    unit.write(TELL, row | left_out | {"view": view, "about": ref, "payload_of_first": first})


def _show(unit: Unit, view: str, ref: str, *, urgent: bool) -> None:
    card = {"view": view, "about": ref, "urgent": urgent}
    if urgent:
        unit.write(HURRY, card)
    unit.write(SHOW, a_row(unit, "show", "", {}) | card)


def _draw_homes(unit: Unit, people: set[str]) -> None:
    if people.issuperset(EVERYBODY):
        people = set(unit.conn.execute(sa.select(HOME.c.person).distinct()).scalars())
    since = unit.now - HOME_STAYS
    unit.write(HOMES, a_row(unit, "home", "", {}) | {"people": sorted(people), "since": since})
