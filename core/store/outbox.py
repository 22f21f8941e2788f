"""What goes out, as rows: written by the unit that causes it, sent afterwards, so a crash loses nothing.

A live card is a *copy* of a view of an object at a place. Its outbox row says only "show it": the sender draws
the state of the moment it sends, so a message can be late but never wrong, and waiting updates fold into one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from core.ids import new_id
from core.place import Actor, Place
from core.store.columns import insert_new
from core.store.engine import Unit
from core.store.outbox_rows import (
    COPY,
    HOME,
    HOME_STAYS,
    HOMES,
    HURRY,
    INSERT,
    OUTBOX,
    SHOW,
    TELL,
    Kind,
    is_open,
)

Words = str | Mapping[str, Any]


def publish(unit: Unit, view: str, ref: str, place: Place) -> None:
    """Keep a live copy of a card at `place`; nothing changes if there is one in that channel and thread."""
    copy_id = new_id(unit.now)
    row = {
        "id": copy_id,
        "view": view,
        "ref": ref,
        "platform": place.platform,
        "channel": place.channel,
        "thread": place.thread or ("" if place.direct else place.message) or "",
        "place": place.model_dump(mode="json"),
        "lane": place.lane(),
        "revision": -1,
    }
    if insert_new(unit.conn, COPY, row):
        _queue(unit, "show", place.lane(), {}, about=ref, copy_id=copy_id, urgent=True)


def refresh(unit: Unit, view: str, ref: str, *, urgent: bool = False) -> None:
    """Bring every copy of a card up to date; `urgent` for decisions, not for progress."""
    card = {"view": view, "about": ref}
    if urgent:
        unit.write(HURRY, card)
    unit.write(SHOW, _row(unit, {}) | card | {"urgent": urgent})
    unit.wake("outbox")


def tell(unit: Unit, view: str, ref: str, words: Words, *, ping: tuple[str, ...] = ()) -> None:
    """Say something in the thread of every copy of a card; people in `ping` are called in the first one."""
    payload = _payload(words)
    first = payload | ({"ping": list(ping)} if ping else {})
    unit.write(TELL, _row(unit, payload) | {"view": view, "about": ref, "payload_of_first": first})
    unit.wake("outbox")


def say(unit: Unit, place: Place, words: Words, *, about: str = "") -> None:
    """Say something once at a place; words that follow a message go into its thread."""
    payload = _payload(words) | {"place": place.model_dump(mode="json")}
    _queue(unit, "say", place.lane(), payload, about=about)


def whisper(
    unit: Unit, actor: Actor, place: Place, words: Words, *, answering: str = "", about: str = ""
) -> None:
    """Say something to one person alone, as the answer to the inbound whose key is `answering`."""
    payload = _payload(words) | {
        "actor": actor.model_dump(mode="json"),
        "place": place.model_dump(mode="json"),
        "answering": answering,
    }
    _queue(unit, "whisper", f"{place.lane()}@{actor.user}", payload, about=about, urgent=True)


def home(unit: Unit, actor: Actor, person: str = "") -> None:
    """Draw a person's own page anew, and for a day after keep it true (see refresh_homes)."""
    spot = {"platform": actor.platform, "workspace": actor.workspace, "user": actor.user}
    now = {
        "person": person,
        "lane": f"{actor.platform}:home:{actor.user}",
        "payload": {"actor": actor.model_dump(mode="json")},
        "opened": unit.now,
    }
    if not insert_new(unit.conn, HOME, spot | now):
        mine = sa.and_(*(HOME.c[name] == value for name, value in spot.items()))
        unit.conn.execute(sa.update(HOME).where(mine).values(**now))
    waiting = sa.select(OUTBOX.c.seq).where(
        is_open(OUTBOX), OUTBOX.c.lane == now["lane"], OUTBOX.c.state == "queued"
    )
    if unit.conn.execute(waiting).first() is None:
        _queue(unit, "home", str(now["lane"]), {"actor": actor.model_dump(mode="json")})


def refresh_homes(unit: Unit, people: Iterable[str] | None = None) -> None:
    """Draw the pages anew that these people (None: all) have opened within a day."""
    if people is None:
        people = unit.conn.execute(sa.select(HOME.c.person).distinct()).scalars().all()
    since = unit.now - HOME_STAYS
    unit.write(HOMES, _row(unit, {}) | {"people": sorted(people), "since": since})
    unit.wake("outbox")


def react(unit: Unit, reaction: str, event: str, ref: str, data: Mapping[str, Any]) -> None:
    """Let another room react to an event, in a unit of its own."""
    payload = {"reaction": reaction, "event": event, "ref": ref, "data": dict(data)}
    _queue(unit, "react", f"react:{reaction}:{ref}", payload, about=ref, urgent=True)


def where_shown(unit: Unit, view: str, place: Place) -> str | None:
    """What a card of this view is about, of the card whose thread `place` is in or which `place` names."""
    spots = [spot for spot in (place.thread, place.message) if spot]
    if not spots:
        return None
    statement = sa.select(COPY.c.ref).where(
        COPY.c.view == view,
        COPY.c.platform == place.platform,
        COPY.c.channel == place.channel,
        sa.or_(COPY.c.message.in_(spots), COPY.c.thread.in_(spots)),
    )
    found: str | None = unit.conn.execute(statement.limit(1)).scalar_one_or_none()
    return found


def places(unit: Unit, view: str, ref: str) -> list[Place]:
    """Where copies of a card are; `message` is set where it was posted."""
    statement = sa.select(COPY.c.place, COPY.c.message).where(COPY.c.view == view, COPY.c.ref == ref)
    found = unit.conn.execute(statement).all()
    return [
        Place.model_validate(place).model_copy(update={"message": message} if message else {})
        for place, message in found
    ]


def _payload(words: Words) -> dict[str, Any]:
    return {"text": words} if isinstance(words, str) else {"card": dict(words)}


def _queue(unit: Unit, kind: Kind, lane: str, payload: dict[str, Any], **columns: Any) -> None:
    row = _row(unit, payload) | {"kind": kind, "lane": lane, "state": "queued", "attempts": 0} | columns
    unit.write(INSERT, row)
    unit.wake("outbox")


def _row(unit: Unit, payload: dict[str, Any]) -> dict[str, Any]:
    """What every row has; a stem in place of a key is made one by the statement."""
    key = unit.next_key()
    return {
        "key": key,
        "stem": key,
        "about": "",
        "copy_id": None,
        "payload": payload,
        "urgent": False,
        "process": unit.process,
        "due": unit.now,
        "created": unit.now,
    }
