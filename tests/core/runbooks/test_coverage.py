"""What a house is told about runbooks that no policy speaks about."""

from core.runbooks.coverage import uncovered
from tests.core.runbooks.house import NOON, PRODUCTION, book, example

READS = "name: reads\nsteps: [{id: a, action: http, with: {url: x}}]\n"
BARE = "name: bare\nsteps: [{id: a, action: do}]\n"
OUTER = "name: outer\nsteps: [{id: a, runbook: {name: bare}}]\n"


def test_what_changes_something_is_named_with_the_environments_that_no_policy_speaks_about() -> None:
    books = {one.name: one for one in (example("restart-service"), book(READS), book(BARE), book(OUTER))}
    found = uncovered((PRODUCTION,), books, ("production", "staging"), NOON)
    assert {"restart-service": ("staging",), "bare": (), "outer": ()} == found
    everything = PRODUCTION.model_copy(update={"when": "subject.destructive"})
    assert {} == uncovered((everything,), books, ("production", "staging"), NOON)
    unclear = PRODUCTION.model_copy(update={"when": "subject.params.tag == 'x'"})
    assert {} == uncovered((unclear,), books, ("production", "staging"), NOON)
