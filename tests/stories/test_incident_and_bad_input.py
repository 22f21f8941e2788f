"""An incident from its declaration to its end, and what people get who ask for what cannot be."""

from pathlib import Path

import pytest

from core.incidents import records as incidents
from core.incidents.incident import State
from core.runbooks import records as runs
from tests.stories.house import audited, running, settings
from tests.stories.seats import seats


async def test_an_incident_is_declared_worked_on_with_a_runbook_and_resolved(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana", "dev") as (ana, dev):
        form = await ana.says("/incident")
        assert form["form"]["title"]
        await ana.fills(
            form, {"title": "Checkout fails for everybody", "severity": "1", "service": "checkout"}
        )
        card = await dev.sees("SEV1 · INC-1 · Checkout fails for everybody")
        await ana.presses(card, "Acknowledge")
        await dev.sees("Ana Ruiz acknowledged")
        form = await ana.presses(await ana.sees("SEV1 · INC-1"), "Post update")
        await ana.fills(form, {"text": "A bad deploy; rolling back."}, card)
        await dev.sees("Ana Ruiz", "A bad deploy; rolling back.")
        await ana.chooses(await ana.sees("INC-1 · Checkout fails"), "Severity", "2")
        await dev.sees("SEV2 · INC-1 · Checkout fails for everybody")
        form = await ana.presses(await ana.sees("SEV2 · INC-1"), "Run restart-service")
        if "form" in form:
            await ana.fills(form, {"service": "checkout", "environment": "staging"}, card)
        await dev.sees("restart-service of checkout in staging: done")
        await dev.sees("RUN-1", "restart-service")
        form = await ana.presses(await ana.sees("SEV2 · INC-1"), "Resolve")
        await ana.fills(form, {"cause": "a bad deploy"}, card)
        await dev.sees("Ana Ruiz resolved", "a bad deploy")
        assert (await house.store.read(incidents.get, "INC-1")).state is State.RESOLVED
        told = " ".join(entry.text for entry in await house.store.read(incidents.timeline, "INC-1"))
        for words in ("Checkout fails", "A bad deploy", "RUN-1"):
            assert words in told
        assert (await house.store.read(runs.get, "RUN-1")).incident == "INC-1"
        await audited(house)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/runbok list", ("I did not understand", "Did you mean `/runbook list`?")),
        ("/runbook rum restart-service", ("I did not understand", "`/runbook run`")),
        ("/runbook run nope", ("nope", "restart-service")),
        ("/runbook run restart-service service=checkout servce=x", ("servce", "service")),
        (
            "/runbook run restart-service service=chekout",
            ("I know no service “chekout”", "Did you mean “checkout”"),
        ),
        ("/runbook run deploy service=checkout version=1 environment=moon", ("moon", "production")),
        ("/incident show INC-9", ("There is no incident INC-9.",)),
        ("/approvals show AP-99", ("There is no approval AP-99.",)),
        ("/approvals show banana", ("banana", "AP-")),
        ("/runbook status RUN-77", ("RUN-77",)),
        ("@wardroom \u202e\x00 do something <!channel> @everyone", ("I am not sure what you mean",)),
        ("@wardroom " + "x" * 40_000, ("8,000",)),
    ],
)
async def test_what_cannot_be_done_is_told_with_the_nearest_that_can(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana") as (ana,):
        before = set(ana.messages)
        await ana.says(text)
        told = await ana.sees_one(
            lambda one: one["id"] not in before and one["author"] == "wardroom", f"an answer to {text[:60]}"
        )
        assert told["only"] == "ana"
        for word in words:
            assert word.replace("`", "") in told["text"].replace("`", "")
        assert "\u202e" not in told["text"]
        assert await house.store.read(runs.find, running=True) == []
