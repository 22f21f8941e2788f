"""What goes out, as rows: written by the unit that causes it, sent afterwards, so a crash loses nothing.

A live card is a *copy* of a view of an object at a place. Its outbox row says only "show it": the sender draws
the state of the moment it sends, so a message can be late but never wrong, and waiting updates fold into one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.ids import new_id
from core.place import Actor, Place
from core.store.columns import insert_new
from core.store.engine import Unit
from core.store.outbox_rows import (
    COPY,
    HOME,
    INSERT,
    INSERT_COPY,
    INSERT_FRESH_COPY,
    INSERT_NEWS,
    OUTBOX,
    Kind,
    a_row,
    is_open,
)

Words = str | Mapping[str, Any]

EVERYBODY = ("*",)


def publish(unit: Unit, view: str, ref: str, place: Place, *, fresh: bool = False) -> None:
    """Keep a live copy of a card at `place`; nothing changes if there is one in that channel and thread.

    `fresh`: this unit made what the card is about, and shows it there first, so nothing needs to be asked.
    """
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
    if fresh:
        unit.write(INSERT_FRESH_COPY, row)
    if fresh or unit.ask(INSERT_COPY, row):
        _queue(unit, "show", place.lane(), {}, about=ref, copy_id=copy_id, urgent=True)


def adopt(unit: Unit, view: str, ref: str, place: Place) -> None:
    """Keep a message that stands at `place.message` true from now on, as a live copy of a card.

    For what was posted in another way than by `publish`; several in one conversation are copies of their own.
    """
    copy_id = new_id(unit.now)
    row = {
        "id": copy_id,
        "view": view,
        "ref": ref,
        "platform": place.platform,
        "channel": place.channel,
        "thread": place.message or "",
        "place": place.model_dump(mode="json"),
        "lane": place.lane(),
        "revision": -1,
        "message": place.message,
        "shown": unit.now,
    }
    if insert_new(unit.conn, COPY, row):
        _queue(unit, "show", f"{place.lane()}#{copy_id}", {}, about=ref, copy_id=copy_id, urgent=True)


def announce(  # noqa: PLR0913 - what, of what, to whom, how loudly
    unit: Unit,
    view: str,
    ref: str,
    words: Words | None = None,
    *,
    ping: tuple[str, ...] = (),
    homes: Iterable[str] = (),
    urgent: bool = True,
) -> None:
    """Something changed: bring every copy of the card up to date, and tell it in their threads.

    Args:
        unit: the unit that changes it.
        view: the card's view.
        ref: what the card is about.
        words: what to say in the thread of each copy; None says nothing.
        ping: people who are called in the first of these threads.
        homes: people whose own page shows it; `EVERYBODY` for all.
        urgent: for decisions, not for progress: sent before what is not.
    """
    content: dict[str, Any] = {"show": True, "urgent": urgent, "homes": sorted(homes)}
    _news(unit, view, ref, content | _said(words, ping))


def refresh(unit: Unit, view: str, ref: str, *, urgent: bool = False) -> None:
    """Bring every copy of a card up to date; `urgent` for decisions, not for progress."""
    _news(unit, view, ref, {"show": True, "urgent": urgent})


def refresh_all(unit: Unit, view: str, prefix: str) -> None:
    """Bring every card of a view up to date whose id begins so."""
    for ref in refs(unit, view, prefix):
        refresh(unit, view, ref)


def refs(unit: Unit, view: str, prefix: str) -> list[str]:
    """What cards of a view are about, of those whose id begins so; the last one was shown last."""
    last = f"{prefix}\U0010ffff"
    mine = sa.and_(COPY.c.view == view, COPY.c.ref >= prefix, COPY.c.ref < last)
    return list(unit.conn.execute(sa.select(COPY.c.ref).where(mine).order_by(COPY.c.seq)).scalars())


def tell(
    unit: Unit, view: str, ref: str, words: Words, *, ping: tuple[str, ...] = (), but: Place | None = None
) -> None:
    """Say something in the thread of every copy of a card, `but` of that at a place; people in `ping` are called in the first."""
    _news(unit, view, ref, _said(words, ping) | ({"but": but.lane()} if but else {}))


def say(unit: Unit, place: Place, words: Words, *, about: str = "", ping: tuple[str, ...] = ()) -> None:
    """Say something once at a place, calling people in `ping`; words that follow a message go into its thread."""
    _news(unit, "", about, _said(words, ping) | {"place": place.model_dump(mode="json")})


def refresh_homes(unit: Unit, people: Iterable[str] = EVERYBODY) -> None:
    """Draw the pages anew that these people have opened within a day."""
    _news(unit, "", "", {"homes": sorted(people)})


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


def react(unit: Unit, reaction: str, event: str, ref: str, data: Mapping[str, Any]) -> None:
    """Let another room react to an event, in a unit of its own."""
    payload = {"reaction": reaction, "event": event, "ref": ref, "data": dict(data)}
    _queue(unit, "react", f"react:{reaction}:{ref}", payload, about=ref, urgent=True)


def notice(unit: Unit, lane: str, delivery: str, about: str, *, due: datetime | None = None) -> None:
    """Send a notice by a channel other than a card, once it is `due`; what it says is read when it is sent."""
    later = {"due": due} if due else {}
    _queue(unit, "notice", lane, {"delivery": delivery}, about=about, urgent=True, **later)


def may_join(unit: Unit, lane: str) -> bool:
    """Whether what waits in a lane was not begun to be sent, and is not before this unit ends: more may go with it."""
    row = OUTBOX.c
    untouched = sa.and_(row.state == "queued", row.attempts == 0, row.due > unit.now)
    statement = sa.select(row.seq).where(is_open(OUTBOX), row.lane == lane, untouched)
    return unit.conn.execute(statement.with_for_update()).first() is not None


def errand(unit: Unit, kind: Kind, place: Place, payload: Mapping[str, Any], *, about: str) -> None:
    """Have something done at a place that is no message; what comes of it is a unit of its own."""
    content = {"place": place.model_dump(mode="json"), **payload}
    _queue(unit, kind, f"{place.lane()}!{kind}", content, about=about)


def where_shown(unit: Unit, view: str, place: Place, *, newest: bool = False) -> str | None:
    """What a card of this view is about, of the card whose thread `place` is in or which `place` names.

    Of several, any, or the `newest`: after a correction it is the run that is meant by now.
    """
    spots = [spot for spot in (place.thread, place.message) if spot]
    if not spots:
        return None
    statement = sa.select(COPY.c.ref).where(
        COPY.c.view == view,
        COPY.c.platform == place.platform,
        COPY.c.channel == place.channel,
        sa.or_(COPY.c.message.in_(spots), COPY.c.thread.in_(spots)),
    )
    statement = statement.order_by(COPY.c.seq.desc()) if newest else statement
    found: str | None = unit.conn.execute(statement.limit(1)).scalar_one_or_none()
    return found


def is_shown_in(unit: Unit, view: str, place: Place) -> bool:
    """Whether any card of this view stands in the channel of this place."""
    here = sa.and_(COPY.c.platform == place.platform, COPY.c.channel == place.channel)
    statement = sa.select(COPY.c.seq).where(COPY.c.view == view, here)
    return unit.conn.execute(statement.limit(1)).first() is not None


def places(unit: Unit, view: str, ref: str) -> list[Place]:
    """Where copies of a card are, the first one first; `message` is set where it was posted."""
    statement = sa.select(COPY.c.place, COPY.c.message).where(COPY.c.view == view, COPY.c.ref == ref)
    found = unit.conn.execute(statement.order_by(COPY.c.seq)).all()
    return [
        Place.model_validate(place).model_copy(update={"message": message} if message else {})
        for place, message in found
    ]


def _payload(words: Words) -> dict[str, Any]:
    return {"text": words} if isinstance(words, str) else {"card": dict(words)}


def _said(words: Words | None, ping: tuple[str, ...] = ()) -> dict[str, Any]:
    if words is None:
        return {}
    return {"payload": _payload(words), "ping": list(ping)}


def _news(unit: Unit, view: str, ref: str, content: dict[str, Any]) -> None:
    unit.write(INSERT_NEWS, {"view": view, "ref": ref, "content": content})
    unit.wake("outbox")


def _queue(unit: Unit, kind: Kind, lane: str, payload: dict[str, Any], **columns: Any) -> None:
    unit.write(INSERT, a_row(unit, kind, lane, payload) | columns)
    unit.wake("outbox")
