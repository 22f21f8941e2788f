"""Which of the cards of role holders an incident that changed has to show anew."""

from typing import Any

import pytest

from core.incidents.briefed import stale
from core.incidents.incident import Incident, State
from tests.stores import START

OLD, NEW, NOTES = "INC-1:commander:a", "INC-1:commander:b", "INC-1:scribe:c"
INCIDENT = Incident(
    id="INC-1",
    title="checkout is down",
    severity=1,
    state=State.OPEN,
    lead="ana",
    declared_by="dev",
    declared_name="Dev",
    created=START,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"severity": 2}, [NEW, NOTES]),
        ({"update": "it is calm"}, [NEW, NOTES]),
        ({"state": State.RESOLVED}, [OLD, NEW, NOTES]),
        ({"lead": "bo"}, [OLD, NEW, NOTES]),
        ({"scribe": "bo"}, [NEW, NOTES]),
        # A task was added, it was given to a team, somebody said of which kind it is.
        ({}, []),
        ({"team": "platform", "category": "network", "version": 2}, []),
    ],
)
def test_only_what_says_something_else_is_shown_anew(changes: dict[str, Any], expected: list[str]) -> None:
    assert expected == stale(INCIDENT, INCIDENT.model_copy(update=changes), [OLD, NEW, NOTES])
