"""The rows of incidents, of their timelines, and of words whose incident is not chosen yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound, VersionConflict
from core.ids import new_id
from core.incidents.incident import Entry, Incident, State
from core.incidents.severity import label
from core.store.columns import METADATA, Json, Serial, Utc, within
from core.store.engine import Unit

INCIDENT = sa.Table(
    "incident",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("declared_by", sa.String(64), nullable=False),
    sa.Column("declared_name", sa.String(128), nullable=False),
    sa.Column("lead", sa.String(64), nullable=False),
    sa.Column("lead_name", sa.String(128), nullable=False),
    sa.Column("comms", sa.String(64), nullable=False, server_default=""),
    sa.Column("comms_name", sa.String(128), nullable=False, server_default=""),
    sa.Column("scribe", sa.String(64), nullable=False, server_default=""),
    sa.Column("scribe_name", sa.String(128), nullable=False, server_default=""),
    sa.Column("team", sa.String(64), nullable=False, server_default=""),
    sa.Column("owner", sa.String(64), nullable=False, server_default=""),
    sa.Column("owner_name", sa.String(128), nullable=False, server_default=""),
    sa.Column("is_test", sa.Boolean, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("resolution", sa.Text, nullable=False, server_default=""),
    sa.Column("follow_ups", sa.Text, nullable=False),
    sa.Column("update", sa.Text, nullable=False),
    sa.Column("update_by", sa.String(128), nullable=False),
    sa.Column("updated", Utc),
    sa.Column("created", Utc, nullable=False),
    sa.Column("acknowledged", Utc),
    sa.Column("mitigated", Utc),
    sa.Column("resolved", Utc),
    sa.Column("closed", Utc),
    sa.Column("merged_into", sa.String(24), nullable=False, server_default=""),
    sa.Column("category", sa.String(16), nullable=False, server_default=""),
    sa.Column("category_by", sa.String(128), nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_incident_state", "state", "created"),
)

ENTRY = sa.Table(
    "incident_entry",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("author", sa.String(128), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("source", sa.String(400), nullable=False),
    sa.Column("by", sa.String(64), nullable=False, server_default=""),
    sa.Column("link", sa.String(400), nullable=False, server_default=""),
    sa.Column("edited", Utc),
    sa.Column("of", sa.String(24), nullable=False, server_default=""),
    sa.Index("ix_incident_entry_source", "source"),
)

UNPLACED = sa.Table(
    "incident_unplaced",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("words", Json, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

OPEN = [str(state) for state in State if state not in (State.RESOLVED, State.CLOSED)]
_KEPT = timedelta(days=1)


def add(unit: Unit, incident: Incident) -> None:
    """Insert a new incident."""
    unit.conn.execute(sa.insert(INCIDENT).values(**_row(incident)))


def get(unit: Unit, incident_id: str, *, lock: bool = False) -> Incident:
    """The incident.

    Raises:
        NotFound: there is none with that id.
    """
    statement = sa.select(INCIDENT).where(INCIDENT.c.id == incident_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no incident {incident_id}.", "`/incident list` shows those that are open.")
    return Incident.model_validate(dict(row))


def save(unit: Unit, before: Incident, **changes: Any) -> Incident:
    """Write what changed, if nobody wrote in between; the saved incident has the next version.

    Raises:
        VersionConflict: somebody did.
    """
    saved = before.model_copy(update=changes | {"version": before.version + 1})
    statement = sa.update(INCIDENT).where(INCIDENT.c.id == before.id, INCIDENT.c.version == before.version)
    if unit.conn.execute(statement.values(**_row(saved))).rowcount != 1:
        raise VersionConflict(f"{before.id} was changed by somebody else at the same moment.", "Try again.")
    return saved


def find(unit: Unit, *, only_open: bool = True, limit: int = 20) -> list[Incident]:
    """Incidents, the worst first and then the newest."""
    statement = sa.select(INCIDENT).order_by(INCIDENT.c.severity, INCIDENT.c.created.desc()).limit(limit)
    if only_open:
        statement = statement.where(INCIDENT.c.state.in_(OPEN))
    return [Incident.model_validate(dict(row)) for row in unit.conn.execute(statement).mappings()]


def declared(
    unit: Unit, since: datetime | None, until: datetime | None, service: str = "", limit: int = 20
) -> tuple[list[Incident], int]:
    """The newest of those that were declared in that time, of one service or of all, and how many there are; tests do not count."""
    row = INCIDENT.c
    mine = sa.and_(
        *within(row.created, since, until), ~row.is_test, row.service == service if service else sa.true()
    )
    newest = sa.select(INCIDENT).where(mine).order_by(row.created.desc(), row.id.desc()).limit(limit)
    found = [Incident.model_validate(dict(one)) for one in unit.conn.execute(newest).mappings()]
    return found, int(unit.conn.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


@dataclass(frozen=True)
class Search:
    """Which incidents: in these states; what else is empty does not matter. `newest`: the newest of them come first."""

    states: tuple[State, ...]
    service: str = ""
    severity: int = 0
    since: datetime | None = None
    until: datetime | None = None
    newest: bool = False

    @property
    def where(self) -> sa.ColumnElement[bool]:
        """As a condition."""
        row = INCIDENT.c
        return sa.and_(
            row.state.in_([str(state) for state in self.states]),
            row.service == self.service if self.service else sa.true(),
            row.severity == self.severity if self.severity else sa.true(),
            *within(row.created, self.since, self.until),
            ~row.is_test if self.is_of_a_time else sa.true(),
        )

    @property
    def is_of_a_time(self) -> bool:
        """Whether it is about when they were declared: tests do not count there."""
        return self.newest or self.since is not None or self.until is not None


def search(unit: Unit, wanted: Search, *, limit: int, skip: int = 0) -> list[Incident]:
    """Some of those that are looked for: the worst first, and of a time the newest."""
    newest = (INCIDENT.c.created.desc(), INCIDENT.c.id.desc())
    order = newest if wanted.is_of_a_time else (INCIDENT.c.severity, *newest)
    statement = sa.select(INCIDENT).where(wanted.where).order_by(*order).limit(limit).offset(skip)
    return [Incident.model_validate(dict(row)) for row in unit.conn.execute(statement).mappings()]


def count(unit: Unit, wanted: Search) -> int:
    """How many there are of those that are looked for."""
    statement = sa.select(sa.func.count()).select_from(INCIDENT).where(wanted.where)
    return int(unit.conn.execute(statement).scalar_one())


def of_service(unit: Unit, service: str) -> list[str]:
    """The ids of the open incidents of a service, in order, so that whoever locks them all never waits crosswise."""
    mine = sa.and_(INCIDENT.c.service == service, INCIDENT.c.state.in_(OPEN))
    return list(unit.conn.execute(sa.select(INCIDENT.c.id).where(mine).order_by(INCIDENT.c.id)).scalars())


def beside(unit: Unit, incident: Incident, limit: int = 3) -> list[Incident]:
    """The other open incidents of its service."""
    found = open_of(unit, incident.service) if incident.service and not incident.is_test else []
    return [one for one in found if one.id != incident.id][:limit]


def open_of(unit: Unit, service: str = "", limit: int = 1_000) -> list[Incident]:
    """Open incidents, of one service or of all, the worst first and then the oldest; tests do not count."""
    row = INCIDENT.c
    mine = sa.and_(row.state.in_(OPEN), ~row.is_test, row.service == service if service else sa.true())
    statement = sa.select(INCIDENT).where(mine).order_by(row.severity, row.created).limit(limit)
    return [Incident.model_validate(dict(one)) for one in unit.conn.execute(statement).mappings()]


def lately(unit: Unit, incident: Incident, since: datetime) -> int:
    """How many other incidents the service of this one has had since then; tests do not count."""
    row = INCIDENT.c
    mine = sa.and_(row.service == incident.service, row.id != incident.id, row.created >= since, ~row.is_test)
    return int(unit.conn.execute(sa.select(sa.func.count()).where(mine)).scalar_one())


def open_now(unit: Unit, limit: int = 1_000) -> list[tuple[str, str, str]]:
    """Open incidents for an overview: id, state and title."""
    return [(one.id, f"{label(one.severity)} {one.state}", one.title) for one in find(unit, limit=limit)]


def note(unit: Unit, incident: str, entry: Entry) -> None:
    """Add a line to the timeline."""
    unit.conn.execute(sa.insert(ENTRY).values(incident=incident, **entry.model_dump(exclude={"id"})))


def timeline(unit: Unit, incident: str, limit: int = 50) -> list[Entry]:
    """The newest lines of the timeline, oldest first: by when it happened, not by when it was kept."""
    newest = (ENTRY.c.at.desc(), ENTRY.c.id.desc())
    statement = sa.select(ENTRY).where(ENTRY.c.incident == incident).order_by(*newest).limit(limit)
    return [entry_of(row) for row in reversed(unit.conn.execute(statement).mappings().all())]


def entry_of(row: sa.RowMapping) -> Entry:
    """A line as it is stored."""
    return Entry.model_validate({name: row[name] for name in Entry.model_fields})


def of_source(unit: Unit, source: str) -> str | None:
    """The incident that came of this source, if any did."""
    statement = sa.select(ENTRY.c.incident).where(ENTRY.c.source == source).limit(1)
    found: str | None = unit.conn.execute(statement).scalar_one_or_none()
    return found


def is_kept(unit: Unit, incident: str, source: str) -> bool:
    """Whether what stands at this source is on the timeline."""
    same = sa.select(ENTRY.c.id).where(ENTRY.c.incident == incident, ENTRY.c.source == source)
    return unit.conn.execute(same.limit(1)).first() is not None


def runs(unit: Unit, incident: str, limit: int = 3) -> list[str]:
    """The ids of the runs that were started from it, the newest first."""
    statement = (
        sa.select(ENTRY.c.source, sa.func.min(ENTRY.c.id))
        .where(ENTRY.c.incident == incident, ENTRY.c.kind == "run")
        .group_by(ENTRY.c.source)
        .order_by(sa.func.min(ENTRY.c.id).desc())
    )
    return [source for source, _ in unit.conn.execute(statement.limit(limit))]


def keep_words(unit: Unit, person: str, words: dict[str, str]) -> str:
    """Keep what somebody said until they have chosen which incident it is about; returns its id."""
    row_id = new_id(unit.now)
    unit.conn.execute(sa.delete(UNPLACED).where(UNPLACED.c.at < unit.now - _KEPT))
    unit.conn.execute(sa.insert(UNPLACED).values(id=row_id, person=person, words=words, at=unit.now))
    return row_id


def peek_words(unit: Unit, words_id: str) -> dict[str, str]:
    """What was kept, for a form that asks for the rest; nothing if it is no longer there."""
    statement = sa.select(UNPLACED.c.words).where(UNPLACED.c.id == words_id)
    found = unit.conn.execute(statement).scalar_one_or_none()
    return dict(found or {})


def take_words(unit: Unit, person: str, words_id: str) -> dict[str, str]:
    """Use what was kept, once.

    Raises:
        NotFound: it was used, is too old, or is somebody else's.
    """
    mine = sa.delete(UNPLACED).where(UNPLACED.c.id == words_id, UNPLACED.c.person == person)
    found = unit.conn.execute(mine.returning(UNPLACED.c.words)).scalar_one_or_none()
    if found is None:
        raise NotFound(
            "What you said is no longer here, or was used.", "Say it again, with the incident's id."
        )
    return dict(found)


def _row(incident: Incident) -> dict[str, Any]:
    return incident.model_dump() | {"state": str(incident.state)}
