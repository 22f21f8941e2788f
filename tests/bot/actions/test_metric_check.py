"""The action `metric.check`, against a server that answers as Prometheus does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.actions.metric_check import MetricArgs, MetricCheck
from bot.backends.prometheus import Prometheus
from core.clock import ManualClock
from core.runbooks.action import ActionFailed
from tests.bot.actions.test_calls import context
from tests.stores import START

NOW = {
    "one": {"resultType": "vector", "result": [{"metric": {"db": "u"}, "value": [1, "2.5"]}]},
    "two": {"resultType": "vector", "result": [{"value": [1, "1"]}, {"value": [1, "2"]}]},
    "none": {"resultType": "vector", "result": []},
    "nan": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "NaN"]}]},
    "scalar": {"resultType": "scalar", "result": [1, "4"]},
    "matrix": {"resultType": "matrix", "result": []},
    "odd": {"resultType": "vector", "result": [{"metric": {}}]},
}
VALUES = [[1, "0.2"], [2, "NaN"], [3, "0.6"], [4, "0.1"]]
SEEN: list[dict[str, str]] = []


async def _answer(request: web.Request) -> web.StreamResponse:
    SEEN.append(dict(request.query))
    promql = request.query["query"]
    if promql == "slow":
        await asyncio.Event().wait()
    if request.path == "/api/v1/query_range":
        found: object = {"resultType": "matrix", "result": [{"metric": {"db": "u"}, "values": VALUES}]}
    else:
        found = NOW.get(promql)
    if found is None:
        return web.json_response({"status": "error", "error": "parse error at 1"}, status=400)
    return web.json_response({"status": "success", "data": found})


@pytest.fixture
async def check() -> AsyncIterator[MetricCheck]:
    SEEN.clear()
    app = web.Application()
    app.router.add_get("/{path:.*}", _answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield MetricCheck(Prometheus(f"http://127.0.0.1:{runner.addresses[0][1]}/", ManualClock(START)))
    await runner.cleanup()


async def test_a_query_gives_one_figure(check: MetricCheck) -> None:
    found = await check.run(MetricArgs(promql="one"), context())
    assert found == {"value": 2.5, "labels": {"db": "u"}, "lowest": 2.5, "highest": 2.5, "mean": 2.5}
    assert (await check.run(MetricArgs(promql="scalar"), context()))["value"] == 4.0


@pytest.mark.parametrize(
    ("promql", "words"),
    [
        ("two", "2 series"),
        ("none", "no data"),
        ("nan", "NaN"),
        ("matrix", "matrix"),
        ("odd", "another form"),
        ("sum(", "parse error at 1"),
    ],
)
async def test_what_is_not_one_number_is_no_figure(check: MetricCheck, promql: str, words: str) -> None:
    with pytest.raises(ActionFailed, match=words):
        await check.run(MetricArgs(promql=promql), context())


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ({"above": 2.5}, "It is 2.5, and has to be above 2.5."),
        ({"below": 2.5}, "It is 2.5, and has to be below 2.5."),
        ({"at_least": 3}, "It is 2.5, and has to be at least 3."),
        ({"at_most": 2}, "It is 2.5, and has to be at most 2."),
        ({"at_least": 2.5, "at_most": 2.5, "above": 2, "below": 3}, ""),
    ],
)
async def test_a_figure_is_held_against_its_bounds(
    check: MetricCheck, bound: dict[str, float], words: str
) -> None:
    args = MetricArgs.model_validate({"promql": "one", **bound})
    if not words:
        assert (await check.run(args, context()))["value"] == 2.5
        return
    with pytest.raises(ActionFailed) as failed:
        await check.run(args, context())
    assert (failed.value.why, failed.value.retriable) == (words, True)


async def test_over_a_window_every_value_has_to_be_so(check: MetricCheck) -> None:
    args = MetricArgs.model_validate({"promql": "one", "below": 0.7, "window": "10m"})
    found = await check.run(args, context())
    assert {name: found[name] for name in ("value", "lowest", "highest")} == {
        "value": 0.1,
        "lowest": 0.1,
        "highest": 0.6,
    }
    end = START.timestamp()
    assert [f"{end - 600:.3f}", f"{end:.3f}", "2.500"] == [
        SEEN[-1][name] for name in ("start", "end", "step")
    ]
    with pytest.raises(ActionFailed, match=r"It is 0\.6, and has to be below 0.5 for 10m"):
        await check.run(args.model_copy(update={"below": 0.5}), context())


async def test_a_query_ends_when_it_is_told_to_stop(check: MetricCheck) -> None:
    stop = asyncio.Event()
    query = asyncio.ensure_future(check.run(MetricArgs(promql="slow"), context(stop)))
    await asyncio.wait({query}, timeout=0.1)
    stop.set()
    with pytest.raises(ActionFailed, match="stopped"):
        await asyncio.wait_for(query, 2)


async def test_without_a_prometheus_the_step_says_how_to_name_one() -> None:
    with pytest.raises(ActionFailed, match="backends"):
        await MetricCheck(None).run(MetricArgs(promql="up"), context())


async def test_a_prometheus_that_is_not_there_can_be_asked_again() -> None:
    check = MetricCheck(Prometheus("http://127.0.0.1:9", ManualClock(START)))
    with pytest.raises(ActionFailed, match="Prometheus: The call failed") as failed:
        await check.run(MetricArgs(promql="up"), context())
    assert failed.value.retriable


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        MetricArgs(promql="up", window=timedelta(0))
