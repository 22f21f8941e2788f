"""A runbook that asks people who do not exist is a mistake when it is read, not when it waits for them."""

from pathlib import Path

import pytest

from bot.configuration import load_world, read_library
from bot.settings import load_settings
from core.errors import ConfigError

CONTRACT = Path(__file__).parents[1] / "data" / "contract"

BOOK = """\
name: ask-first
steps:
  - id: ask
    approval:
      reason: May it?
      ask:
        - {person: ana}
        - %s
      veto: [{role: security}]
"""


def mistakes(folder: Path, entry: str, *, more: str = "", veto: str = "") -> list[str]:
    book = (BOOK % entry).replace("{role: security}", veto or "{role: security}")
    (folder / "books").mkdir(exist_ok=True)
    (folder / "books" / "ask-first.yaml").write_text(book)
    text = (CONTRACT / "wardroom.yaml").read_text().replace("runbooks: [./runbooks]", "runbooks: [./books]")
    text = text.replace("    runbooks: [restart-service]\n", "").replace(
        ", runbooks: [database-failover]", ""
    )
    (folder / "wardroom.yaml").write_text(text + more)
    try:
        load_world(load_settings(config=folder / "wardroom.yaml"))
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "entry",
    [
        "{role: sre, must: true}",
        "{team: security}",
        "{team: platform, oncall: true}",
        "{schedule: platform-primary}",
    ],
)
def test_whoever_there_is_can_be_asked(tmp_path: Path, entry: str) -> None:
    assert [] == mistakes(tmp_path, entry)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{role: sra}", "Unknown role `sra`. Did you mean `sre`?"),
        ("{team: platfrm}", "Unknown team `platfrm`. Did you mean `platform`?"),
        ("{person: chie}", "Unknown person `chie`. Did you mean `chi`?"),
        ("{person: rex}", "Unknown person `rex`."),
        (
            "{schedule: platform-primry}",
            "Unknown schedule `platform-primry`. Did you mean `platform-primary`?",
        ),
        ("{team: security, oncall: true}", "security has no schedule."),
        ("{role: sre, oncall: true}", "`oncall` is for a team."),
        ("{role: sre, team: platform}", "This names 2 of role, team, person and schedule."),
        ("{must: true}", "This names 0 of role, team, person and schedule."),
    ],
)
def test_a_name_that_is_nobody_is_told_with_its_line_and_the_nearest(
    tmp_path: Path, entry: str, said: str
) -> None:
    (found,) = mistakes(tmp_path, entry)
    assert "ask-first.yaml:8:" in found
    assert said in found


def test_so_is_a_veto_of_nobody(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, "{role: sre}", veto="{role: securty}")
    assert "ask-first.yaml:9:" in found
    assert "Unknown role `securty`. Did you mean `security`?" in found


def test_while_the_configuration_itself_has_mistakes_names_are_not_missed(tmp_path: Path) -> None:
    assert ["Unknown key `rols`"] == [
        one.split(": ", 1)[1][:18] for one in mistakes(tmp_path, "{role: sra}", more="rols: {}\n")
    ]


def test_a_runbook_by_itself_is_read_without_knowing_people(tmp_path: Path) -> None:
    mistakes(tmp_path, "{role: sra}")
    assert ["ask-first"] == list(read_library([tmp_path / "books"]))
