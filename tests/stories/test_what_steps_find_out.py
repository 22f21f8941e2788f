"""Steps that ask where figures and logs are kept, from the chat to the outputs."""

from pathlib import Path

import pytest
from aiohttp import web

from tests.platforms.loki import FakeLoki
from tests.stories.steps import staged

LOOK = """
name: look
params: {what: {type: string, default: declined}}
steps:
  - id: look
    action: log.search
    with: {labels: {app: checkout}, contains: "${{ params.what }}", window: 1h, limit: 3}
    outputs: {count: "${{ result.count }}", excerpt: "${{ result.excerpt }}"}
  - id: tell
    needs: [look]
    action: chat.post
    with: {text: "${{ string(steps.look.outputs.count) }} times: ${{ steps.look.outputs.excerpt }}"}
"""


async def test_what_logs_say_is_counted_and_told_in_the_thread(tmp_path: Path) -> None:
    loki = FakeLoki()
    await loki.start()
    try:
        more = {"backends": {"logs": {"loki": loki.address}}}
        async with staged(tmp_path, LOOK, more) as on:
            now = int(on.house.clock.now().timestamp()) * 1_000_000_000
            loki.lines = [
                ({"app": "checkout"}, now - 5_000_000_000 - one, 'card "x" declined') for one in range(5)
            ]
            await on.dev.says("/runbook run look")
            assert (await on.outputs("look"))["count"] == 5
            await on.dev.sees("5 times: ", 'card "x" declined')
    finally:
        await loki.stop()


SUITE = """
name: check
steps:
  - {id: check, action: tests.run, with: {suite: own}, outputs: {said: "${{ result.said }}", passed: "${{ result.passed }}"}}
  - {id: tell, needs: [check], action: chat.post, with: {text: "Own: ${{ steps.check.outputs.said }}"}}
"""


async def test_a_suite_is_run_from_the_chat_and_shows_how_far_it_is(tmp_path: Path) -> None:
    go = tmp_path / "go"
    command = ["sh", "-c", f'echo "3 of 8 done"; while [ ! -e {go} ]; do sleep 0.02; done; cp "$1" "$0"']
    report = tmp_path / "kept.xml"
    report.write_text('<testsuite><testcase name="a" time="1"/><testcase name="b"/></testsuite>')
    suites = {
        "own": {"directory": str(tmp_path), "runner": "junit", "command": [*command, "{report}", str(report)]}
    }
    async with staged(tmp_path, SUITE, {"suites": suites}) as on:
        await on.dev.says("/runbook run check")
        await on.dev.sees("check", "running", "3 of 8 done")
        go.touch()
        assert (await on.outputs("check"))["passed"] == 2
        await on.dev.sees("Own: 2 passed in 1.0 s")
        await on.dev.sees("check: done")
        assert on.dev.count("3 of 8 done") == 0


PYTHON = """
name: add
params: {by: {type: integer, default: 2}}
steps:
  - id: add
    action: python
    with: {function: own.add, args: {a: 40, b: "${{ params.by }}"}}
    destructive: false
    outputs: {sum: "${{ result.value }}"}
"""


async def test_a_function_of_an_installed_package_is_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_sums.py").write_text("def add(a, b):\n    return a + b\n")
    info = tmp_path / "own_sums-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-sums\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[wardroom.functions]\nown.add = own_sums:add\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    async with staged(tmp_path, PYTHON, {"actions": {"python": {"allow": ["own.add"]}}}) as on:
        await on.dev.says("/runbook run add by=2")
        assert await on.outputs("add") == {"sum": 42}


CHECK = """
name: settle
steps:
  - id: errors
    action: metric.check
    with: {promql: "rate(errors[5m])", below: 0.01}
    retries: 3
    backoff: {type: constant, base: 10ms}
    outputs: {value: "${{ result.value }}"}
"""


async def test_a_figure_that_is_not_yet_right_is_asked_for_again(tmp_path: Path) -> None:
    values = ["0.3", "0.2", "0.004"]

    async def answer(request: web.Request) -> web.Response:
        assert request.query["query"] == "rate(errors[5m])"
        found = [{"metric": {}, "value": [1, values.pop(0)]}]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": found}})

    app = web.Application()
    app.router.add_get("/api/v1/query", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        more = {"backends": {"metrics": {"prometheus": f"http://127.0.0.1:{runner.addresses[0][1]}"}}}
        async with staged(tmp_path, CHECK, more) as on:
            await on.dev.says("/runbook run settle")
            assert await on.outputs("errors") == {"value": 0.004}
            assert (await on.ended()).steps["errors"].failures == 2
    finally:
        await runner.cleanup()
