"""The action `log.search`, against a server that answers as Loki does."""

from collections.abc import AsyncIterator

import pytest
from pydantic import ValidationError

from bot.actions.log_search import LogSearch, SearchArgs
from bot.backends.loki import Loki
from core.clock import ManualClock
from core.runbooks.action import ActionFailed
from tests.bot.actions.test_calls import context
from tests.platforms.loki import FakeLoki
from tests.stores import START

NOW = int(START.timestamp()) * 1_000_000_000
MINUTE = 60 * 1_000_000_000


@pytest.fixture
async def loki() -> AsyncIterator[FakeLoki]:
    server = FakeLoki()
    for minute in range(30):
        server.lines.append(({"app": "checkout"}, NOW - minute * MINUTE - 1, f"error {minute} card declined"))
    server.lines.append(({"app": "payments"}, NOW - 1, "error elsewhere"))
    server.lines.append(({"app": 'a"} or {x="y'}, NOW - 1, 'say "hi" \\ `now`\x1b[31m\u202eevil'))
    await server.start()
    yield server
    await server.stop()


async def search(loki: FakeLoki, **given: object) -> dict[str, object]:
    """What a step gets."""
    action = LogSearch(Loki(loki.address, ManualClock(START)))
    return await action.run(SearchArgs.model_validate(given), context())


async def test_the_lines_of_a_window_are_counted_and_the_newest_are_shown(loki: FakeLoki) -> None:
    found = await search(loki, labels={"app": "checkout"}, contains="error", window="10m", limit=2)
    assert found["count"] == 10
    assert found["query"] == '{app="checkout"} |= "error"'
    assert [line.split(" ", 1)[1] for line in found["lines"]] == [  # type: ignore[attr-defined]
        "error 0 card declined",
        "error 1 card declined",
    ]
    assert found["excerpt"] == "\n".join(found["lines"])  # type: ignore[arg-type]


async def test_what_lines_must_not_say_is_left_out(loki: FakeLoki) -> None:
    found = await search(loki, labels={"app": "checkout"}, without=["declined"])
    assert (found["count"], found["lines"]) == (0, [])


async def test_whatever_a_value_contains_it_stays_a_value(loki: FakeLoki) -> None:
    found = await search(loki, labels={"app": 'a"} or {x="y'}, contains=['"hi" \\', "`now`\x1b"])
    assert found["count"] == 1
    assert str(found["excerpt"]).endswith('say "hi" \\ `now`[31mevil')


@pytest.mark.parametrize("labels", [{'app="x", y': "1"}, {"app": ""}, {"": "x"}])
async def test_what_names_no_stream_is_refused(loki: FakeLoki, labels: dict[str, str]) -> None:
    with pytest.raises(ActionFailed, match=r"name of a label|needs a label"):
        await search(loki, labels=labels)
    assert loki.asked == []


async def test_long_lines_and_many_are_cut(loki: FakeLoki) -> None:
    loki.lines = [({"app": "x"}, NOW - number - 1, "y" * 9_000) for number in range(100)]
    found = await search(loki, labels={"app": "x"}, limit=100)
    assert found["count"] == 100
    assert len(str(found["excerpt"])) <= 16 * 1024


async def test_a_loki_that_is_not_there_can_be_asked_again() -> None:
    action = LogSearch(Loki("http://127.0.0.1:9", ManualClock(START)))
    with pytest.raises(ActionFailed, match="Loki: The call failed") as failed:
        await action.run(SearchArgs(labels={"app": "x"}), context())
    assert failed.value.retriable


async def test_without_a_loki_the_step_says_how_to_name_one() -> None:
    with pytest.raises(ActionFailed, match="backends"):
        await LogSearch(None).run(SearchArgs(labels={"app": "x"}), context())


def test_a_search_through_everything_is_refused() -> None:
    with pytest.raises(ValidationError):
        SearchArgs(labels={})
