"""Finding what was said before: which words count, whose turns are meant, what stands around, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.conversations.compose import conversations
from bench.recall import measure, ours, plain
from core.conversation.llm import estimate
from core.conversation.recalling.budget import select
from core.conversation.recalling.question import ask
from core.conversation.recalling.rank import Found, Said, corpus_of, rank
from core.stems import terms

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def talk(*turns: str, session: str = "s", hours: float = 100.0) -> list[Said]:
    """Turns `who: words`, a minute apart, the last of them so many hours ago."""
    split = [turn.split(": ", 1) for turn in turns]
    begun = NOW - timedelta(hours=hours, minutes=len(turns))
    return [
        Said(f"{session}{number}", session, number, who, begun + timedelta(minutes=number), words)
        for number, (who, words) in enumerate(split)
    ]


def found(question: str, turns: list[Said], **more: object) -> list[str]:
    asked = ask(question, {turn.speaker for turn in turns}, **more)  # type: ignore[arg-type]
    return [one.said.text for one in rank(asked, turns, corpus_of(turns), NOW)]


def test_endings_do_not_matter_and_empty_words_do_not_count() -> None:
    assert ["painter", "paint", "wall"] == terms("The painters were painting the walls")
    assert ["version", "1.4.2", "checkout"] == terms("What's the version 1.4.2 of checkout?")


def test_other_words_for_the_same_thing_find_it_and_count_less() -> None:
    turns = talk("Ana: My father had surgery", "Ana: Nothing new here", "Bo: The operation was long")
    assert "My father had surgery" in found("What procedure did the dad have?", turns)[:1]
    exact = talk("Ana: surgery it was then", "Ana: unrelated talk goes on", "Ana: operation it was then")
    assert "operation it was then" == found("operation", exact)[0]


def test_what_an_answer_replies_to_helps_to_find_it() -> None:
    turns = talk(
        "Bo: Which colour do the kitchen tiles get?",
        "Ana: Blue, with a white edge",
        "Bo: Thanks",
    )
    others = talk(*(f"Bo: chatter number {n} about weather" for n in range(20)), session="t")
    assert "Blue, with a white edge" in found("What colour are the kitchen tiles?", turns + others)[:3]
    apart = [*turns[:1], Said("x", "other", 1, "Ana", NOW, "Blue, with a white edge"), *others]
    assert "Blue, with a white edge" not in found("What colour are the kitchen tiles?", apart)


def test_the_one_who_is_named_is_meant() -> None:
    turns = talk("Ana: I have a dog", "Bo: I have a dog")
    assert "I have a dog" == found("Which dog does Bo have?", turns)[0]
    asked = ask("Which dog does Bo have?", {"Ana", "Bo"})
    assert "Bo" == rank(asked, turns, corpus_of(turns), NOW)[0].said.speaker
    assert "Ana" == ask("Where did I put my keys?", {"Ana", "Bo"}, asker="Ana").speaker
    assert "" == ask("Do Ana and Bo agree?", {"Ana", "Bo"}).speaker


def test_what_was_said_lately_comes_first_only_when_it_is_asked_for() -> None:
    old = talk("Ana: The deploy failed, and the deploy after it failed", hours=2_000)
    young = talk("Ana: The deploy of checkout failed", session="t", hours=1)
    assert old[0].text == found("Which deploy failed?", old + young)[0]
    assert young[0].text == found("Which deploy failed just now?", old + young)[0]


def test_a_span_of_time_that_is_named_raises_what_was_said_in_it() -> None:
    turns = talk("Ana: we fixed the queue", hours=500) + talk("Ana: we fixed the queue", session="t")
    when = turns[0].at
    within = [(when - timedelta(hours=1), when + timedelta(hours=1))]
    asked = ask("what did we fix?", {"Ana"}, within=within)
    assert turns[0] == rank(asked, turns, corpus_of(turns), NOW)[0].said


def test_vectors_count_as_much_as_words_where_there_are_any() -> None:
    turns = talk("Ana: the feline sleeps", "Ana: a cat barked") + talk("Ana: nothing", session="t")
    asked = ask("cat", {"Ana"})
    near = {turns[0].id: 1.0, turns[1].id: 0.0}
    first = rank(asked, turns, corpus_of(turns), NOW, near)
    assert turns[0] == first[0].said


@pytest.mark.parametrize("question", ["", "the and of", "?!", "'", '"', "x" * 5_000, "'' OR 1=1 --", "☃ ☃"])
def test_a_question_that_says_nothing_finds_nothing_or_at_least_does_no_harm(question: str) -> None:
    turns = talk("Ana: hello world")
    assert [] == found(question, turns)


def test_what_is_taken_fits_the_room_and_the_first_that_does_not_fit_is_shortened() -> None:
    long = Found(talk(f"Ana: {'word ' * 400}")[0], 1, 1, 1, 1.0)
    short = Found(talk("Ana: short")[0], 1, 1, 1, 0.5)
    taken = select([long, short], 300)
    assert 300 >= sum(estimate(one.said.text) for one in taken)
    assert taken[0].said.text.endswith("…")
    assert [short] == select([long, short], 50)


@given(st.lists(st.text(max_size=60), max_size=12), st.text(max_size=80))
def test_whatever_was_said_scores_stay_between_nothing_and_one(texts: list[str], question: str) -> None:
    turns = [Said(str(n), "s", n, "Ana", NOW, text) for n, text in enumerate(texts)]
    ranked = rank(ask(question, {"Ana"}), turns, corpus_of(turns), NOW)
    assert all(0 < one.semantic <= 1 and 0 <= one.importance <= 1 and 0 <= one.score <= 1 for one in ranked)
    assert sorted((one.score for one in ranked), reverse=True) == [one.score for one in ranked]


def test_on_questions_that_nothing_was_tuned_on_three_of_four_answers_are_among_the_first_ten() -> None:
    measured = measure(conversations("held")[:2], {"plain": plain, "ours": ours})
    means = {}
    for way, kinds in measured.items():
        rows = [row for rows in kinds.values() for row in rows]
        means[way] = sum(row[-1] for row in rows) / len(rows)
    assert 0.75 <= means["ours"]
    assert means["plain"] + 0.1 < means["ours"]
