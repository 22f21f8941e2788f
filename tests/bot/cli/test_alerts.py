from pathlib import Path

import pytest

from bot.cli import alerts
from bot.cli.parts import Status
from tests.stories.house import settings


def parts(folder: Path, more: str) -> dict[str, tuple[Status, str]]:
    given = settings(folder)
    given.config.write_text(given.config.read_text() + more)
    return {part.name: (part.status, part.detail) for part in alerts.parts(given)}


def test_routes_and_senders_are_told(tmp_path: Path) -> None:
    found = parts(
        tmp_path, "alerts: {routes: [{match: 'labels.a == \"b\"', declare: high, notify: [ops]}]}\n"
    )
    assert found["alerts"] == (Status.OK, "routes: 1; the rest goes where operators are")
    assert "ana" in found["alert senders"][1]


def test_a_key_that_is_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = "alerts: {hooks: {grafana: {secret_env: NOT_THERE}}}\n"
    assert parts(tmp_path, more)["alert hooks"][0] is Status.FAIL
    monkeypatch.setenv("NOT_THERE", "a key")
    assert parts(tmp_path, more)["alert hooks"] == (Status.OK, "signed: grafana")
