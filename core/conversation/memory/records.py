"""The rows of memory, and the index of their words: FTS5 on SQLite, a tsvector on PostgreSQL, with our own stems in both.

The index holds stems, so that both engines find the same, and neither parses foreign text: a term is letters, digits,
`_`, `.` and `:`, and is quoted all the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.conversation.llm import estimate
from core.conversation.memory.turn import Kept, Tier
from core.conversation.recalling.rank import Corpus
from core.stems import terms
from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit

MEMORY = sa.Table(
    "memory",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("tier", sa.String(8), nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("direct", sa.Boolean, nullable=False),
    sa.Column("session", sa.String(255), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("terms", sa.Integer, nullable=False),
    sa.Column("folded", sa.Boolean, nullable=False),
    sa.Column("model", sa.String(96), nullable=False),
    sa.Index("ix_memory_session", "session", "number"),
    sa.Index("ix_memory_person", "person", "at"),
    sa.Index("ix_memory_place", "place"),
    sa.Index("ix_memory_tier", "tier", "at"),
)
VECTOR = sa.Table(
    "memory_vector",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("model", sa.String(96), nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
# Made by its migration alone: a virtual table here, an ordinary one there.
_WORDS = sa.table("memory_words", sa.column("rowid"), sa.column("words"))
_COLUMNS = tuple(MEMORY.c[name] for name in Kept.__dataclass_fields__)
_ENOUGH = 1_000  # turns with a word of the question that are looked at


@dataclass(frozen=True)
class Sight:
    """What may be seen from somewhere: that channel, and those that everybody may be told of."""

    place: str
    shared: Collection[str] = ()

    def holds(self) -> sa.ColumnElement[bool]:
        """The condition on a row."""
        elsewhere = sa.and_(MEMORY.c.place.in_(self.shared), sa.not_(MEMORY.c.direct))
        return (
            sa.or_(MEMORY.c.place == self.place, elsewhere) if self.shared else MEMORY.c.place == self.place
        )


def add(unit: Unit, row: Kept) -> Kept:
    """Keep a row; its id is given here."""
    said = terms(row.text)
    values = {name: getattr(row, name) for name in Kept.__dataclass_fields__ if name != "id"}
    made = sa.insert(MEMORY).values(**values, terms=len(said)).returning(MEMORY.c.id)
    id_ = int(unit.conn.execute(made).scalar_one())
    _index(unit, id_, said)
    return get_all(unit, [id_])[0]


def next_number(unit: Unit, session: str) -> tuple[int, datetime | None]:
    """The number after the last of a session, and when that one was said."""
    last = (
        sa.select(MEMORY.c.number, MEMORY.c.at)
        .where(MEMORY.c.session == session)
        .order_by(MEMORY.c.number.desc())
        .limit(1)
    )
    row = unit.conn.execute(last).first()
    return (row[0] + 1, row[1]) if row is not None else (1, None)


def get_all(unit: Unit, ids: Collection[int]) -> list[Kept]:
    """These rows, in the order of time."""
    return _rows(unit, MEMORY.c.id.in_(ids))


def of_person(unit: Unit, person: str, tiers: Collection[Tier] = tuple(Tier)) -> list[Kept]:
    """Everything of this person's conversations of these kinds, in the order of time."""
    return _rows(unit, sa.and_(MEMORY.c.person == person, MEMORY.c.tier.in_(tiers)))


def at_hand(unit: Unit, person: str, session: str) -> list[Kept]:
    """The turns of a person's conversation for which no summary stands, and the summary of those before."""
    here = sa.and_(MEMORY.c.person == person, MEMORY.c.session == session)
    return _rows(unit, sa.and_(here, MEMORY.c.tier != Tier.FACT, sa.not_(MEMORY.c.folded)))


def unwritten(unit: Unit) -> Kept | None:
    """The oldest summary that no model was asked for."""
    found = sa.select(*_COLUMNS).where(MEMORY.c.tier == Tier.SUMMARY, MEMORY.c.model == "")
    row = unit.conn.execute(found.order_by(MEMORY.c.at).limit(1)).first()
    return None if row is None else _kept(row)


def folded(unit: Unit, summary: Kept) -> list[Kept]:
    """The turns for which this summary stands."""
    here = sa.and_(MEMORY.c.person == summary.person, MEMORY.c.session == summary.session)
    return _rows(unit, sa.and_(here, MEMORY.c.folded, MEMORY.c.number <= summary.number))


def fold(unit: Unit, ids: Collection[int]) -> None:
    """Let a summary stand for these turns."""
    unit.conn.execute(sa.update(MEMORY).where(MEMORY.c.id.in_(ids)).values(folded=True))


def rewrite(unit: Unit, id_: int, text: str, model: str) -> None:
    """Put these words into a summary, if it is still there."""
    said = terms(text)
    here = sa.and_(MEMORY.c.id == id_, MEMORY.c.tier == Tier.SUMMARY)
    values = {"text": text, "tokens": estimate(text), "terms": len(said), "model": model}
    if unit.conn.execute(sa.update(MEMORY).where(here).values(**values)).rowcount:
        unit.conn.execute(sa.delete(_WORDS).where(_WORDS.c.rowid == id_))
        unit.conn.execute(sa.delete(VECTOR).where(VECTOR.c.id == id_))
        _index(unit, id_, said)


def having(unit: Unit, sight: Sight, wanted: Collection[str]) -> list[Kept]:
    """Those in sight that have one of these terms; the best of them by the engine's own measure, if they are many."""
    if not wanted:
        return []
    is_postgres = unit.conn.dialect.name == "postgresql"
    query = (" | " if is_postgres else " OR ").join(_quoted(unit, term) for term in sorted(wanted))
    found = sa.select(*_COLUMNS).select_from(MEMORY.join(_WORDS, MEMORY.c.id == _WORDS.c.rowid))
    if is_postgres:
        match = sa.text("words @@ CAST(:query AS tsquery)")
        order = sa.text("ts_rank(words, CAST(:query AS tsquery)) DESC")
    else:
        match, order = sa.text("memory_words MATCH :query"), sa.text("bm25(memory_words)")
    statement = found.where(match, sight.holds()).order_by(order).limit(_ENOUGH)
    return [_kept(row) for row in unit.conn.execute(statement, {"query": query})]


def around(unit: Unit, sight: Sight, rows: Sequence[Kept], away: int) -> list[Kept]:
    """The turns of the same sessions that are at most so many away, those themselves included."""
    if not rows:
        return []
    near = [
        sa.and_(
            MEMORY.c.session == row.session, MEMORY.c.number.between(row.number - away, row.number + away)
        )
        for row in rows
    ]
    return _rows(unit, sa.and_(sight.holds(), sa.or_(*near), MEMORY.c.tier.in_((Tier.PERSON, Tier.BOT))))


def corpus(unit: Unit, sight: Sight, found: Iterable[Kept]) -> Corpus:
    """What is looked through: all in sight; how many have a term is counted among those `found` by terms."""
    size = sa.select(sa.func.count(), sa.func.sum(MEMORY.c.terms)).where(sight.holds())
    turns, length = unit.conn.execute(size).one()
    counts = Counter(term for row in found for term in set(terms(row.text)))
    return Corpus(int(turns), int(length or 0) / max(1, int(turns)), counts)


def without_vector(unit: Unit, model: str, most: int) -> list[Kept]:
    """Rows that have no vector of this model, the newest first."""
    mine = sa.and_(VECTOR.c.id == MEMORY.c.id, VECTOR.c.model == model)
    found = sa.select(*_COLUMNS).select_from(MEMORY.outerjoin(VECTOR, mine)).where(VECTOR.c.id.is_(None))
    return [_kept(row) for row in unit.conn.execute(found.order_by(MEMORY.c.id.desc()).limit(most))]


def keep_vectors(unit: Unit, model: str, vectors: Mapping[int, bytes]) -> None:
    """Keep these vectors, of rows that are still there, in the place of those of other models."""
    there = [row.id for row in get_all(unit, list(vectors))]
    unit.conn.execute(sa.delete(VECTOR).where(VECTOR.c.id.in_(there)))
    if there:
        rows = [{"id": id_, "model": model, "vector": vectors[id_]} for id_ in there]
        unit.conn.execute(sa.insert(VECTOR), rows)


def vectors(unit: Unit, sight: Sight, model: str) -> list[tuple[int, bytes]]:
    """The vectors of this model of what is in sight, the newest, as many as are looked at."""
    found = sa.select(VECTOR.c.id, VECTOR.c.vector).join(MEMORY, MEMORY.c.id == VECTOR.c.id)
    mine = found.where(VECTOR.c.model == model, sight.holds()).order_by(VECTOR.c.id.desc()).limit(_ENOUGH)
    return [(id_, bytes(vector)) for id_, vector in unit.conn.execute(mine)]


def erase(unit: Unit, where: Sequence[int]) -> int:
    """Delete these rows and their words; returns how many."""
    if not where:
        return 0
    unit.conn.execute(sa.delete(_WORDS).where(_WORDS.c.rowid.in_(where)))
    unit.conn.execute(sa.delete(VECTOR).where(VECTOR.c.id.in_(where)))
    return int(unit.conn.execute(sa.delete(MEMORY).where(MEMORY.c.id.in_(where))).rowcount)


def purge(unit: Unit) -> None:
    """Take what was erased out of the index itself, too: FTS5 keeps it there until it merges its parts."""
    if unit.conn.dialect.name == "sqlite":
        unit.conn.execute(sa.text("INSERT INTO memory_words(memory_words) VALUES ('optimize')"))


def older(unit: Unit, tiers: Collection[Tier], before: datetime, most: int = 500) -> list[int]:
    """The ids of rows of these kinds from before that moment."""
    old = sa.select(MEMORY.c.id).where(MEMORY.c.tier.in_(tiers), MEMORY.c.at < before).limit(most)
    return [id_ for (id_,) in unit.conn.execute(old)]


def _rows(unit: Unit, condition: sa.ColumnElement[bool]) -> list[Kept]:
    found = sa.select(*_COLUMNS).where(condition).order_by(MEMORY.c.at, MEMORY.c.id)
    return [_kept(row) for row in unit.conn.execute(found)]


def _kept(row: Any) -> Kept:
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
    return Kept(**values | {"tier": Tier(values["tier"])})


def _index(unit: Unit, id_: int, said: Sequence[str]) -> None:
    if unit.conn.dialect.name == "postgresql":
        insert = "INSERT INTO memory_words(rowid, words) VALUES (:id, CAST(:words AS tsvector))"
        words = " ".join(f"{_quoted(unit, term)}:{place}" for place, term in enumerate(said[:10_000], 1))
    else:
        insert, words = "INSERT INTO memory_words(rowid, words) VALUES (:id, :words)", " ".join(said)
    unit.conn.execute(sa.text(insert), {"id": id_, "words": words})


def _quoted(unit: Unit, term: str) -> str:
    quote = "'" if unit.conn.dialect.name == "postgresql" else '"'
    return f"{quote}{term}{quote}"
