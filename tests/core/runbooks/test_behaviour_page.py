"""The page of behaviours names tests that exist."""

import re

from tests.house import ROOT, files

_TEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def test_every_behaviour_that_is_promised_has_its_running_test() -> None:
    page = (ROOT / "docs" / "workflow-behaviour.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    found = {
        name
        for path in files()
        if path.suffix == ".py" and path.name.startswith("test_")
        for name in _TEST.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    assert len(named) > 30
    assert set() == named - found
