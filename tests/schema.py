"""Write the page that a new database file is made from: `python -m tests.schema`, after a migration."""

import asyncio
import tempfile
from pathlib import Path

import sqlalchemy as sa

from core.store import migrate

# SQLite makes these itself, for keys and for the index of words.
_MADE_BY_ITSELF = r"sqlite\_%", r"memory\_words\_%"
_ALL = "SELECT sql FROM sqlite_master WHERE name NOT LIKE ? ESCAPE '\\' AND name NOT LIKE ? ESCAPE '\\' ORDER BY rowid"

_REVISION = "INSERT INTO alembic_version VALUES ('NUMBER')"


def statements(conn: sa.Connection) -> list[str]:
    """What makes every table and index that the database has."""
    return list(conn.exec_driver_sql(_ALL, _MADE_BY_ITSELF).scalars())


def migrated(conn: sa.Connection) -> list[str]:
    """The same of a database that every migration was applied to, one after the other."""
    migrate.upgrade(conn, migrate.newest())
    return statements(conn)


def page(made: list[str]) -> str:
    """The page: one statement after the other, and at last which revision it is."""
    if any(";" in statement for statement in made):
        raise ValueError("a statement has a semicolon in it, at which the page is cut")
    return ";\n".join([*made, _REVISION.replace("NUMBER", migrate.newest())]) + "\n"


def write() -> None:
    """Write the page again."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'new.db'}"
        migrate.NEWEST.write_text(page(asyncio.run(migrate.run(address, migrated))), encoding="utf-8")


if __name__ == "__main__":
    write()
