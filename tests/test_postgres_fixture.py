"""The database of the tests is a real one, and every test has its own."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_an_empty_postgresql_of_its_own(empty_postgres_url: str, turn: int) -> None:
    engine = create_async_engine(empty_postgres_url)
    async with engine.begin() as conn:
        version = (await conn.execute(sa.text("SHOW server_version_num"))).scalar_one()
        tables = sa.text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        assert (await conn.execute(tables)).scalar_one() == 0
        await conn.execute(sa.text("CREATE TABLE mine (turn integer)"))
    await engine.dispose()
    assert int(version) >= 140000
