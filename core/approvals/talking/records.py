"""The rows of what was said about requests."""

import sqlalchemy as sa

from core.approvals.talking.remark import Remark
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

REMARK = sa.Table(
    "approval_remark",
    METADATA,
    sa.Column("request", sa.ForeignKey("approval.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("answers", sa.Integer),
)
_COLUMNS = tuple(REMARK.c[name] for name in Remark.model_fields)


def add(unit: Unit, request_id: str, remark: Remark) -> None:
    """Keep what was said."""
    unit.conn.execute(sa.insert(REMARK).values(request=request_id, **dict(remark)))


def of(unit: Unit, request_id: str) -> list[Remark]:
    """Everything that was said about a request, in its order."""
    statement = sa.select(*_COLUMNS).where(REMARK.c.request == request_id).order_by(REMARK.c.number)
    return [Remark.model_validate(dict(row)) for row in unit.conn.execute(statement).mappings()]
