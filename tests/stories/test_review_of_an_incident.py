"""After an incident people write down what they learnt: in a form, as a file, as data; on every platform the same."""

import asyncio
from pathlib import Path

import aiohttp
import orjson
from typer.testing import CliRunner

from bot.cli.main import app
from core.incidents.review import records
from tests.platforms.discord import FakeDiscord
from tests.platforms.slack import FakeSlack
from tests.stories.house import running, settings
from tests.stories.seats import seats
from tests.stories.test_on_discord import ANA as DISCORD_ANA
from tests.stories.test_on_discord import OPS, SLOW, on_discord, told
from tests.stories.test_on_slack import ANA, BO, on_slack


async def test_on_slack_a_review_is_begun_written_posted_and_finished(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack) as house:
        await slack.command(ANA, "/incident", "declare checkout fails")
        card = await slack.sees(ANA, "INC-1", "Acknowledge")
        await slack.clicks(BO, card, "Acknowledge")
        await slack.mentions(BO, "incident resolve a full disk", thread=card.ts)
        await slack.until(lambda: "Cause: " in card.words(), "the end")
        await slack.clicks(ANA, card, "Review…")
        shown = await slack.sees(ANA, "Review of INC-1", "Bo Lindqvist", "To be written")
        await slack.sees(BO, "Ana Ruiz began the review of INC-1. Bo Lindqvist owns it")
        await slack.clicks(ANA, shown, "Write…")
        modal = await slack.modal(ANA)
        await slack.clicks(BO, shown, "Write…")
        other = await slack.modal(BO)
        await slack.submits(ANA, modal, {"well": "we were quick", "change": "<b>watch</b> the *disks*"})
        await slack.sees(ANA, "The review of INC-1 is version 1 now.")
        await slack.submits(BO, other, {"well": "I was quick"})
        await slack.sees(BO, "Ana Ruiz wrote in it meanwhile: it is version 1 now.")
        await slack.mentions(ANA, "incident postmortem INC-1 owner=@chi due=2030-01-02", thread=card.ts)
        await slack.sees(ANA, "Chi Okafor owns the review of INC-1, until 02 January.")
        await slack.mentions(ANA, "incident postmortem post=true INC-1", thread=card.ts)
        await slack.until(lambda: bool(slack.files.kept), "a file")
        await slack.until(lambda: next(iter(slack.files.kept.values())).is_complete, "the file in its thread")
        (file,) = slack.files.kept.values()
        assert ("inc-1-review.md", ("C0OPS", card.ts)) == (file.name, file.place)
        assert "&lt;b&gt;watch&lt;/b&gt; the \\*disks\\*" in file.data.decode()
        await slack.mentions(ANA, "incident reviewed INC-1")
        await slack.sees(ANA, "The review of INC-1 is done.")
        assert (await house.store.read(records.get, "INC-1")).done is not None


async def test_on_discord_a_review_is_written_and_posted(tmp_path: Path, discord: FakeDiscord) -> None:
    async with on_discord(tmp_path, discord):
        await discord.command(DISCORD_ANA, OPS, "incident declare", {"title": "checkout fails"})
        await discord.until(lambda: "checkout fails" in discord.read(OPS), SLOW)
        asked = await discord.command(DISCORD_ANA, OPS, "incident review", {"id": "INC-1"})
        await discord.until(lambda: asked.modal, SLOW, "the form")
        await discord.submits(DISCORD_ANA, asked, {"summary": "It broke & was mended."})
        await told(discord, DISCORD_ANA, "The review of INC-1 is version 1 now.")
        await discord.command(DISCORD_ANA, OPS, "incident postmortem", {"id": "INC-1", "post": True})
        await discord.until(lambda: "inc-1-review.md" in discord.rest.uploaded, SLOW, "the file")
        assert "It broke &amp; was mended\\." in discord.rest.uploaded["inc-1-review.md"].decode()


async def test_in_the_browser_as_a_page_over_http_and_on_the_command_line_it_is_the_same(
    tmp_path: Path,
) -> None:
    given = settings(tmp_path)
    async with running(given) as house, seats(house.url, "ana") as (ana,):
        await ana.says("/incident declare checkout fails")
        await ana.sees("INC-1", "checkout fails", "open")
        answer = await ana.says("/incident review INC-1")
        await ana.fills(answer, {"lessons": "watch the disks"})
        await ana.sees("The review of INC-1 is version 1 now.")
        await ana.says("/incident postmortem INC-1")
        card = await ana.sees("Review of INC-1", "watch the disks")
        link = next(one["url"] for one in card["controls"] if one["label"] == "Markdown")
        async with aiohttp.ClientSession() as http:
            async with http.get(link) as page:
                words = await page.text()
                assert (200, "text/markdown") == (page.status, page.content_type)
            async with http.get(link.replace(".md?", ".json?")) as page:
                assert words == (await page.json())["markdown"]
            async with http.get(link.replace("?k=", "?k=0")) as page:
                assert 403 == page.status
        assert "watch the disks" in words
    arguments = ["incident", "export", "INC-1", "--config", str(given.config)]
    env = {"WARDROOM_DATABASE_URL": given.database_url.get_secret_value()}
    told_on = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=env)
    assert (0, True) == (told_on.exit_code, "watch the disks" in told_on.stdout), told_on.output
    as_data = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"], env=env)
    assert "watch the disks" == orjson.loads(as_data.stdout)["review"]["sections"]["lessons"]
