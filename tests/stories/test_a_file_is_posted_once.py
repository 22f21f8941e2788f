"""A file that was posted although nobody heard so, for a lost answer or a crash, is looked for and not posted again."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from bot.app import House
from core.store import dispatch, outbox_rows
from core.store.engine import Unit
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, told
from tests.stories.test_on_slack import ANA, on_slack


def _as_if_it_had_died(unit: Unit) -> None:
    row = outbox_rows.OUTBOX
    mine = sa.update(row).where(row.c.kind == "file")
    assert 1 == unit.conn.execute(mine.values(state="sending", process="a process that is gone")).rowcount


async def _is_recorded(house: House) -> None:
    async def waits() -> bool:
        return await house.store.read(dispatch.backlog) == 0

    async with asyncio.timeout(SLOW):
        while not await waits():
            await house.sender.measure()


async def test_on_slack_neither_a_lost_answer_nor_a_crash_posts_it_again(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "Acknowledge")
        await slack.mentions(ANA, "incident resolve a full disk", thread=card.ts)
        await slack.until(lambda: "Cause: " in card.words(), "the end")
        await slack.mentions(ANA, "incident review INC-1 we were slow", thread=card.ts)
        await slack.sees(ANA, "Review of INC-1")
        slack.deaf_to = ["files.completeUploadExternal"]
        await slack.mentions(ANA, "incident postmortem post=true INC-1", thread=card.ts)
        await slack.until(lambda: "conversations.replies" in slack.calls and not slack.deaf_to, "the search")
        await _is_recorded(house)
        assert 1 == len([one for one in slack.messages() if one.files])
        assert 1 == slack.calls.count("files.completeUploadExternal")
        await house.store.transact(_as_if_it_had_died)
        assert 1 == await house.sender.reconcile()
        await _is_recorded(house)
        assert 1 == len([one for one in slack.messages() if one.files])
        # Somebody who wants it again gets it again.
        await slack.mentions(ANA, "incident postmortem post=true INC-1", thread=card.ts)
        await slack.until(lambda: 2 == len([one for one in slack.messages() if one.files]), "it once more")


async def test_on_discord_neither(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord) as house:
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await discord.until(lambda: "checkout fails" in discord.read(OPS), SLOW)
        asked = await discord.command(DISCORD_ANA, OPS, "incident review", {"id": "INC-1"})
        await discord.until(lambda: asked.modal, SLOW, "the form")
        await discord.submits(DISCORD_ANA, asked, {"summary": "It broke."})
        await told(discord, DISCORD_ANA, "The review of INC-1 is version 1 now.")
        await discord.command(DISCORD_ANA, OPS, "incident postmortem", {"id": "INC-1", "post": True})
        await discord.until(lambda: "inc-1-review.md" in discord.rest.uploaded, SLOW, "the file")
        await _is_recorded(house)
        discord.forget_nonces()
        before = len(discord.rest.calls)
        await house.store.transact(_as_if_it_had_died)
        assert 1 == await house.sender.reconcile()
        await _is_recorded(house)
        assert not [one for one in discord.rest.calls[before:] if one.startswith("POST")]
