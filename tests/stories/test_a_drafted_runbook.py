"""A wish in the chat: drafted by a model, looked at, approved by somebody else, run, and saved as a file."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.approvals import records as approvals
from core.conversation.drafting import records as drafts
from core.runbooks import records as runs
from core.store import events
from tests.platforms.llm import Turn, llm_server
from tests.stories.house import audited, running, settings
from tests.stories.seats import said, seats

WISH = "write a runbook that drains the cache of checkout then restarts it"
DRAFT = """Here you are:
```yaml
name: drain-and-restart
description: Drains the cache of checkout, then restarts it. <!channel>
params:
  service: {type: service, default: checkout}
  environment: {type: environment, default: staging}
steps:
  - id: drain
    name: Drain the cache
    action: shell
    with: {argv: [echo, draining, "${{ params.service }}"]}
  - id: restart
    needs: [drain]
    action: shell
    with: {argv: [echo, restarting, "${{ params.service }}"]}
```
Have fun!"""


def using(url: str) -> dict[str, Any]:
    """Settings that name a model at this address."""
    key = SecretStr("sk-test")
    return {"llm_model": "openai:test-model", "openai_base_url": url, "openai_api_key": key}


def with_model(folder: Path, url: str, **more: Any) -> Any:
    return settings(folder, **using(url), **more)


async def test_a_wish_is_drafted_approved_by_somebody_else_run_and_saved(tmp_path: Path) -> None:
    async with llm_server(DRAFT) as server, running(with_model(tmp_path, server.url)) as house:
        async with seats(house.url, "dev", "ana") as (dev, ana):
            await dev.says(WISH)
            card = await dev.sees("Draft DR-1: drain-and-restart", "To run it")
            for words in (
                "drains the cache of checkout then restarts it",
                "echo draining checkout",
                "changes things",
            ):
                assert words in str(card), words
            assert "<!channel>" not in str(server.told)
            assert [] == await house.store.read(runs.find)
            await ana.presses(await ana.sees("Draft DR-1", "To run it"), "Ask for approval")
            await ana.sees("was drafted for somebody else")
            await dev.presses(card, "Ask for approval")
            asked = await dev.sees(
                "Approval needed", "DR-1, drafted: drain-and-restart of checkout in staging"
            )
            assert "A language model drafted it" in str(asked)
            assert "shell echo restarting checkout" in said(asked)
            await dev.presses(asked, "Approve")
            await dev.sees("You asked for AP-1, so you cannot vote on it.")
            await ana.presses(await ana.sees("Approval needed"), "Approve")
            await dev.sees("drain-and-restart of checkout in staging: done")
            run = await house.store.read(runs.get, "RUN-1")
            assert ("COMPLETED", "DR-1") == (str(run.state), run.plan["draft"])
            await dev.presses(await dev.sees("Draft DR-1", "To run it"), "Save as a file")
            await dev.sees("it needs the permission `runbook.save`")
            await ana.presses(await ana.sees("Draft DR-1", "RUN-1 is a run of it"), "Save as a file")
            await ana.sees("Saved as", "drain-and-restart.yaml")
        saved = next(tmp_path.rglob("drain-and-restart.yaml")).read_text(encoding="utf-8")
        assert saved.startswith(
            "# Drafted by openai:test-model for dev, as DR-1; saved by Ana Ruiz. Others agreed to run it as AP-1"
        )
        told = [event["kind"] for event in await house.store.read(events.history, "DR-1")]
        assert ["draft.asked", "draft.written", "draft.started", "draft.saved"] == told
        await audited(house)
    async with running(with_model(tmp_path, "http://127.0.0.1:9/v1")) as house:
        assert "drain-and-restart" in house.world.runbooks


async def test_a_policy_is_heard_and_a_rejected_draft_runs_nothing(tmp_path: Path) -> None:
    production = DRAFT.replace("staging", "production")
    async with (
        llm_server(production) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana", "chi") as (ana, chi),
    ):
        await ana.says(f"/runbook draft {WISH}")
        card = await ana.sees("Draft DR-1", "2 of sre, security (must)")
        await ana.presses(card, "Ask for approval")
        asked = await chi.sees("Approval needed", "AP-1")
        await chi.fills(await chi.presses(asked, "Reject"), {"reason": "not today"}, asked)
        await ana.sees("AP-1 is rejected")
        assert str((await house.store.read(approvals.get, "AP-1")).status) == "REJECTED"
        run = await house.store.read(runs.get, "RUN-1")
        assert ("CANCELLED", None) == (str(run.state), run.started_at)


async def test_what_is_no_runbook_is_mended_once_and_then_refused_with_its_lines(tmp_path: Path) -> None:
    wrong = DRAFT.replace("action: shell", "action: telepathy")
    async with (
        llm_server(wrong, DRAFT, wrong) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "dev") as (dev,),
    ):
        await dev.says(WISH)
        await dev.sees("Draft DR-1: drain-and-restart", "To run it")
        assert "There is no action `telepathy`" in str(server.asked[1])
        await dev.says(WISH)
        refused = await dev.sees("Draft DR-2", "Nothing that can be used was written")
        assert "draft:9:5: There is no action `telepathy`" in str(refused)
        assert [] == refused["controls"]
        await dev.says("/runbook start DR-2")
        await dev.sees("the model wrote no valid runbook")
        server.says("cannot: there is no cache here")
        await dev.says(WISH)
        await dev.sees("Draft DR-3", "there is no cache here")


async def test_a_model_that_does_not_answer_is_told_and_everything_else_works(tmp_path: Path) -> None:
    async with llm_server() as server:
        given = with_model(tmp_path, server.url)
        text = given.config.read_text(encoding="utf-8")
        given.config.write_text(f"{text}\nllm: {{timeout: 400ms}}\n", encoding="utf-8")
        async with running(given) as house, seats(house.url, "dev") as (dev,):
            turns = (Turn(status=500), Turn(status=429), Turn(raw=b"data: {\n\n"), Turn(""), Turn(wait=30))
            for number, turn in enumerate(turns, 1):
                server.says(turn)
                await dev.says(WISH)
                await dev.sees(
                    f"Draft DR-{number}\n", "Nothing that can be used was written", "openai:test-model"
                )
            await dev.says("which runbooks are there?")
            await dev.sees("Must be told", "restart-service")


async def test_without_a_model_nothing_is_drafted_and_the_way_is_told(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "dev") as (dev,):
        await dev.says(WISH)
        await dev.sees("No language model is configured", "WARDROOM_LLM_MODEL")


async def test_a_draft_that_a_dead_process_was_writing_is_written_by_the_next(tmp_path: Path) -> None:
    async with llm_server(Turn(wait=60)) as server:
        given = with_model(tmp_path, server.url)
        async with running(given) as house, seats(house.url, "dev") as (dev,):
            await dev.says(WISH)
            await dev.sees("Draft DR-1", "is being written")
        server.says(DRAFT)
        async with running(given) as house, seats(house.url, "dev") as (dev,):
            await dev.sees("Draft DR-1: drain-and-restart", "To run it")
            assert 2 == (await house.store.read(drafts.get, "DR-1")).fence
