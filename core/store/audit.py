"""The audit: each event sealed into a chain of hashes, so that a change, a gap or a swap shows.

A link's hash covers its number, the digest of the event and the hash before it. On SQLite the chain is
sealed in the commit that writes the events; elsewhere a worker seals what is committed, one at a time.
Method: hash chain (Schneier and Kelsey, "Secure audit logs to support computer forensics", 1999).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from core.digest import digest
from core.store.columns import METADATA, insert_new
from core.store.engine import Unit
from core.store.events import EVENT
from core.store.statement import Statement, inserting

GENESIS = "0" * 64

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

AUDIT_HEAD = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)


_SEALED = ("seq", "at", "kind", "ref", "actor", "data")


def _fresh(dialect: str) -> sa.Select[Any]:
    """Events that are not chained; on SQLite their data as it was written, which is canonical JSON already."""
    columns: list[Any] = [EVENT.c[name] for name in _SEALED]
    if dialect == "sqlite":
        columns[-1] = sa.type_coerce(EVENT.c.data, sa.Text).label("data")
        # One writes there, so what came after the last link is what is not chained, and says that it will be.
        last = sa.select(sa.func.coalesce(sa.func.max(AUDIT.c.event_seq), 0)).scalar_subquery()
        return sa.select(*columns).where(EVENT.c.seq > last).order_by(EVENT.c.seq)
    # Two processes may seal at once: the later one waits, and then sees what is left.
    return sa.select(*columns).where(~EVENT.c.sealed).order_by(EVENT.c.seq).with_for_update()


_FRESH = Statement(_fresh)
_BEHIND = Statement(sa.select(EVENT.c.seq).where(~EVENT.c.sealed).limit(1))
_HEAD = Statement(sa.select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash).with_for_update())
_LINK = inserting(AUDIT)

# Several write there, and an event may appear behind those that were read: what is in the chain counts.
_MARK = Statement(
    sa.update(EVENT)
    .where(EVENT.c.seq.in_(sa.select(AUDIT.c.event_seq).where(AUDIT.c.number > sa.bindparam("before"))))
    .values(sealed=True)
)
_MOVE_HEAD = Statement(sa.update(AUDIT_HEAD).values(number=sa.bindparam("number"), hash=sa.bindparam("hash")))


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found: `links` is how many it read, `findings` what is wrong, in words."""

    links: int
    head: str
    findings: tuple[str, ...]


def is_behind(unit: Unit) -> bool:
    """Whether events are committed that are not chained yet; where each commit chains its own, none are."""
    return bool(unit.ask(_BEHIND, {}))


def seal(unit: Unit) -> int:
    """Chain every event that is not chained yet; returns how many."""
    fresh = unit.ask(_FRESH, {})
    if not fresh:
        return 0
    head = unit.ask(_HEAD, {})
    if not head:
        insert_new(unit.conn, AUDIT_HEAD, {"id": 1, "number": 0, "hash": GENESIS})
    number, previous = head[0] if head else (0, GENESIS)
    before = number
    links = []
    for event in fresh:
        row = dict(zip(_SEALED, event, strict=True))
        if isinstance(row["data"], str):
            row["data"] = orjson.Fragment(row["data"])
        number += 1
        content = digest(row)
        link = {"number": number, "event_seq": row["seq"], "digest": content, "previous": previous}
        previous = link_hash(number, content, previous)
        links.append(link | {"hash": previous})
    unit.write_all(_LINK, links)
    if not unit.seals:
        unit.flush()
        unit.write(_MARK, {"before": before})
    unit.write(_MOVE_HEAD, {"number": number, "hash": previous})
    return len(fresh)


def verify(unit: Unit) -> Verdict:
    """Read the whole chain and every event, and say what does not fit."""
    conn = unit.conn
    findings: list[str] = []
    number, previous = 0, GENESIS
    joined = (
        sa.select(AUDIT, EVENT).outerjoin(EVENT, EVENT.c.seq == AUDIT.c.event_seq).order_by(AUDIT.c.number)
    )
    for row in conn.execute(joined).mappings():
        number += 1
        findings += _faults(row, number, previous)
        number, previous = row["number"], row["hash"]
    findings += _at_the_end(conn, number, previous)
    return Verdict(number, previous, tuple(findings))


def _faults(row: sa.RowMapping, number: int, previous: str) -> list[str]:
    where = f"link {row['number']} (event {row['event_seq']})"
    if row["number"] != number:
        return [f"{where}: link {number} was removed"]
    found = []
    if row["previous"] != previous:
        found.append(f"{where}: does not follow the link before it; links were reordered or replaced")
    if row["hash"] != link_hash(row["number"], row["digest"], row["previous"]):
        found.append(f"{where}: its hash does not fit; the link was changed")
    if row["seq"] is None:
        found.append(f"{where}: the event was removed")
    elif _content(row) != row["digest"]:
        found.append(f"{where}: the event was changed after it was sealed")
    return found


def _at_the_end(conn: sa.Connection, number: int, previous: str) -> list[str]:
    found = []
    head = conn.execute(sa.select(AUDIT_HEAD)).mappings().one_or_none()
    if head is None and number:
        found.append("the head of the chain was removed")
    elif head is not None and (head["number"], head["hash"]) != (number, previous):
        found.append(f"the chain ends at link {number}, its head says {head['number']}; the end was removed")
    unchained = sa.select(sa.func.count()).select_from(EVENT).where(EVENT.c.sealed)
    sealed = conn.execute(unchained.where(EVENT.c.seq.not_in(sa.select(AUDIT.c.event_seq)))).scalar_one()
    if sealed:
        found.append(f"{sealed} events say that they are sealed and are not in the chain")
    return found


def _content(row: sa.RowMapping) -> str:
    return digest({name: row[name] for name in _SEALED})


def link_hash(number: int, content: str, previous: str) -> str:
    """The hash of a link: over its number, the digest of its event and the hash before it."""
    return hashlib.sha256(f"{number}|{content}|{previous}".encode()).hexdigest()
