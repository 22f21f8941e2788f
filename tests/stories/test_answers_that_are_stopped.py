"""Answers of a language model that nobody wants any more, or may have in that place."""

import asyncio
from pathlib import Path

import pytest

from core.conversation.answering import records
from core.conversation.answering.inquiry import State
from core.conversation.spending import units as spending
from core.store import events
from tests.platforms.llm import Turn, llm_server
from tests.stories.house import audited, running
from tests.stories.seats import said, seats
from tests.stories.test_a_drafted_runbook import with_model
from tests.stories.test_asked_of_a_model import QUESTION


def _endless() -> Turn:
    """An answer whose first word never comes."""
    return Turn("never", after=asyncio.Event())


@pytest.mark.parametrize("way", ["the button", "never mind", "stop", "stop in its thread", "/ask stop ASK-1"])
async def test_whoever_asked_stops_an_answer_and_the_next_is_answered(tmp_path: Path, way: str) -> None:
    async with (
        llm_server(_endless()) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        coming = await ana.sees("the answer is coming")
        await server.was_asked.wait()
        if way == "the button":
            await ana.presses(coming, "Stop")
        elif way.endswith("thread"):
            await ana.says("@wardroom stop", thread=coming["thread"])
        else:
            await ana.says(way if way.startswith("/") else f"@wardroom {way}")
        over = await ana.sees("You stopped it.")
        assert coming["id"] == over["id"]
        assert ["Ask again"] == [one["label"] for one in over["controls"]]
        kinds = [event["kind"] for event in await house.store.read(events.history, "ASK-1")]
        assert ["inquiry.asked", "inquiry.stopped"] == kinds
        server.says("Here I am.")
        await ana.presses(over, "Ask again")
        await ana.sees("Here I am.")
        mine, _ = await house.store.read(spending.today, "ana")
        assert (2, 1, 0) == (mine.calls, mine.failed, mine.held)
        assert mine.read > 100, "what it had read counts"
        await audited(house)


async def test_nobody_stops_what_somebody_else_asked(tmp_path: Path) -> None:
    async with (
        llm_server(_endless()) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana", "bo") as (ana, bo),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        await bo.presses(await bo.sees("the answer is coming"), "Stop")
        await bo.sees("ASK-1 is somebody else's question.")
        await bo.says("@wardroom never mind")
        await bo.sees("there is nothing to drop")
        assert State.ASKING is (await house.store.read(records.get, "ASK-1")).state


async def test_what_is_being_answered_when_somebody_wants_to_be_forgotten_ends_and_keeps_nothing(
    tmp_path: Path,
) -> None:
    async with (
        llm_server(_endless()) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says("@wardroom whatever of the zeppelins these days, any news?")
        coming = await ana.sees("the answer is coming")
        await server.was_asked.wait()
        await ana.says("/wardroom forget me yes", channel="@ana")
        await ana.sees("I remember nothing about you any more")
        over = await ana.sees("It was erased, as you wished.")
        assert coming["id"] == over["id"]
        assert ("zeppelins" in said(over), over["controls"]) == (False, [])
        assert "" == (await house.store.read(records.get, "ASK-1")).question
        await ana.says("/ask again ASK-1", channel="@ana")
        await ana.sees("ASK-1 was erased.")


async def test_what_is_private_is_neither_looked_up_nor_offered(tmp_path: Path) -> None:
    turns = [
        Turn(look=one) for one in ("/wardroom memory", "/wardroom forget me yes", "/oncall calendar platform")
    ]
    async with (
        llm_server(*turns, "I know all about you.") as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says("remember that my plan is to leave in May", channel="@ana")
        await ana.sees("I remember that")
        await ana.says(f"@wardroom {QUESTION}")
        card = said(await ana.sees("I know all about you.", "Nothing was looked up"))
        assert "It would" not in card
        assert "leave in May" not in server.told
        assert 3 == str(server.asked[-1]["messages"]).count("between the person and the bot alone")
        rules = server.asked[0]["messages"][0]["content"]
        assert ("/wardroom memory" in rules, "/oncall calendar" in rules) == (False, False)


async def test_a_command_that_is_done_at_once_is_not_said_to_be_shown_first(tmp_path: Path) -> None:
    async with (
        llm_server(Turn(look="/incident declare the sky falls"), "Declare one.") as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        card = said(await ana.sees("Declare one.", "It would"))
        assert "/incident declare the sky falls" in card
        assert "Nothing was done. Look at it first: a command is done as soon as somebody says it" in card


async def test_who_has_no_budget_left_is_told_when_there_is_some_again(tmp_path: Path) -> None:
    async with llm_server() as server:
        given = with_model(tmp_path, server.url)
        given.config.write_text(f"{given.config.read_text()}\nllm: {{budget: {{person: 100}}}}\n")
        async with running(given) as house, seats(house.url, "ana") as (ana,):
            await ana.says(f"@wardroom {QUESTION}")
            card = await ana.sees("The language model gave no answer", "of your 100 tokens of today")
            assert "The count begins anew at 00:00 UTC" in said(card)
            assert [] == server.asked


async def test_what_was_set_aside_by_a_process_that_died_is_free_after_a_restart(tmp_path: Path) -> None:
    async with llm_server("Calm.") as server:
        given = with_model(tmp_path, server.url)
        async with running(given) as house:
            await house.store.transact(spending.hold, house.world.llm, "ana", 100_000, 90_000)
        async with running(given) as house, seats(house.url, "ana") as (ana,):
            await ana.says(f"@wardroom {QUESTION}")
            await ana.sees("Calm.", "Nothing was looked up")
