"""What every test can ask for."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

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


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database for one test, as `postgresql+asyncpg://...`."""
    name = f"wardroom_{os.getpid()}_{next(_NUMBERS)}"
    postgres.ask(postgres_server, f'CREATE DATABASE "{name}"')
    yield postgres.url_of(postgres_server, name)
    postgres.ask(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')
