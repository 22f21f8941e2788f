"""Where alembic meets the house: it is handed a connection, and every table of every room."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from core.store.columns import METADATA, Json, Serial, Utc
from core.store.migrate import compares


def _our_types(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How a new migration writes the column types that mean the same on both engines."""
    ours = {id(Json): "Json", id(Serial): "Serial"}
    name = "Utc()" if isinstance(item, Utc) else ours.get(id(item))
    if kind != "type" or name is None:
        return False
    autogen.imports.add(f"from core.store.columns import {name.removesuffix('()')}")
    return name


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    render_item=_our_types,
    include_object=compares,
)
with context.begin_transaction():
    context.run_migrations()
