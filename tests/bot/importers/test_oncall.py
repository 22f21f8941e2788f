"""What an export of OnCall has in several forms, in several pages, or several times of one kind."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.importers import oncall
from bot.importers.export import Export, load
from bot.importers.report import Outcome, Report
from tests.bot.importers.test_importers import NOW, said, world_of

WEEK = 604_800
ANA, BO = {"id": "U1", "username": "ana"}, {"id": "U2", "username": "bo"}


def moved(**kinds: Any) -> tuple[dict[str, Any], Report]:
    return oncall.parts(Export(kinds), NOW)


@pytest.mark.parametrize(
    ("slack", "account"),
    [
        ({"user_id": "U0ANA", "team_id": "T0ACME"}, "U0ANA"),
        ([{"user_id": "U0ANA", "team_id": "T0ACME"}], "U0ANA"),
        (None, None),
        ([], None),
    ],
)
def test_a_slack_account_is_read_whether_it_stands_alone_or_in_a_list(
    slack: Any, account: str | None
) -> None:
    parts, report = moved(users=[ANA | {"slack": slack}])
    assert account == parts["people"]["ana"].get("slack")
    assert {} == said(report, "Slack account")


@pytest.mark.parametrize("slack", ["U0ANA", {"id": "U0ANA"}, [["U0ANA"]]])
def test_a_slack_account_that_cannot_be_read_is_told(slack: Any) -> None:
    _, report = moved(users=[ANA | {"slack": slack}])
    assert {"ana": "it cannot be read in the export: add `slack` to the person"} == said(
        report, "Slack account", Outcome.LEFT
    )


def test_two_integrations_of_a_kind_keep_their_own_routes_and_get_their_own_address(tmp_path: Path) -> None:
    def integration(key: str, name: str, kind: str = "alertmanager") -> dict[str, Any]:
        last = {"escalation_chain_id": None, "slack": {"channel_id": f"C0OPS{key}"}}
        return {"id": key, "name": name, "type": kind, "default_route": last}

    kinds = [integration("A", "Web"), integration("B", "Shop"), integration("P", "Pager", "pagerduty")]
    parts, report = moved(integrations=kinds)
    world = world_of(parts, tmp_path)
    assert {"web": "alertmanager", "shop": "alertmanager"} == dict(world.alerts.senders)
    assert [
        ('source == "alertmanager:web"', ("slack-c0opsa",)),
        ('source == "alertmanager:shop"', ("slack-c0opsb",)),
        ('source == "pagerduty"', ("slack-c0opsp",)),
    ] == [(route.match, route.notify) for route in world.alerts.routes]
    told = said(report, "integration")
    assert "let it send to /hooks/alertmanager/web, with a token" in told["Web"]
    assert "let it send to /hooks/alertmanager/shop, with a token" in told["Shop"]
    assert "let it send to /hooks/events/v2/enqueue, with a token" == told["Pager"]


@pytest.mark.parametrize(
    ("users", "missing"),
    [
        ({"count": 3, "next": "https://x/?page=2", "results": [ANA]}, "INCOMPLETE: 1 of 3 are in the export"),
        (
            {"next": "https://x/?page=2", "results": [ANA]},
            "INCOMPLETE: 1 are in the export, and there are more",
        ),
        ({"total": 2, "items": [ANA]}, "INCOMPLETE: 1 of 2 are in the export"),
        (
            [{"count": 3, "results": [ANA]}, {"count": 3, "results": [BO]}],
            "INCOMPLETE: 2 of 3 are in the export",
        ),
    ],
)
def test_an_export_that_is_cut_off_is_told_to_be_incomplete(users: Any, missing: str) -> None:
    note = said(moved(users=users)[1], "export", Outcome.LEFT)["users"]
    assert note.startswith(missing)
    assert "get the other pages" in note


def test_pages_in_files_of_their_own_are_one_kind(tmp_path: Path) -> None:
    pages = [
        {"count": 2, "next": "https://x/?page=2", "results": [ANA]},
        {"count": 2, "next": None, "results": [BO]},
    ]
    for number, page in enumerate(pages, start=1):
        (tmp_path / f"users.{number}.json").write_text(json.dumps(page))
    parts, report = oncall.parts(load(tmp_path), NOW)
    assert ["ana", "bo"] == list(parts["people"])
    assert report.is_whole
    (tmp_path / "users.2.json").unlink()
    result = CliRunner().invoke(app, ["import", "oncall", str(tmp_path)])
    assert 3 == result.exit_code
    assert "INCOMPLETE: 1 of 2" in result.stderr


@pytest.mark.parametrize("pages", [([ANA], {"results": [BO]}), ({"results": [ANA]}, [BO])])
def test_a_page_may_be_a_plain_list_and_the_next_an_answer(tmp_path: Path, pages: tuple[Any, Any]) -> None:
    for number, page in enumerate(pages, start=1):
        (tmp_path / f"users.{number}.json").write_text(json.dumps(page))
    parts, report = oncall.parts(load(tmp_path), NOW)
    assert ["ana", "bo"] == list(parts["people"])
    assert report.is_whole


def shifts(*own: dict[str, Any]) -> tuple[list[Any], Report]:
    every = {"type": "rolling_users", "start": "2026-01-05T09:00:00", "frequency": "weekly", "duration": WEEK}
    known = [every | {"id": f"S{place}"} | one for place, one in enumerate(own)]
    schedule = {"id": "S", "name": "Primary", "type": "web", "shifts": [one["id"] for one in known]}
    parts, report = moved(users=[ANA, BO], schedules=[schedule], on_call_shifts=known)
    return parts["schedules"]["primary"]["layers"], report


def test_of_two_shifts_of_a_level_that_are_always_on_call_together_one_stays_behind() -> None:
    layers, report = shifts(
        {"name": "A", "rolling_users": [["U1"]]}, {"name": "B", "rolling_users": [["U2"]]}
    )
    assert [["bo"]] == [layer["people"] for layer in layers]
    note = said(report, "shift", Outcome.LEFT)["A"]
    assert "on call at the same time as “B”, of the same level" in note
    assert "give it a schedule of its own" in note


def test_of_two_shifts_of_a_level_the_one_with_fewer_hours_goes_before_the_other() -> None:
    hours = {"frequency": "weekly", "by_day": ["MO"], "duration": 28_800}
    layers, report = shifts(
        {"name": "Mondays", "rolling_users": [["U1"]], **hours}, {"name": "B", "rolling_users": [["U2"]]}
    )
    assert [["bo"], ["ana"]] == [layer["people"] for layer in layers]
    assert "while “Mondays” of the same level is on call too, it is not" in said(report, "shift")["B"]
    assert "" == said(report, "shift")["Mondays"]


@pytest.mark.parametrize(
    "other", [{"level": 1}, {"by_day": ["TU"], "duration": 28_800}, {"start": "2027-01-04T09:00:00"}]
)
def test_shifts_that_are_not_on_call_together_come_along_as_they_are(other: dict[str, Any]) -> None:
    first = {"name": "A", "rolling_users": [["U1"]], "by_day": ["MO"], "duration": 28_800}
    layers, report = shifts(first, {"name": "B", "rolling_users": [["U2"]], **other})
    assert 2 == len(layers)
    assert {} == said(report, "shift", Outcome.LEFT)
