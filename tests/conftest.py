"""What every test can ask for."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from core import tables
from core.store import migrate
from tests import postgres

pytest_plugins = ("tests.platforms.servers",)

assert tables.TABLES  # every room's tables are known once the wiring is

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_FOLDER = pytest.StashKey[Path]()
_NUMBERS = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder in which this run's database server lives; workers are told it by the controller.

    Houses of tests serve gRPC only where a test asks for it: all have the same usual port.
    """
    os.environ["WARDROOM_GRPC_PORT"] = "off"
    given = getattr(config, "workerinput", {}).get("postgres")
    name = f"wardroom-tests-{os.getuid()}-{os.getpid()}"
    config.stash[_FOLDER] = Path(given) if given else Path(tempfile.gettempdir()) / name


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run's server is."""
    config: pytest.Config = node.config
    node.workerinput["postgres"] = str(config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if one was started; the controller does it for its workers."""
    folder = config.stash.get(_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    postgres.stop(folder)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The address of a real PostgreSQL: the one that is named, or one of our own."""
    named = os.environ.get("WARDROOM_TEST_POSTGRES_URL")
    if named:
        return named
    folder = request.config.stash[_FOLDER]
    owner = int(folder.name.rpartition("-")[2])
    return postgres.server_for(folder, owner)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with every table, of which each test has a copy."""
    name = f"wardroom_{os.getpid()}_template"
    with _database(postgres_server, name, "template1") as url:
        postgres.in_own_loop(lambda: migrate.run(url, migrate.upgrade))
        yield name


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A fresh database for one test, with every table, as `postgresql+asyncpg://...`."""
    with _database(postgres_server, f"wardroom_{os.getpid()}_{next(_NUMBERS)}", postgres_template) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database for one test, without a table."""
    with _database(postgres_server, f"wardroom_{os.getpid()}_{next(_NUMBERS)}", "template1") as url:
        yield url


@contextmanager
def _database(server: str, name: str, template: str) -> Iterator[str]:
    postgres.ask(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield postgres.url_of(server, name)
    finally:
        postgres.ask(server, f'DROP DATABASE "{name}" WITH (FORCE)')
