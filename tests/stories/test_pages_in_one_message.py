"""Several pages at once: the first rings at once, the others together; each is taken on its own, or all of them."""

import re
from datetime import timedelta
from pathlib import Path

import aiohttp

from core.paging.page import State
from tests.stories.night import links, night


async def test_pages_that_come_together_ring_once_and_are_taken_one_by_one_or_together(
    tmp_path: Path,
) -> None:
    async with (
        night(tmp_path) as told,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        for title in ("checkout is down", "payments is slow", "search is empty", "mail is late"):
            await told.starts(title)
        await told.hears(("ana", "slack", "PG-1"), ("ana", "discord", "PG-1"))
        # What waits survives the process that let it wait.
        await told.restarts(after=timedelta(seconds=20))
        await told.hears()
        await told.passes(seconds=10)
        said = "3 pages wait for an answer"
        await told.hears(("ana", "slack", said), ("ana", "discord", said))
        assert "I take all 3" in str(told.last("ana"))
        await told.slack.clicks("U0ANA", told.last("ana"), "I take PG-3")
        await told.slack.sees("U0ANA", "PG-3 is yours: search is empty.")
        await told.settles()
        await told.slack.sees("U0ANA", "2 of 3 pages wait for an answer", "Ana Ruiz has it")

        await told.passes(seconds=90)
        await told.hears(("ana", "sms", "Page PG-1: checkout is down."), ("ana", "email", "PG-1"))
        await told.passes(seconds=30)
        one = "2 pages: PG-2 payments is slow, and 1 more"
        await told.hears(("ana", "sms", f"{one}. PG-4: mail is late."), ("ana", "email", one))
        (link,) = links(told.phones.messages[-1]["body"])
        async with http.get(link) as opened:
            text = await opened.text()
        assert ["Ana Ruiz takes both", "Ana Ruiz takes PG-2", "Ana Ruiz takes PG-4"] == re.findall(
            r">(Ana Ruiz takes [^<]*)<", text
        )
        form = dict(re.findall(r'name="(k|form)" value="([^"]*)"', text))
        where, ours = link.partition("?")[0], {"Origin": told.house.url}
        async with http.post(where, data={**form, "page": "PG-4"}, headers=ours) as answered:
            text = await answered.text()
        assert "PG-4 is yours: mail is late." in text
        assert "takes both" not in text
        assert State.CALLING is (await told.page("PG-2")).state

        await told.discord.clicks("1001", await told.discord.sees("91001", "PG-2"), "I take PG-2")
        await told.settles()
        assert ("ana", State.TAKEN) == ((await told.page("PG-2")).owner, (await told.page("PG-2")).state)
        assert State.CALLING is (await told.page("PG-1")).state
        await told.slack.sees("U0ANA", "3 pages, all answered or over")
        await told.ends("PG-1")


async def test_all_of_a_message_are_taken_at_once_and_no_more_than_these(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        for title in ("checkout is down", "payments is slow", "search is empty"):
            await told.starts(title)
        await told.slack.command("U0DEV", "/oncall", "page PG-2")
        await told.slack.sees("U0DEV", "PG-2", "Slack … in one message with others")
        await told.passes(seconds=30)
        await told.slack.clicks("U0ANA", told.last("ana"), "I take both")
        await told.slack.sees(
            "U0ANA",
            "PG-2 is yours: payments is slow. Nobody else is called. PG-3 is yours: search is empty. Nobody else is called. "
            "PG-1 still calls you: checkout is down.",
        )
        await told.slack.command("U0ANA", "/oncall", "contact")
        await told.slack.sees(
            "U0ANA", "Several at once: the first at once, what follows within 30s as one message"
        )
        assert State.CALLING is (await told.page("PG-1")).state
        await told.ends("PG-1")
