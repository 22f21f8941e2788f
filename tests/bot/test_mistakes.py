"""Mistakes of alerts, and mistakes that would hide others: all are told when the file is read."""

from pathlib import Path

import pytest

from bot.configuration import load_world
from bot.settings import load_settings
from core.errors import ConfigError


def mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with a file; nothing if it can be used."""
    path = folder / "wardroom.yaml"
    path.write_text(f"workspace: acme\n{text}")
    try:
        load_world(load_settings(config=path, secret_key="k" * 40))
    except ConfigError as error:
        return [str(problem).removeprefix(f"{path}:") for problem in error.problems]
    return []


def test_all_mistakes_of_an_item_of_a_list_are_told_at_once(tmp_path: Path) -> None:
    steps = "{schedule: platform-primry, wait: 1x}, {team: platfrm}"
    found = mistakes(tmp_path, f"escalations:\n  night: {{steps: [{steps}]}}\n")
    assert {"`1x` is not a duration", "Unknown schedule `platform-primry`", "Unknown team `platfrm`"} == {
        one.split(": ", 1)[1].split(".")[0] for one in found
    }


def test_mistakes_of_every_item_of_a_list_hide_nothing_else(tmp_path: Path) -> None:
    found = " ".join(mistakes(tmp_path, "escalations: {night: {steps: [{team: platfrm, wait: 1x}]}}\n"))
    assert "`1x` is not a duration" in found
    assert "Unknown team `platfrm`" in found


def test_the_service_of_a_heartbeat_with_other_mistakes_is_looked_for(tmp_path: Path) -> None:
    found = " ".join(mistakes(tmp_path, "heartbeats: {backup: {every: 1, grace: soon, service: userdb}}\n"))
    assert "`1` is not a duration" in found
    assert "`soon` is not a duration" in found
    assert "Unknown service `userdb`" in found


@pytest.mark.parametrize("written", ["[{a: 1}]", "7", "text", "{b: [1]}"])
def test_heartbeats_that_are_none_are_told_as_such(tmp_path: Path, written: str) -> None:
    (said,) = mistakes(tmp_path, f"heartbeats: {written}\n")
    assert "must be a mapping" in said


def test_a_sender_that_is_not_known_is_an_unknown_key(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "alerts:\n  hooks: {alertmanagr: {secret_env: X}}\n")
    assert "Unknown key `alertmanagr` in `alerts.hooks`. Did you mean `alertmanager`?" in said


GENERIC = "alerts:\n  generic:\n    shop: {{{}fingerprint: item.id, name: body.title, labels: {{team: item.team}}}}\n"


def test_a_mapping_that_reads_items_of_no_list_is_told_at_load(tmp_path: Path) -> None:
    first, second = mistakes(tmp_path, GENERIC.format(""))
    assert first.startswith("4:12: `fingerprint` reads `item`, and there is no `each` that gives items.")
    assert "`team` reads `item`" in second
    assert [] == mistakes(tmp_path, GENERIC.format("each: body.alerts, "))


def test_a_name_that_an_expression_gives_itself_is_no_item(tmp_path: Path) -> None:
    mapping = '{fingerprint: body.id, name: \'body.all.exists(item, item.bad) ? "a" : "b"\'}'
    assert [] == mistakes(tmp_path, f"alerts: {{generic: {{shop: {mapping}}}}}\n")


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "never"),
    [
        ("2026-03-08T04:00", "2026-03-07T22:00", "", True),
        ("2026-03-07T22:00", "2026-03-07T22:00", "", True),
        ("2026-03-07T22:00", "2026-03-08T04:00", "", False),
        ("2026-03-07T22:00+00:00", "2026-03-07T22:30", "Europe/Berlin", True),
        ("2026-03-07T22:00+00:00", "2026-03-07T22:30", "America/New_York", False),
    ],
)
def test_a_window_that_ends_before_it_begins_is_told_at_load(
    tmp_path: Path, begins: str, ends: str, zone: str, never: bool
) -> None:
    of = f", timezone: {zone}" if zone else ""
    window = f'{{name: move, match: "true", from: "{begins}", to: "{ends}"{of}}}'
    found = mistakes(tmp_path, f"alerts:\n  windows:\n    - {window}\n")
    assert never == any("The window `move` ends before it begins, so it never holds." in one for one in found)
    assert never or [] == found
