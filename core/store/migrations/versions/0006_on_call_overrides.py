"""On-call overrides."""

import sqlalchemy as sa
from alembic import op

from core.store.columns import Serial, Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oncall_override",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("begins", Utc(), nullable=False),
        sa.Column("ends", Utc(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("swapped_with", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_override")),
    )
    with op.batch_alter_table("oncall_override", schema=None) as batch_op:
        batch_op.create_index("ix_oncall_override_ends", ["schedule", "ends"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("oncall_override", schema=None) as batch_op:
        batch_op.drop_index("ix_oncall_override_ends")

    op.drop_table("oncall_override")
