"""Talks at the local workspace: what was asked stays asked, answers come in people's own words, and “it” is what was named."""

from pathlib import Path

from core.incidents import records as incidents
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats


async def test_a_question_stays_open_is_answered_in_own_words_and_corrected_later(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("deploy checkout")
        thread = (await dev.sees("Choose, or answer in this thread.", "for @Dev Patel"))["thread"]
        await dev.says("how is payments?", thread=thread)
        await dev.sees("payments: ")
        await dev.says("and user-db?", thread=thread)
        await dev.sees("user-db: ")
        await dev.says("hm, 1.4.2 should be fine I think", thread=thread)
        await ana.sees("Approval needed", "deploy of checkout in staging", "1.4.2")
        await dev.says("production, sorry", thread=thread)
        await ana.sees("Approval needed", "deploy of checkout in production", "1.4.2")
        await dev.says("not checkout, payments", thread=thread)
        await ana.sees("Approval needed", "deploy of payments in production", "1.4.2")
        await audited(house)


async def test_the_incident_that_was_opened_is_it(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana") as (ana,):
        await ana.says("@wardroom can u open an incident, customers cannot pay, sev2", channel="dev")
        await ana.sees("Declare an incident?", "Nothing was done yet")
        await ana.says("@wardroom great, go ahead", channel="dev")
        await ana.sees("You declared INC-1")
        await ana.says("@wardroom its timeline", channel="dev")
        await ana.sees("INC-1", "declared")
        await ana.says("@wardroom hm, make it sev1", channel="dev")
        await ana.sees("INC-1 is SEV1 now.")
        await ana.says("@wardroom ok, close it", channel="dev")
        await ana.sees("INC-1: customers cannot pay", "Nothing was done yet")
        await ana.says("yes", channel="dev")
        await ana.sees("INC-1", "resolved")
        assert "resolved" == str((await house.store.read(incidents.get, "INC-1")).state)
        await audited(house)
