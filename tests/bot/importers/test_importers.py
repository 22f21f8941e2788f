"""What moves in from other programs is accepted as it is written, and whatever stays behind is said to."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.main import app
from bot.configuration import load_world
from bot.importers import dispatch, oncall
from bot.importers.export import Export, load
from bot.importers.parts import slugged, written
from bot.importers.report import Outcome, Report
from bot.settings import load_settings
from core.errors import Invalid, NotFound
from core.world import World

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def world_of(parts: dict[str, Any], folder: Path) -> World:
    """The world of the parts as they are written; a mistake in them is told."""
    path = folder / "wardroom.yaml"
    path.write_text(written(parts, "test"), encoding="utf-8")
    return load_world(load_settings(config=path, secret_key="k" * 40))


def said(report: Report, what: str, outcome: Outcome | None = None) -> dict[str, str]:
    return {row.name: row.note for row in report.rows if row.what == what and outcome in (None, row.outcome)}


@pytest.fixture
def moved(tmp_path: Path) -> tuple[dict[str, Any], Report, World]:
    parts, report = oncall.parts(load(HERE / "oncall.json"), NOW)
    return parts, report, world_of(parts, tmp_path)


def test_people_and_teams_come_along_with_what_can_be_used(moved: Any) -> None:
    parts, report, world = moved
    assert ["ana-ruiz", "bo-lindqvist", "eve"] == list(world.people)
    ana = world.people["ana-ruiz"]
    assert ("ana@acme.test", "U0ANA", "Europe/Berlin") == (ana.email, ana.accounts["slack"], ana.timezone)
    assert {"name": "eve"} == parts["people"]["eve"]
    assert "email cannot be used" in said(report, "person")["eve"]
    assert "without a name" in said(report, "person", Outcome.LEFT)
    assert ("ana-ruiz", "bo-lindqvist") == world.teams["platform-team"].members
    assert "primary-ical" == world.teams["platform-team"].schedule
    assert {"Empty": "its members are not in the export: add `members`"}.items() <= said(
        report, "team"
    ).items()


def test_how_people_are_called_comes_along_with_its_times(moved: Any) -> None:
    parts, report, _ = moved
    assert {"low": "slack, email 300s", "high": "sms"} == parts["people"]["ana-ruiz"]["contact"]
    assert (
        "a text message instead of a telephone call" == said(report, "notification rules")["ana.ruiz (high)"]
    )
    assert {"Bo Lindqvist": "nobody can be called by telegram (high)"} == said(report, "notification rule")


def test_schedules_become_calendars_and_layers_and_what_turns_cannot_say_stays(moved: Any) -> None:
    parts, report, world = moved
    calendars = world.schedules["primary-ical"].layers
    assert ["https://example.com/meow_calendar.ics", "https://example.com/overrides.ics"] == [
        layer.feed.source for layer in calendars if layer.feed
    ]
    assert [
        {"people": ["ana-ruiz", "bo-lindqvist"], "rotate": "weekly", "start": "2026-01-05T09:00"},
        {
            "people": ["ana-ruiz"],
            "rotate": "weekly",
            "start": "2026-01-05T09:00",
            "hours": {"days": ["mon", "wed", "fri"], "from": "09:00", "to": "17:00"},
        },
        {
            "people": ["ana-ruiz", "bo-lindqvist"],
            "rotate": "daily",
            "start": "2026-01-06T00:00",
            "hours": {"days": "daily", "from": "00:00", "to": "12:00"},
        },
    ] == parts["schedules"]["follow-the-sun"]["layers"]
    changed = said(report, "shift", Outcome.CHANGED)
    assert "of several on call at once, the first is" == changed["Weekly"]
    assert "its times are of Europe/Berlin now, and were of America/New_York" in changed["Nights"]
    assert {
        "Once": "it happens once: put it in with `/oncall override`",
        "Over": "it is over since 2021-01-01",
        "Summer": "turns are not counted by months or days of a month: `ical` can say it",
        "Every second week": "somebody alone is on call only every other time, which turns cannot say: `ical` can",
        "Somebody else": "it names nobody, or somebody who is not in the export",
        "Five days": "it ends before the next turn begins, and not on the same day: `ical` can say it",
    } == said(report, "shift", Outcome.LEFT)
    assert {"Nobody": "nothing of it could be carried over, so nobody would be on call"} == said(
        report, "schedule", Outcome.LEFT
    )


def test_chains_become_escalations_that_call_together_what_was_called_at_once(moved: Any) -> None:
    parts, report, _ = moved
    assert {
        "default": {
            "steps": [
                {"schedule": "follow-the-sun", "wait": "300s"},
                {"people": ["ana-ruiz"], "team": "platform-team", "wait": "900s"},
                {"people": ["ana-ruiz", "bo-lindqvist"]},
            ],
            "repeat": 5,
        }
    } == parts["escalations"]
    note = said(report, "escalation chain", Outcome.CHANGED)["Default"]
    assert "it begins at once, without waiting first" in note
    assert "people who were called one each time are called together" in note
    assert "how urgent it is follows from the severity that a route declares" in note
    assert {"Default, step 6", "Default, step 9", "Calls nobody, step 1"} == set(
        said(report, "escalation step")
    )
    assert {"Calls nobody": "it calls nobody who is known here"} == said(
        report, "escalation chain", Outcome.LEFT
    )


def test_routes_become_conditions_in_their_order(moved: Any) -> None:
    parts, report, world = moved
    assert [
        (
            'source == "alertmanager" && (labels.exists(name, labels[name].matches("us-(east|west)")) || '
            'annotations.exists(name, annotations[name].matches("us-(east|west)")))'
        ),
        'source == "alertmanager" && labels.severity == "critical" && labels.team == "web"',
        'source == "alertmanager"',
        'source == "grafana"',
    ] == [route.match for route in world.alerts.routes]
    assert {"slack-ch23212d": {"slack": "CH23212D"}} == parts["channels"]
    assert ["default", "default", "default", None] == [route.escalation for route in world.alerts.routes]
    assert ["high", "high", "high", "medium"] == [route.declare for route in world.alerts.routes]
    assert (
        "a step of its chain is important, so people are woken"
        in said(report, "route")["Prometheus, route 1"]
    )
    assert "not in quiet hours that they may set" in said(report, "route")["Grafana, route 1"]
    assert ["Prometheus, route 3", "Prometheus, route 4"] == sorted(said(report, "route", Outcome.LEFT))
    assert "its escalation chain did not come along" in said(report, "route")["Grafana, route 1"]
    assert "senders of the type zabbix" in said(report, "integration", Outcome.LEFT)["Zabbix"]
    assert {"webhooks": "nothing is read from this part"} == said(report, "export")


def test_dispatch_gives_people_teams_priorities_and_says_what_it_does_not_have(tmp_path: Path) -> None:
    parts, report = dispatch.parts(load(HERE / "dispatch.json"))
    world = world_of(parts, tmp_path)
    assert ["ana", "bo"] == list(world.people)
    ana, bo = world.people.values()
    assert ("+491700000001", True, "", False) == (ana.phone, ana.active, bo.phone, bo.active)
    assert {"platform": ("ana",), "security": ()} == {
        name: team.members for name, team in world.teams.items()
    }
    assert {"high": "high", "low": "none"} == parts["paging"]["urgency"]
    assert {"high": "2h", "low": "24h"} == parts["incidents"]["updates"]
    assert {"High": "SEV2 (high)", "Low": "SEV4 (low)"} == said(report, "severity", Outcome.CHANGED)
    assert {"Cosmic"} == set(said(report, "severity", Outcome.LEFT))
    assert {"Whenever"} == set(said(report, "priority", Outcome.LEFT))
    assert "PX123" in said(report, "on-call service")["Incident Commanders"]
    types = said(report, "incident type", Outcome.CHANGED)
    assert types["Outage"].startswith("category availability, which triage finds")
    assert "whoever leads came from Incident Commanders" in types["Outage"]
    assert types["Customer Data"].startswith("category data")
    assert ["Launch"] == list(said(report, "incident type", Outcome.LEFT))
    assert {"2 Closed"} == set(said(report, "incidents"))
    declare = "declare it here: `/incident declare severity=2 It is down`"
    assert {"dispatch-acme-9": declare} == said(report, "incident", Outcome.LEFT)


def test_the_command_prints_parts_reports_and_replaces_no_file(tmp_path: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(app, ["import", "oncall", str(HERE / "oncall.json")])
    assert 3 == result.exit_code
    assert "ana-ruiz" in yaml.safe_load(result.stdout)["people"]
    assert "left behind" in result.stderr
    assert "Zabbix" in result.stderr
    target = tmp_path / "new.yaml"
    assert (
        3
        == runner.invoke(
            app, ["import", "dispatch", str(HERE / "dispatch.json"), "--to", str(target)]
        ).exit_code
    )
    before = target.read_text()
    again = runner.invoke(app, ["import", "dispatch", str(HERE / "dispatch.json"), "--to", str(target)])
    assert "is there already" in str(again.exception)
    assert before == target.read_text()
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps({"teams": [{"id": 1, "name": "Platform"}]}))
    assert 0 == runner.invoke(app, ["import", "dispatch", str(whole)]).exit_code


def test_a_folder_with_a_file_for_each_kind_is_an_export_too(tmp_path: Path) -> None:
    for kind, things in json.loads((HERE / "oncall.json").read_text()).items():
        (tmp_path / f"{kind}.json").write_text(json.dumps(things))
    assert oncall.parts(load(tmp_path), NOW)[0] == oncall.parts(load(HERE / "oncall.json"), NOW)[0]


@pytest.mark.parametrize(
    ("body", "why"), [("[]", "is no export"), ("{", "is no JSON"), ("<html>", "is no JSON")]
)
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, body: str, why: str) -> None:
    (tmp_path / "x.json").write_text(body)
    with pytest.raises(Invalid, match=why):
        load(tmp_path / "x.json")
    with pytest.raises(NotFound, match="cannot be read"):
        load(tmp_path / "none.json")


def test_keys_are_made_of_names(tmp_path: Path) -> None:
    del tmp_path
    assert ["jose-alvarez", "a-b", "", "ana"] == [
        slugged(name) for name in ("José Álvarez", "a/b", "漢字", "ana@x.test")
    ]


KINDS = st.sampled_from((*oncall.KINDS, *dispatch.KINDS))
FIELDS = st.sampled_from(
    (
        *(
            "id",
            "name",
            "username",
            "email",
            "slack",
            "type",
            "position",
            "duration",
            "users",
            "rolling_users",
            "shifts",
        ),
        *(
            "frequency",
            "interval",
            "start",
            "by_day",
            "time_zone",
            "level",
            "user_id",
            "escalation_chain_id",
            "until",
        ),
        *(
            "persons_to_notify",
            "integration_id",
            "routing_regex",
            "routing_type",
            "default_route",
            "status",
            "teams",
        ),
    )
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["U1", "weekly", "rolling_users", "2026-01-05T09:00:00", "alertmanager", "wait", "notify_persons"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=5,
)
EXPORTS = st.dictionaries(
    KINDS, st.lists(st.dictionaries(FIELDS, VALUES, max_size=6), max_size=4), max_size=6
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EXPORTS)
def test_whatever_an_export_holds_what_comes_of_it_is_accepted(tmp_path: Path, data: dict[str, Any]) -> None:
    for parts, report in (oncall.parts(Export(data), NOW), dispatch.parts(Export(data))):
        world_of(parts, tmp_path)
        assert all(row.name for row in report.rows)
