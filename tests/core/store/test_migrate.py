import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.store import migrate
from tests import schema
from tests.stores import sqlite_url


def names(conn: sa.Connection) -> set[str]:
    return set(conn.exec_driver_sql("SELECT name FROM sqlite_master").scalars())


async def test_a_new_file_is_made_as_the_migrations_would_have_made_it(tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
    old = await migrate.run(sqlite_url(tmp_path / "old"), schema.migrated)
    assert schema.page(old) == migrate.NEWEST.read_text(encoding="utf-8"), "run: python -m tests.schema"
    await migrate.run(sqlite_url(tmp_path / "new"), migrate.upgrade)
    assert old == await migrate.run(sqlite_url(tmp_path / "new"), schema.statements)
    assert migrate.newest() == await migrate.run(sqlite_url(tmp_path / "new"), migrate.current)


async def test_a_new_file_goes_back_and_forth_like_one_that_was_migrated(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    await migrate.run(url, migrate.upgrade)
    made = await migrate.run(url, names)
    await migrate.run(url, lambda conn: migrate.downgrade(conn, "0030"))
    assert "0030" == await migrate.run(url, migrate.current)
    await migrate.run(url, migrate.upgrade)
    assert made == await migrate.run(url, names)


async def test_a_page_that_is_behind_the_migrations_is_brought_on_by_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_long_ago(conn: sa.Connection) -> list[str]:
        migrate.upgrade(conn, "0020")
        return schema.statements(conn)

    (tmp_path / "old").mkdir()
    page = schema.page(await migrate.run(sqlite_url(tmp_path / "old"), of_long_ago))
    monkeypatch.setattr(migrate, "NEWEST", tmp_path / "behind.sql")
    migrate.NEWEST.write_text(page.replace(migrate.newest(), "0020"), encoding="utf-8")
    await migrate.run(sqlite_url(tmp_path), migrate.upgrade)
    assert migrate.newest() == await migrate.run(sqlite_url(tmp_path), migrate.current)


async def test_a_file_of_an_older_version_is_brought_on_by_what_is_missing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    await migrate.run(url, lambda conn: migrate.upgrade(conn, "0020"))
    await migrate.run(url, migrate.upgrade)
    assert migrate.newest() == await migrate.run(url, migrate.current)


async def test_a_migration_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    await migrate.run(url, lambda conn: migrate.upgrade(conn, "0010"))
    before = await migrate.run(url, schema.statements)

    def breaks_off(conn: sa.Connection) -> None:
        migrate.upgrade(conn, "0020")
        raise KeyError("the machine went away")

    with pytest.raises(KeyError):
        await migrate.run(url, breaks_off)
    assert before == await migrate.run(url, schema.statements)
    assert "0010" == await migrate.run(url, migrate.current)


async def test_two_that_bring_a_new_file_on_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    await asyncio.gather(migrate.run(url, migrate.upgrade), migrate.run(url, migrate.upgrade))
    assert migrate.newest() == await migrate.run(url, migrate.current)
