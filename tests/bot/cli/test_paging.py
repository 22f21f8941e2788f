"""What `wardroom check` says of paging: a configuration in which a grave incident pages nobody is warned of."""

from pathlib import Path

import pytest

from bot.cli import paging
from bot.cli.parts import Status
from bot.settings import load_settings

_FILE = """
workspace: acme
people: {ana: {name: Ana, slack: U0ANA}}
teams:
  platform: {members: [ana], schedule: primary}
  security: {members: [ana]}
services:
  checkout: {owner: platform}
  vault: {owner: security}
schedules:
  primary: {layers: [{people: [ana], rotate: weekly, start: "2026-01-05T09:00"}]}
"""
_ESCALATION = "escalations: {everybody: {steps: [{people: [ana]}]}}\n"
_NOBODY = "a SEV1 or SEV2 incident without a service pages nobody"


def _said(folder: Path, text: str) -> list[tuple[Status, str, str]]:
    config = folder / "wardroom.yaml"
    config.write_text(text)
    found = paging.parts(load_settings(config=config))
    return [(one.status, one.detail, one.mend) for one in found if one.name == "paging"]


def test_what_belongs_to_nobody_and_pages_nobody_is_warned_of(tmp_path: Path) -> None:
    _, (status, detail, mend) = _said(tmp_path, _FILE + _ESCALATION)
    assert (Status.WARN, f"{_NOBODY}, nor does one of vault") == (status, detail)
    assert "`paging: {escalation: everybody}`" in mend


@pytest.mark.parametrize(
    "paging",
    [
        "{escalation: everybody}",
        "{severities: {critical: everybody, high: everybody}}",
        "{urgency: {critical: low, high: none}}",
    ],
)
def test_an_escalation_for_it_or_none_that_is_wanted_is_fine(tmp_path: Path, paging: str) -> None:
    assert [Status.OK] == [one[0] for one in _said(tmp_path, f"{_FILE}{_ESCALATION}paging: {paging}\n")]


def test_a_house_that_pages_nobody_at_all_is_told_so_and_how_to_say_that_this_is_wanted(
    tmp_path: Path,
) -> None:
    ((status, detail, mend),) = _said(tmp_path, "workspace: acme\n")
    assert (Status.WARN, True) == (status, "there is no schedule and no escalation" in detail)
    assert "urgency: {critical: none, high: none}" in mend
    assert [] == _said(tmp_path, "workspace: acme\npaging: {urgency: {critical: none, high: none}}\n")
