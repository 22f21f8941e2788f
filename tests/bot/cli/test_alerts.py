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


def test_what_begins_by_itself_is_told_with_its_limits(tmp_path: Path) -> None:
    rule = "{runbook: restart-service, services: [payments], params: {environment: staging}}"
    found = parts(tmp_path, f"remediation: {{per_incident: 2, rules: [{rule}]}}\n")
    assert found["remediation"] == (
        Status.OK,
        "may begin by itself: restart-service; at most 2 for an incident and 4 an hour",
    )
    assert "remediation" not in parts(tmp_path, "")


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        (["true", "source == 'x'"], "route 2 is never taken: route 1 before it takes everything"),
        (["source == 'x'", "source == 'x'"], "route 2 is never taken: route 1 before it takes the same"),
        (["source == 'x'", "source == 'x' "], "route 2 is never taken: route 1 before it takes the same"),
        (["source == 'x'", "true"], ""),
    ],
)
def test_a_route_that_is_never_taken_is_told(tmp_path: Path, routes: list[str], told: str) -> None:
    given = settings(tmp_path)
    listed = "".join(f'    - {{match: "{match}", declare: high}}\n' for match in routes)
    given.config.write_text(f"{given.config.read_text()}alerts:\n  routes:\n{listed}")
    found = [part for part in alerts.parts(given) if "never taken" in part.detail]
    assert [told] * bool(told) == [part.detail for part in found]
    assert all(part.status is Status.WARN for part in found)
