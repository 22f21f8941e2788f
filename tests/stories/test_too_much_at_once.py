"""What one person sends too much of costs nobody else anything, and whoever is held back is told once what and when."""

import re
from pathlib import Path

from tests.stories.house import running, settings
from tests.stories.seats import said, seats

OURS = "messages_per_minute: {person: 120, workspace: 600}"


async def test_one_who_floods_is_told_once_and_others_are_answered_until_all_together_is_too_much(
    tmp_path: Path,
) -> None:
    given = settings(tmp_path)
    text = given.config.read_text()
    assert OURS in text
    given.config.write_text(text.replace(OURS, "messages_per_minute: {person: 2, workspace: 6}"))
    async with running(given) as house, seats(house.url, "dev", "ana", "bo", "chi") as (dev, ana, bo, chi):
        for _ in range(10):
            await dev.says("/wardroom help incident", channel="@dev")
        await house.inbox.idle()
        told = await dev.sees("You sent more than 2 requests a minute.")
        assert re.search(r"Nothing was done; try again in \d+ s\.", said(told))
        assert 1 == dev.count("more than")
        for one in (ana, bo):
            for _ in range(2):
                await one.says("/wardroom help incident", channel=f"@{one.persona}")
            await one.sees("/incident declare")
        await house.inbox.idle()
        await chi.says("/wardroom help incident", channel="@chi")
        await chi.sees("All of us together sent more than 6 requests a minute.")
