"""What goes out, as rows: written by the unit that causes it, sent afterwards, so a crash loses nothing.

A live card is a *copy* of a view of an object at a place. Its outbox row says only "show it": the sender draws
the state of the moment it sends, so a message can be late but never wrong, and waiting updates fold into one.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa

from core.ids import new_id
from core.place import Actor, Place
from core.store.columns import METADATA, Json, Serial, Utc, insert_new
from core.store.engine import Unit

Kind = Literal["show", "say", "whisper", "home", "react", "notice"]
Words = str | Mapping[str, Any]

_OPEN = sa.text("state IN ('queued', 'sending')")

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(24), nullable=False, unique=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("lane", sa.String(255), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("copy_id", sa.String(24)),
    sa.Column("payload", Json, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("process", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Utc, nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("finished", Utc),
    sa.Column("message", sa.String(64)),
    sa.Column("error", sa.String(400)),
    sa.Index("ix_outbox_open_lane", "lane", "seq", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index("ix_outbox_open_copy", "copy_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sqlite_autoincrement=True,
)

COPY = sa.Table(
    "copy",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(24), nullable=False, unique=True),
    sa.Column("view", sa.String(32), nullable=False),
    sa.Column("ref", sa.String(64), nullable=False),
    sa.Column("platform", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("thread", sa.String(64), nullable=False),
    sa.Column("place", Json, nullable=False),
    sa.Column("message", sa.String(64)),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", Utc),
    sa.UniqueConstraint("view", "ref", "platform", "channel", "thread"),
    sa.Index("ix_copy_message", "platform", "channel", "message"),
    sa.Index("ix_copy_thread", "platform", "channel", "thread"),
)

# Who has opened their own page, and when: it is kept true for a day.
HOME = sa.Table(
    "home",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("actor", Json, nullable=False),
    sa.Column("opened", Utc, nullable=False),
)
_HOME_STAYS = timedelta(days=1)


def is_open(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether a row waits or is being sent, in the very words of the partial indexes.

    Written out and not bound: a partial index is used only where the query says its condition.
    """
    states: sa.BindParameter[list[str]] = sa.bindparam(
        None, ["queued", "sending"], expanding=True, literal_execute=True
    )
    return table.c.state.in_(states)


_INSERT = sa.insert(OUTBOX)
_MINE = sa.and_(COPY.c.view == sa.bindparam("view"), COPY.c.ref == sa.bindparam("ref"))
_COPIES = sa.select(COPY.c.id, COPY.c.place).where(_MINE).order_by(COPY.c.seq)
_SHOWN = (
    sa.select(COPY.c.id, COPY.c.place, OUTBOX.c.seq, OUTBOX.c.urgent)
    .outerjoin(
        OUTBOX,
        sa.and_(
            OUTBOX.c.copy_id == COPY.c.id,
            is_open(OUTBOX),
            OUTBOX.c.kind == "show",
            OUTBOX.c.state == "queued",
        ),
    )
    .where(_MINE)
)


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
        "revision": -1,
    }
    if insert_new(unit.conn, COPY, row):
        _queue(unit, "show", place.lane(), {}, about=ref, copy_id=copy_id, urgent=True)


def refresh(unit: Unit, view: str, ref: str, *, urgent: bool = False) -> None:
    """Bring every copy of a card up to date; `urgent` for decisions, not for progress."""
    found = unit.conn.execute(_SHOWN, {"view": view, "ref": ref}).all()
    for copy_id, place, waiting, is_urgent in found:
        if waiting is None:
            lane = f"{Place.model_validate(place).lane()}#{copy_id}"
            _queue(unit, "show", lane, {}, about=ref, copy_id=copy_id, urgent=urgent)
        elif urgent and not is_urgent:
            unit.conn.execute(sa.update(OUTBOX).where(OUTBOX.c.seq == waiting).values(urgent=True))
            unit.wake("outbox")


def tell(unit: Unit, view: str, ref: str, words: Words, *, ping: tuple[str, ...] = ()) -> None:
    """Say something in the thread of every copy of a card; people in `ping` are called in the first one."""
    copies = unit.conn.execute(_COPIES, {"view": view, "ref": ref}).all()
    for number, (copy_id, place) in enumerate(copies):
        payload = _payload(words) | ({"ping": list(ping)} if ping and not number else {})
        _queue(unit, "say", Place.model_validate(place).lane(), payload, about=ref, copy_id=copy_id)


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
    row = spot | {"person": person, "actor": actor.model_dump(mode="json"), "opened": unit.now}
    if not insert_new(unit.conn, HOME, row):
        mine = sa.and_(*(HOME.c[name] == value for name, value in spot.items()))
        unit.conn.execute(sa.update(HOME).where(mine).values(person=person, opened=unit.now))
    _draw_home(unit, actor)


def refresh_homes(unit: Unit, people: Iterable[str] | None = None) -> None:
    """Draw the pages anew that these people (None: all) have opened within a day."""
    statement = sa.select(HOME.c.actor).where(HOME.c.opened > unit.now - _HOME_STAYS)
    if people is not None:
        statement = statement.where(HOME.c.person.in_(list(people)))
    for (actor,) in unit.conn.execute(statement).all():
        _draw_home(unit, Actor.model_validate(actor))


def _draw_home(unit: Unit, actor: Actor) -> None:
    lane = f"{actor.platform}:home:{actor.user}"
    waiting = sa.select(OUTBOX.c.seq).where(
        is_open(OUTBOX), OUTBOX.c.lane == lane, OUTBOX.c.state == "queued"
    )
    if unit.conn.execute(waiting).first() is None:
        _queue(unit, "home", lane, {"actor": actor.model_dump(mode="json")})


def react(unit: Unit, reaction: str, event: str, ref: str, data: Mapping[str, Any]) -> None:
    """Let another room react to an event, in a unit of its own."""
    payload = {"reaction": reaction, "event": event, "ref": ref, "data": dict(data)}
    _queue(unit, "react", f"react:{reaction}:{ref}", payload, about=ref, urgent=True)


def notice(unit: Unit, lane: str, delivery: str, about: str) -> None:
    """Send a notice by a channel other than a card; what it says is read when it is sent."""
    _queue(unit, "notice", lane, {"delivery": delivery}, about=about, urgent=True)


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
    row = {
        "key": new_id(unit.now),
        "kind": kind,
        "lane": lane,
        "about": "",
        "copy_id": None,
        "payload": payload,
        "urgent": False,
        "process": unit.process,
        "state": "queued",
        "attempts": 0,
        "due": unit.now,
        "created": unit.now,
    }
    unit.conn.execute(_INSERT, row | columns)
    unit.wake("outbox")
