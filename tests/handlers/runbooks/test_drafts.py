"""What people may do with drafts, and where a draft is saved."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.drafter import Drafter, _put
from bot.plugins import ACTIONS
from bot.slack.render import preview as slack_preview
from core.clock import ManualClock
from core.conversation.config import DraftConfig
from core.conversation.drafting import records, units
from core.conversation.drafting.check import Bench, read_draft
from core.conversation.drafting.draft import State
from core.errors import Conflict
from core.runbooks import records as runs
from core.runbooks.config import ActionRules, ShellRules
from core.runbooks.params import Names
from core.runbooks.whom import Whom
from tests.handlers.house import House, said
from tests.stores import ENGINES, START, opened, sqlite_url

TEXT = """
name: drain
params:
  environment: {type: environment, default: staging}
steps:
  - {id: a, action: shell, with: {argv: [echo, "<!channel>"]}}
"""
LEASE = timedelta(minutes=2)


@pytest.fixture
async def drafting(house: House, tmp_path: Path) -> House:
    """A house with a model, in which a draft of Ana's is ready."""
    house.world = replace(
        house.world,
        llm_model="openai:test",
        actions=ActionRules(shell=ShellRules(allow=("echo",))),
        drafts=DraftConfig(folder=str(tmp_path / "books")),
    )
    assert "DR-1" in said(await house.live("draft", await wished(house)))
    return house


async def wished(house: House, who: str = "ana") -> str:
    await house.command(who, "/runbook draft drain the cache\n# of checkout")
    draft = await house.store.transact(units.claim, LEASE)
    assert draft is not None
    book = read_draft(TEXT, house.world.people[who], bench(house))
    await house.store.transact(units.written, draft, TEXT, book, "openai:test")
    return draft.id


def bench(house: House) -> Bench:
    world = house.world
    names = Names(world.services, world.environments, world.runbooks)
    return Bench(
        ACTIONS, world.actions, Whom(world.roles, world.teams, world.people, (), ()), names, world.drafts
    )


async def saved(house: House) -> None:
    assert await Drafter(house.store, house.world, bench(house), None).work()


async def test_whoever_may_not_draft_is_told_which_permission_it_takes(drafting: House) -> None:
    assert "`runbook.draft`" in said(await drafting.command("dev", "/runbook draft drain it"))
    assert "`runbook.save`" in said(await drafting.click("gus", "runbook.save", "DR-1"))


async def test_only_whoever_wished_for_it_runs_it_and_others_are_always_asked(drafting: House) -> None:
    assert "somebody else" in said(await drafting.click("bo", "runbook.start", "DR-1"))
    await drafting.click("ana", "runbook.start", "DR-1")
    run = await drafting.store.read(runs.get, "RUN-1")
    assert ("WAITING_APPROVAL", "AP-1", "ana") == (str(run.state), run.request, run.by)
    assert "is a run of DR-1 already" in said(await drafting.click("ana", "runbook.start", "DR-1"))
    await drafting.command("bo", "/approvals change AP-1 environment=production")
    assert {"environment": "staging"} == (await drafting.store.read(runs.get, "RUN-1")).params


async def test_whoever_decides_sees_each_step_and_nothing_in_it_calls_people(drafting: House) -> None:
    await drafting.click("ana", "runbook.start", "DR-1")
    for card in (
        await drafting.live("approval", "AP-1"),
        await drafting.click("bo", "approval.details", "AP-1"),
    ):
        assert 1 == said(card).count("shell echo <!channel>")
    for card in (await drafting.live("approval", "AP-1"), await drafting.live("draft", "DR-1")):
        shown = str(slack_preview(card))
        assert ("<!channel>" in shown, "&lt;!channel&gt;" in shown) == (False, True)


async def test_a_draft_is_offered_where_words_mean_nothing(drafting: House) -> None:
    assert "`/runbook draft …`" in said(await drafting.say("ana", "purple llama sings of spring"))
    drafting.world = replace(drafting.world, llm_model="")
    assert "draft" not in said(await drafting.say("ana", "purple llama sings of spring"))


async def test_a_draft_with_nobody_to_approve_it_does_not_run(drafting: House) -> None:
    alone = {one: person for one, person in drafting.world.people.items() if one != "bo"}
    drafting.world = replace(drafting.world, people=alone)
    card = said(await drafting.click("ana", "runbook.start", "DR-1"))
    assert "Whoever asks" in card
    assert [] == await drafting.store.read(runs.find)


async def test_what_was_drafted_may_no_longer_run_when_its_asker_may_less(drafting: House) -> None:
    less = drafting.world.drafts.model_copy(update={"actions": {"shell": ()}})
    drafting.world = replace(drafting.world, drafts=less)
    assert "may not use shell" in said(await drafting.click("ana", "runbook.start", "DR-1"))


async def test_a_draft_has_its_time_and_can_be_thrown_away(drafting: House, clock: ManualClock) -> None:
    assert "somebody else" in said(await drafting.click("gus", "runbook.discard", "DR-1"))
    await drafting.click("ana", "runbook.discard", "DR-1")
    assert "was discarded" in said(await drafting.click("ana", "runbook.start", "DR-1"))
    other = await wished(drafting)
    clock.advance(timedelta(hours=25))
    assert "has expired" in said(await drafting.click("ana", "runbook.save", other))
    assert () == (await drafting.live("draft", other)).controls


async def test_it_is_saved_once_under_its_own_name_with_where_it_comes_from(
    drafting: House, tmp_path: Path
) -> None:
    await drafting.click("bo", "runbook.save", "DR-1")
    await saved(drafting)
    (file,) = (tmp_path / "books").iterdir()
    text = file.read_text(encoding="utf-8")
    assert ("drain.yaml", TEXT.strip()) == (file.name, text.split("\n", 2)[2].strip())
    assert "# Wished for: drain the cache # of checkout" == text.split("\n")[1]
    assert "saved by Bo. Nobody has agreed to it." in text
    assert "Saved as" in said(await drafting.live("draft", "DR-1"))


async def test_no_file_is_ever_overwritten(drafting: House, tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    mine = tmp_path / "books" / "drain.yaml"
    mine.write_text("mine")
    await drafting.click("bo", "runbook.save", "DR-1")
    await saved(drafting)
    assert ("mine", "there is a file drain.yaml already") == (
        mine.read_text(),
        (await drafting.store.read(records.get, "DR-1")).file,
    )
    mine.unlink()
    mine.symlink_to(tmp_path / "elsewhere")
    await drafting.click("bo", "runbook.save", "DR-1")
    await saved(drafting)
    assert not (tmp_path / "elsewhere").exists()


def test_what_a_process_saved_before_it_died_is_saved(tmp_path: Path) -> None:
    assert (
        _put(tmp_path, "drain", "text")
        == _put(tmp_path, "drain", "text")
        == (str(tmp_path / "drain.yaml"), "")
    )
    assert ["drain.yaml"] == [path.name for path in tmp_path.iterdir()]
    assert "" == _put(tmp_path, "../out", "text")[0]
    assert "is no folder" in _put(tmp_path / "drain.yaml", "x", "text")[1]


@pytest.mark.parametrize("engine", ENGINES)
async def test_one_of_several_processes_writes_it_and_a_late_one_is_heard_no_more(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    clock = ManualClock(START)
    async with opened(url, clock) as store:
        house = House(store)
        house.world = replace(
            house.world, llm_model="x:y", actions=ActionRules(shell=ShellRules(allow=("echo",)))
        )
        await house.command("ana", "/runbook draft drain the cache")
        first = await store.transact(units.claim, LEASE)
        assert first is not None
        assert None is await store.transact(units.claim, LEASE)
        clock.advance(LEASE)
        second = await store.transact(units.claim, LEASE)
        assert second is not None
        book = read_draft(TEXT, house.world.people["ana"], bench(house))
        with pytest.raises(Conflict, match="taken over"):
            await store.transact(units.written, first, TEXT, book, "m")
        await store.transact(units.written, second, TEXT, book, "m")
        assert State.READY is (await store.read(records.get, "DR-1")).state
        await house.command("ana", "/runbook draft something else")
        for _ in range(3):
            assert await store.transact(units.claim, LEASE)
            clock.advance(LEASE)
        assert None is await store.transact(units.claim, LEASE)
        assert "given up" in str((await store.read(records.get, "DR-2")).problems)
