"""Questions in a chat that no rule understands: answered by a model as words come, from what it looks up, or without it."""

from pathlib import Path

from core.conversation.answering import records
from core.conversation.answering.inquiry import State
from core.runbooks import records as runs
from core.store import events
from tests.platforms.llm import Turn, llm_server
from tests.stories.house import audited, running, settings
from tests.stories.seats import said, seats
from tests.stories.test_a_drafted_runbook import with_model

QUESTION = "anything I should worry about before I go home tonight?"


async def test_an_answer_grows_in_one_message_and_says_what_it_rests_on(tmp_path: Path) -> None:
    words = "Nothing is wrong: no incident is open.\nGuess: the weekend will be calm."
    async with (
        llm_server(Turn(look="/incident list"), Turn(words, slow=0.25)) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        coming = await ana.sees("Ana Ruiz asks", "the answer is coming", "Nothing is")
        card = await ana.sees("no incident is open.", "Looked up", "/incident list")
        assert coming["id"] == card["id"]
        assert "The model supposes, and nothing looked up says so" in said(card)
        assert "the weekend will be calm." in said(card)
        assert "Check these" not in said(card)
        assert "written by openai:test-model" in said(card)
        asked = str(server.asked[0])
        assert f"<question>\\n{QUESTION}\\n</question>" in asked
        assert "/ask" not in asked
        kinds = [event["kind"] for event in await house.store.read(events.history, "ASK-1")]
        assert ["inquiry.asked", "inquiry.answered"] == kinds
        await audited(house)


async def test_figures_that_nothing_looked_up_says_are_named(tmp_path: Path) -> None:
    async with (
        llm_server("Latency is 431 ms and 99.95 % of requests succeed.") as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        card = await ana.sees("Latency is 431 ms", "Check these")
        assert "nothing that was looked up says 431, 99.95" in said(card)
        assert "Nothing was looked up for this" in said(card)


async def test_the_same_question_is_answered_from_before_with_its_age_until_somebody_wants_it_anew(
    tmp_path: Path,
) -> None:
    async with (
        llm_server("First.", "Second.") as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana", "bo") as (ana, bo),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        await ana.sees("First.")
        await ana.says(f"/ask {QUESTION.upper()}", channel="dev")
        old = await ana.sees_one(lambda one: one["channel"] == "dev" and "First." in said(one))
        assert 1 == len(server.asked)
        await ana.presses(old, "Ask again")
        await ana.sees("Second.")
        await bo.says(f"@wardroom {QUESTION}")
        await bo.sees("Bo Lindqvist asks", "Second.")
        assert 3 == len(server.asked)


async def test_a_model_that_fails_leaves_the_answer_without_it(tmp_path: Path) -> None:
    async with (
        llm_server(Turn("sk-secret is wrong", status=500)) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        card = await ana.sees("I did not understand", "The language model gave no answer")
        assert "fault of its own (500)" in said(card)
        assert "sk-secret" not in said(card)
        assert State.FELL_BACK is (await house.store.read(records.get, "ASK-1")).state


async def test_without_a_model_the_question_gets_the_known_words_at_once(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana") as (ana,):
        await ana.says(f"/ask {QUESTION}")
        await ana.sees("I did not understand")
        await ana.says("/ask show RUN-1")
        await ana.sees("RUN-1")


async def test_what_would_change_something_is_shown_and_not_done(tmp_path: Path) -> None:
    wish = "restart checkout in production"
    async with (
        llm_server(Turn(look=wish), "You could restart checkout.") as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says(f"@wardroom {QUESTION}")
        card = await ana.sees("You could restart checkout.", "It would:", wish)
        assert "Whoever says that sees the plan first; nothing was done." in said(card)
        assert [] == await house.store.read(runs.find)


async def test_another_process_takes_an_answer_over_that_was_never_ended(tmp_path: Path) -> None:
    async with llm_server(Turn("too late", wait=30)) as server:
        async with running(with_model(tmp_path, server.url)) as house, seats(house.url, "ana") as (ana,):
            await ana.says(f"@wardroom {QUESTION}")
            await ana.sees("the answer is coming")
            await server.was_asked.wait()
        server.says("Here I am again.")
        async with running(with_model(tmp_path, server.url)) as house, seats(house.url, "ana") as (ana,):
            await ana.sees("Here I am again.")
            assert 2 == (await house.store.read(records.get, "ASK-1")).fence


async def test_somebody_may_wait_for_three_answers_at_once(tmp_path: Path) -> None:
    async with (
        llm_server(Turn("late", wait=30)) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        for number in range(4):
            await ana.says(f"@wardroom {QUESTION} {number}")
        await ana.sees("3 questions of yours are being answered.")
        assert 3 == await house.store.read(records.open_of, "ana")
