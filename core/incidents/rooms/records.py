"""The rows of rooms."""

from typing import Any

import sqlalchemy as sa

from core.incidents.rooms.room import Room
from core.place import Place
from core.store.columns import METADATA, Json, insert_new
from core.store.engine import Unit

ROOM = sa.Table(
    "incident_room",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("place", Json),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("url", sa.String(400), nullable=False),
    sa.Column("why", sa.String(400), nullable=False),
    sa.Index("ix_incident_room_channel", "platform", "channel"),
)


def add(unit: Unit, room: Room) -> bool:
    """Insert it; False if the incident has one on that platform."""
    return insert_new(unit.conn, ROOM, _row(room))


def save(unit: Unit, room: Room) -> None:
    """Write it as it is now."""
    mine = sa.and_(ROOM.c.incident == room.incident, ROOM.c.platform == room.platform)
    unit.conn.execute(sa.update(ROOM).where(mine).values(**_row(room)))


def find(unit: Unit, incident: str) -> list[Room]:
    """The rooms of an incident, by platform."""
    statement = sa.select(ROOM).where(ROOM.c.incident == incident).order_by(ROOM.c.platform)
    return [_room(row) for row in unit.conn.execute(statement).mappings()]


def get(unit: Unit, incident: str, platform: str) -> Room | None:
    """Its room on a platform."""
    return next((room for room in find(unit, incident) if room.platform == platform), None)


def of_channel(unit: Unit, place: Place) -> str | None:
    """The incident whose own channel this is."""
    own = sa.and_(
        ROOM.c.platform == place.platform, ROOM.c.channel == place.channel, ROOM.c.kind == "channel"
    )
    found: str | None = unit.conn.execute(sa.select(ROOM.c.incident).where(own).limit(1)).scalar_one_or_none()
    return found


def _row(room: Room) -> dict[str, Any]:
    place = room.place
    return {
        "incident": room.incident,
        "platform": room.platform,
        "kind": room.kind,
        "state": room.state,
        "channel": place.channel if place else "",
        "place": place.model_dump(mode="json") if place else None,
        "name": room.name,
        "url": room.url,
        "why": room.why[:400],
    }


def _room(row: sa.RowMapping) -> Room:
    place = Place.model_validate(row["place"]) if row["place"] else None
    return Room(
        row["incident"],
        row["platform"],
        row["kind"],
        row["state"],
        place,
        row["name"],
        row["url"],
        row["why"],
    )
