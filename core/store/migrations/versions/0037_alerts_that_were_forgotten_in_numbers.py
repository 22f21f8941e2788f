"""Alerts that were forgotten, in numbers."""

import sqlalchemy as sa
from alembic import op

from core.store.columns import Utc

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_tally",
        sa.Column("hour", Utc(), nullable=False),
        sa.Column("acted", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "acted", name=op.f("pk_alert_tally")),
    )


def downgrade() -> None:
    op.drop_table("alert_tally")
