"""A command line in an empty folder, with nothing in the environment."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import main

Wardroom = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("WARDROOM_", "SLACK_", "DISCORD_", "OIDC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WARDROOM_DATABASE_URL", f"sqlite:///{tmp_path}/var/w.db")
    monkeypatch.setenv("WARDROOM_HTTP_PORT", "0")
    monkeypatch.setenv("WARDROOM_GRPC_PORT", "off")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def wardroom(capsys: pytest.CaptureFixture[str]) -> Wardroom:
    """Run a command line: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run
