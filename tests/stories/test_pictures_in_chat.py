"""The steps of a run as a picture, in each chat as that chat shows pictures."""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from struct import unpack
from typing import Any

import pytest

from bot.sending import raster
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import Said
from tests.stories.steps import staged
from tests.stories.test_on_discord import ANA, OPS, on_discord
from tests.stories.test_on_slack import on_slack

BOOK = """
name: two
steps:
  - {id: first, name: "First <b>", action: shell, with: {argv: [echo, a]}}
  - {id: ask, needs: [first], approval: {reason: Sure?, ask: [{role: sre}]}}
  - {id: second, needs: [ask], action: chat.post, with: {text: Done}}
"""
ALT = "First <b>: done, changes things. ask: waits for people, after First <b>. second: not begun, after ask."


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = unpack(">II", png[16:24])
    return width, height


async def test_on_the_local_page_it_stands_in_the_message_with_words_for_those_who_do_not_see_it(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, BOOK) as on:
        await on.dev.says("/runbook run two")
        card = await on.dev.sees("two: waits for people")
        await on.dev.presses(card, "Picture")
        message = await on.ana.sees("drawn when this was sent")
        found = re.search(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', message["html"])
        assert found is not None
        assert size_of(base64.b64decode(found[1])) == (428, 484)
        assert found[2] == ALT.replace("<", "&lt;").replace(">", "&gt;")


async def test_a_runbook_that_nobody_has_run_can_be_drawn_and_what_there_is_not_is_told(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, BOOK) as on:
        await on.dev.says("/runbook graph two")
        assert "<img" in (await on.ana.sees("The steps of two"))["html"]
        await on.dev.says("/runbook graph three")
        await on.dev.sees("There is nothing to draw of “three”.")


async def test_without_the_library_the_words_stand_there_and_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    async with staged(tmp_path, BOOK) as on:
        await on.dev.says("/runbook graph two")
        message = await on.ana.sees("pip install 'wardroom-chatops[pictures]'", "second: planned, after ask.")
        assert "<img" not in message["html"]


async def test_on_slack_it_is_uploaded_once_and_shown_when_slack_can(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack):
        slack.refuse_next["chat.postMessage"] = [(503, {"ok": False, "error": "service_unavailable"})]
        await slack.says("U0ANA", "<@U0BOT> /runbook graph restart-service")
        await slack.until(lambda: bool(_with_picture(slack)))
        (said,) = _with_picture(slack)
        (file,) = slack.files.kept.values()
        assert size_of(file.data)[0] > 400
        assert file.alt.startswith("Restart: planned, changes things.")
        assert said.thread is not None


async def test_where_slack_takes_no_file_the_words_come_without_it(tmp_path: Path, slack: FakeSlack) -> None:
    slack.files.lacks = "files:write"
    async with on_slack(tmp_path, slack):
        await slack.says("U0ANA", "<@U0BOT> /runbook graph restart-service")
        await slack.until(lambda: any("files:write" in one.words() for one in slack.messages()))
        (found,) = (one for one in slack.messages() if "files:write" in one.words())
        assert "Restart: planned, changes things." in found.words()


async def test_on_discord_it_is_attached(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord):
        await discord.command(ANA, OPS, "runbook graph", {"id": "restart-service"})
        await discord.until(lambda: discord.rest.uploaded)
        assert size_of(discord.rest.uploaded["picture-1.png"])[0] > 400


def test_a_drawing_of_hundreds_of_steps_stays_within_what_chats_take() -> None:
    from core.runbooks.execution import Node
    from core.runbooks.graph import lay_out

    nodes = [
        Node(id=f"s{n}", name="x" * 40, kind="action", needs=(f"s{n - 1}",) if n else ()) for n in range(500)
    ]
    drawn = raster.png(lay_out(nodes, {}), "Steps")
    assert max(size_of(drawn)) <= 8_000
    assert len(drawn) < raster.LARGEST


def test_only_a_picture_may_stand_inside_a_page() -> None:
    from bot.html import safe_url

    assert safe_url("data:image/png;base64,aGk=") == "data:image/png;base64,aGk="
    for url in (
        'data:image/png;base64,aGk="><script>',
        "data:text/html;base64,aGk=",
        "data:image/svg+xml,<svg/>",
    ):
        assert safe_url(url) == ""


def _with_picture(slack: FakeSlack) -> list[Said]:
    shown: Callable[[dict[str, Any]], bool] = lambda block: block.get("type") == "image"  # noqa: E731 - it is typed
    return [one for one in slack.messages() if any(map(shown, one.blocks))]
