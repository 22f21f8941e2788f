"""What becomes of a wish in words: corrected while nothing has begun, and approved by somebody else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.store import deadlines
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import House, actor, said
from tests.handlers.wishing import THREAD, answer, asks, run, wishing
from tests.stores import ENGINES, START, sqlite_url


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with wishing(url) as made:
        yield made


@pytest.mark.parametrize("words", ["no, in staging", "sorry, I meant staging", "actually in Staging please"])
async def test_a_wish_is_corrected_while_its_run_has_not_begun(house: House, words: str) -> None:
    await house.say("dev", "restart checkout in production", THREAD)
    first = await run(house)
    assert "WAITING_APPROVAL" == str(first.state)
    await house.say("dev", words, THREAD)
    second = await run(house, 2)
    assert ("CANCELLED", "staging") == (str((await run(house)).state), second.params["environment"])
    await house.say("dev", "no, I meant payments", THREAD)
    assert ("payments", "staging") == (
        (await run(house, 3)).params["service"],
        (await run(house, 3)).params["environment"],
    )
    told = said(await house.say("dev", "no, that is fine", THREAD))
    assert "I do not know what to change about RUN-3" in told
    talk = Message(
        key=house.key(), actor=actor("dev"), place=THREAD, text="no, that is fine", addressed=False
    )
    assert Card() == await house.take(talk)


async def test_a_wish_is_taken_back_while_its_run_has_not_begun(house: House) -> None:
    await house.say("dev", "restart checkout in production", THREAD)
    await house.say("dev", "no, forget it", THREAD)
    assert "CANCELLED" == str((await run(house)).state)
    with pytest.raises(Exception, match="RUN-2"):
        await run(house, 2)


async def test_a_correction_that_is_wrong_is_asked_about_and_ends_in_time(house: House) -> None:
    await house.say("dev", "restart checkout in production", THREAD)
    await house.say("dev", "no, in stagng", THREAD)
    assert "Did you mean “staging”?" in said(await asks(house))
    (due,) = await house.store.read(deadlines.of_kind, "runbook.wish")
    assert START + timedelta(minutes=15) == due.due
    await answer(house, "staging")
    assert "staging" == (await run(house, 2)).params["environment"]
    click = await house.click("dev", "runbook.tell", "WISH-1", THREAD, value="0")
    assert "WISH-1 was answered, and RUN-2 came of it." in said(click)


async def test_a_run_that_has_begun_is_not_corrected(house: House) -> None:
    await house.say("dev", "run restart-cache", THREAD)
    assert (await run(house)).started_at is not None
    told = said(await house.say("dev", "no, in production", THREAD))
    assert "RUN-1 has begun already" in told
    assert "/runbook cancel RUN-1" in told


async def test_words_that_would_change_something_ask_somebody_else_wherever(house: House) -> None:
    await house.say("dev", "restart checkout in staging", THREAD)
    made = await run(house)
    assert ("WAITING_APPROVAL", "AP-1") == (str(made.state), made.request)
    refused = await house.click("dev", "approval.approve", "AP-1", THREAD, digest=made.digest[:8])
    assert "may not" in said(refused) or "cannot vote" in said(refused)
    card = await house.live("approval", "AP-1")
    assert "no policy speaks about it" in said(card)
    assert "Ana" in said(card)
    await house.say("ana", "restart checkout in staging", THREAD)
    assert "Still needed: @Bo" in said(await house.live("approval", "AP-2"))


async def test_a_command_says_exactly_what_it_wants_and_its_plan_tells_the_difference(house: House) -> None:
    told = said(
        await house.command("dev", "/runbook plan restart-service service=checkout environment=staging")
    )
    assert "No policy speaks about it; said in a sentence, it asks platform." in told
    plan = await house.say("dev", "plan restart-service service=checkout environment=staging")
    assert "1 of platform must approve" in said(plan)
    await house.press("dev", plan, "Ask to run")
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    await house.command("dev", "/runbook run restart-service service=checkout environment=staging")
    assert "RUNNING" == str((await run(house, 2)).state)


async def test_where_no_owner_is_left_those_who_may_approve_are_asked_and_where_nobody_is_it_is_told(
    house: House,
) -> None:
    house.world = replace(house.world, teams={})
    await house.say("dev", "restart checkout in staging", THREAD)
    assert "Ana" in said(await house.live("approval", "AP-1"))
    alone = {"dev": house.world.people["dev"]}
    house.world = replace(house.world, people=alone)
    told = said(await house.say("dev", "restart checkout in staging", THREAD))
    assert "approve" in told
    with pytest.raises(Exception, match="RUN-2"):
        await run(house, 2)
