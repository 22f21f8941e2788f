"""The rows of paging: pages, whom they called and when, and how people want to be called."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound, VersionConflict
from core.notify.ledger import State as Sent
from core.notify.records import NOTICE, due
from core.notify.routing import Route
from core.paging.page import CALLS, Called, Origin, Page, Position, State
from core.paging.window import Told
from core.people.contact import Urgency
from core.store.columns import METADATA, Json, Utc, insert_new, within
from core.store.engine import Unit

PAGE = sa.Table(
    "page",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("urgency", sa.String(8), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("incident", sa.String(24), nullable=False, index=True),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.String(128), nullable=False),
    sa.Column("plan", Json, nullable=False),
    sa.Column("round", sa.Integer),
    sa.Column("step", sa.Integer),
    sa.Column("due", Utc),
    sa.Column("created", Utc, nullable=False),
    sa.Column("spell", sa.Integer, nullable=False),
    sa.Column("began", Utc, nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("owner_name", sa.String(128), nullable=False),
    sa.Column("taken", Utc),
    sa.Column("offered", sa.String(64), nullable=False),
    sa.Column("unanswered", Utc),
    sa.Column("ended", Utc),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("source", sa.String(200), nullable=False, server_default="", index=True),
    sa.Column("quiet_by", sa.String(240), nullable=False, server_default=""),
    sa.Column("quiet_until", Utc),
    sa.Column("instead", Json, nullable=False, server_default="{}"),
    sa.Index("ix_page_state", "state", "created"),
)

CALLED = sa.Table(
    "page_called",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("page", sa.ForeignKey("page.id"), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("spell", sa.Integer, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("rungs", Json, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("starts", Utc, nullable=False),
    # However often a step is tried, it calls a person once.
    sa.UniqueConstraint("page", "spell", "round", "step", "person"),
    sa.Index("ix_page_called_person", "person", "at"),
)

CONTACT = sa.Table(
    "page_contact",
    METADATA,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("high", sa.String(200), nullable=False),
    sa.Column("low", sa.String(200), nullable=False),
    sa.Column("quiet", sa.String(80), nullable=False),
    sa.Column("changed", Utc, nullable=False),
)
_CONTACT = ("high", "low", "quiet")


def add(unit: Unit, page: Page) -> None:
    """Keep a new page."""
    unit.conn.execute(sa.insert(PAGE).values(**_row(page)))


def get(unit: Unit, page_id: str, *, lock: bool = False) -> Page:
    """The page.

    Raises:
        NotFound: there is none with that id.
    """
    statement = sa.select(PAGE).where(PAGE.c.id == page_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no page {page_id}.", "`/oncall pages` shows what is going on.")
    return _page(row)


def of_source(unit: Unit, source: str) -> Page | None:
    """The page that came of this source, if any did."""
    found = unit.conn.execute(sa.select(PAGE).where(PAGE.c.source == source).limit(1)).mappings().first()
    return None if found is None else _page(found)


def save(unit: Unit, before: Page, **changes: Any) -> Page:
    """Write what changed, if nobody wrote in between; the saved page has the next version.

    Raises:
        VersionConflict: somebody did.
    """
    saved = before.model_copy(update=changes | {"version": before.version + 1})
    mine = sa.and_(PAGE.c.id == before.id, PAGE.c.version == before.version)
    if unit.conn.execute(sa.update(PAGE).where(mine).values(**_row(saved))).rowcount != 1:
        raise VersionConflict(f"{before.id} was changed by somebody else at the same moment.", "Try again.")
    return saved


def open_now(unit: Unit, limit: int = 50) -> list[Page]:
    """Pages that are not over: first those that call people now, the oldest of each first."""
    has_answer = sa.case((PAGE.c.state == str(State.CALLING), 0), else_=1)
    mine = sa.select(PAGE).where(PAGE.c.state != str(State.OVER))
    statement = mine.order_by(has_answer, PAGE.c.created).limit(limit)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def held_by(unit: Unit, person: str) -> list[Page]:
    """Pages that somebody has, the oldest first."""
    mine = sa.and_(PAGE.c.owner == person, PAGE.c.state == str(State.TAKEN))
    statement = sa.select(PAGE).where(mine).order_by(PAGE.c.created, PAGE.c.id)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def unanswered(unit: Unit) -> list[Page]:
    """Pages that call people now, the oldest first."""
    statement = sa.select(PAGE).where(PAGE.c.state == str(State.CALLING)).order_by(PAGE.c.created, PAGE.c.id)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def held(unit: Unit, quiet_by: str) -> list[Page]:
    """Pages that are held because this keeps them quiet, the oldest first."""
    mine = sa.and_(PAGE.c.state == str(State.HELD), PAGE.c.quiet_by == quiet_by)
    statement = sa.select(PAGE).where(mine).order_by(PAGE.c.created, PAGE.c.id)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def of_incident(unit: Unit, incident: str, *, only_open: bool = True) -> list[Page]:
    """The pages of an incident, the oldest first."""
    statement = sa.select(PAGE).where(PAGE.c.incident == incident).order_by(PAGE.c.created, PAGE.c.id)
    if only_open:
        statement = statement.where(PAGE.c.state != str(State.OVER))
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def overdue(unit: Unit, before: datetime) -> list[Page]:
    """Pages that should have gone on by themselves before that moment, and did not."""
    late = sa.and_(PAGE.c.state != str(State.OVER), PAGE.c.due < before)
    return [_page(row) for row in unit.conn.execute(sa.select(PAGE).where(late)).mappings()]


def lately(
    unit: Unit, limit: int = 20, *, since: datetime | None = None, until: datetime | None = None
) -> list[Page]:
    """The newest pages, or those that began in a time, the newest first."""
    statement = sa.select(PAGE).where(*within(PAGE.c.created, since, until))
    statement = statement.order_by(PAGE.c.created.desc(), PAGE.c.id.desc()).limit(limit)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def add_call(unit: Unit, called: Called) -> bool:
    """Keep that somebody is called; False if this step has called them already."""
    row = called.model_dump(mode="python")
    row["rungs"] = [one.model_dump(mode="json") for one in called.rungs]
    return insert_new(unit.conn, CALLED, row)


def call(unit: Unit, call_id: str) -> Called | None:
    """The call with this id."""
    row = unit.conn.execute(sa.select(CALLED).where(CALLED.c.id == call_id)).mappings().one_or_none()
    return None if row is None else _called(row)


def climb(unit: Unit, call_id: str, rung: int) -> None:
    """Keep which way is next."""
    unit.conn.execute(sa.update(CALLED).where(CALLED.c.id == call_id).values(rung=rung))


def calls(unit: Unit, page: Page) -> list[Called]:
    """Whom a page has called since its calling began, in order."""
    mine = sa.and_(CALLED.c.page == page.id, CALLED.c.spell == page.spell)
    statement = sa.select(CALLED).where(mine).order_by(CALLED.c.at, CALLED.c.id)
    return [_called(row) for row in unit.conn.execute(statement).mappings()]


def calling(unit: Unit, person: str) -> list[Page]:
    """Pages that wait for this person's answer: those that nobody has taken, and those they are to take over.

    One that calls another in their place waits for that one.

    The newest first, then those that are held, and tests of how one is called after all others.
    """
    mine = sa.select(CALLED.c.page, CALLED.c.spell).where(CALLED.c.person == person)
    is_called = sa.tuple_(PAGE.c.id, PAGE.c.spell).in_(mine)
    waits = sa.and_(is_called, PAGE.c.state.in_((str(State.CALLING), str(State.HELD))))
    offered = sa.and_(PAGE.c.offered == person, PAGE.c.state == str(State.TAKEN))
    is_test = sa.case((PAGE.c.origin == str(Origin.TEST), 1), else_=0)
    is_held = sa.case((PAGE.c.state == str(State.HELD), 1), else_=0)
    order = (is_test, is_held, PAGE.c.created.desc(), PAGE.c.id.desc())
    statement = sa.select(PAGE).where(sa.or_(waits, offered)).order_by(*order)
    found = (_page(row) for row in unit.conn.execute(statement).mappings())
    return [one for one in found if person not in one.instead or one.offered == person]


def last_call(unit: Unit, urgency: Urgency, route: Route, window: timedelta) -> Told | None:
    """The newest message that calls this person as urgently by this way, within the window or still to leave."""
    told = NOTICE.join(PAGE, PAGE.c.id == NOTICE.c.about)
    by = sa.and_(NOTICE.c.way == route.way, NOTICE.c.target == route.target)
    mine = sa.and_(NOTICE.c.person == route.person, by)
    counts = sa.and_(
        NOTICE.c.cause.startswith(f"{CALLS}:"),
        NOTICE.c.state.in_((str(Sent.QUEUED), str(Sent.ACCEPTED))),
        PAGE.c.urgency == str(urgency),
        PAGE.c.origin != str(Origin.TEST),
    )
    # Nothing waits longer than a window, which lets the index of what was decided lately be used.
    lately = sa.and_(due > unit.now - window, NOTICE.c.created > unit.now - 2 * window)
    newest = sa.select(due, NOTICE.c.delivery).select_from(told).where(mine, counts, lately)
    row = unit.conn.execute(newest.order_by(due.desc()).limit(1)).first()
    return None if row is None else Told(*row)


def in_message(unit: Unit, delivery: str) -> list[Page]:
    """The pages that one message is about, the oldest first.

    What nobody wanted any more when it left is not among them; unless that is all, for it may have arrived all the same.
    """
    told = sa.select(NOTICE.c.about, NOTICE.c.state).where(NOTICE.c.delivery == delivery)
    rows = unit.conn.execute(told).all()
    mine = [row.about for row in rows if row.state != str(Sent.DROPPED)] or [row.about for row in rows]
    order = (PAGE.c.created, sa.func.length(PAGE.c.id), PAGE.c.id)
    statement = sa.select(PAGE).where(PAGE.c.id.in_(mine)).order_by(*order)
    return [_page(row) for row in unit.conn.execute(statement).mappings()]


def shared_by(unit: Unit, page: str, way: str) -> list[str]:
    """The messages by this way that are about this page and others as well."""
    mine, other = NOTICE.alias("mine"), NOTICE.alias("other")
    both = sa.and_(other.c.delivery == mine.c.delivery, other.c.about != mine.c.about)
    here = sa.and_(mine.c.about == page, mine.c.way == way, mine.c.state == str(Sent.ACCEPTED))
    statement = sa.select(mine.c.delivery).distinct().select_from(mine.join(other, both)).where(here)
    return list(unit.conn.execute(statement).scalars())


def contact(unit: Unit, person: str) -> dict[str, str]:
    """How somebody said they want to be called: `high`, `low`, `quiet`; empty for what they have not said."""
    statement = sa.select(*(CONTACT.c[name] for name in _CONTACT)).where(CONTACT.c.person == person)
    row = unit.conn.execute(statement).mappings().one_or_none()
    return {name: row[name] if row else "" for name in _CONTACT}


def keep_contact(unit: Unit, person: str, said: dict[str, str]) -> None:
    """Keep how somebody wants to be called."""
    values = {**said, "changed": unit.now}
    if not insert_new(unit.conn, CONTACT, {"person": person, **values}):
        unit.conn.execute(sa.update(CONTACT).where(CONTACT.c.person == person).values(**values))


def _row(page: Page) -> dict[str, Any]:
    row = page.model_dump(mode="python")
    at = row.pop("at")
    for name in ("urgency", "origin", "state"):
        row[name] = str(row[name])
    row["plan"] = page.plan.model_dump(mode="json")
    return row | {"round": at["round"] if at else None, "step": at["step"] if at else None}


def _page(row: sa.RowMapping) -> Page:
    values = dict(row)
    number, step = values.pop("round"), values.pop("step")
    values["at"] = None if number is None else Position(round=number, step=step)
    return Page.model_validate(values)


def _called(row: sa.RowMapping) -> Called:
    return Called.model_validate(dict(row))
