"""How sure a vote is: what is there already came by its way alone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("approval_vote", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("strength", sa.String(length=16), nullable=False, server_default="chat")
        )
    op.execute("UPDATE approval_vote SET strength = 'mail' WHERE via IN ('email', 'sms')")
    op.execute("UPDATE approval_vote SET strength = 'token' WHERE via = 'api'")
    with op.batch_alter_table("approval_vote", schema=None) as batch_op:
        batch_op.alter_column("strength", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("approval_vote", schema=None) as batch_op:
        batch_op.drop_column("strength")
