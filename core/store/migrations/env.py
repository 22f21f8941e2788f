"""Where alembic meets the house: it is handed a connection, and every table of every room."""

from alembic import context

from core.store.columns import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
