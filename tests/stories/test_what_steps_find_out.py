"""Steps that ask where figures and logs are kept, from the chat to the outputs."""

from pathlib import Path

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
