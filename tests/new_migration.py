"""Write the next migration from the tables as they are: `python -m tests.new_migration 0002 "What changed"`."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from core import tables, wiring
from core.store import migrate

assert tables.TABLES  # every room's tables are known once the wiring is
assert wiring.DEADLINES


def _write(conn: sa.Connection, revision: str, message: str) -> None:
    migrate.upgrade(conn)
    config = migrate._config(conn)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    command.revision(config, message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    number, words = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'new.db'}"
        asyncio.run(migrate.run(address, lambda conn: _write(conn, number, words)))
    versions = str(Path(migrate.__file__).parent / "migrations" / "versions")
    for step in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, versions], check=True)
    # In a process of its own: this one has seen the revisions that were there before.
    subprocess.run([sys.executable, "-m", "tests.schema"], check=True)
