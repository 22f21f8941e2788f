"""What people mean: what they are asked back, what is shown before it is done, and what is left alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.incidents import records as incidents
from core.language.intent import Intent
from handlers.cards.card import Card
from handlers.inbound import Message
from handlers.registry import REGISTRY
from handlers.talk.understood import DoubtedError
from tests.handlers.house import HERE, House, actor, said
from tests.handlers.wishing import answer, asks, no_run, run, wishing
from tests.stores import ENGINES, sqlite_url


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house with runbooks to restart and to scale."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with wishing(url) as made:
        yield made


def labels(card: Card) -> list[str]:
    """What can be pressed."""
    return [control.label for control in card.controls]


def test_every_intent_has_a_verb_or_words_that_say_why_not() -> None:
    from handlers.talk.heard import UNBUILT

    heard = {intent for verb in REGISTRY.verbs for intent in verb.intents}
    assert set(Intent) == heard | set(UNBUILT) | {Intent.NONE, Intent.CLARIFICATION}


async def test_what_would_change_something_is_shown_first_and_done_once(house: House) -> None:
    card = await house.say("ana", "kick checkout in staging")
    assert "Run restart-service or restart-cache?" == card.title
    assert "Nothing was done yet" in said(card)
    assert "Go on" in labels(card)
    assert await no_run(house)
    await house.press("ana", card, "Go on")
    assert ["restart-service", "restart-cache", "Never mind"] == labels(await asks(house))
    await answer(house, "restart-service", "ana")
    params = (await run(house)).params
    assert ("checkout", "staging") == (params["service"], params["environment"])
    assert "That question is over" in said(await house.press("ana", card, "Go on"))
    with pytest.raises(Exception, match="long over"):
        await asks(house, 2)


@pytest.mark.parametrize(("reply", "declared"), [("yes please", 1), ("no", 0)])
async def test_a_typed_yes_goes_on_and_a_no_does_not(house: House, reply: str, declared: int) -> None:
    card = await house.say("ana", "can u open an incident, customers cannot pay on checkout, sev2")
    assert "Nothing was done yet" in said(card)
    assert [] == await house.store.read(incidents.find)
    await house.say("ana", reply)
    found = await house.store.read(incidents.find)
    assert [("customers cannot pay on checkout", 2, "checkout")] * declared == [
        (one.title, one.severity, one.service) for one in found
    ]


async def test_nobody_else_goes_on_with_what_somebody_was_asked(house: House) -> None:
    card = await house.say("ana", "can u open an incident, customers cannot pay")
    assert "That question is over" in said(await house.press("bo", card, "Go on"))
    assert [] == await house.store.read(incidents.find)


async def test_what_is_unsure_is_asked_with_the_best_guesses(house: House) -> None:
    card = await house.say("ana", "is the latency of checkout still so high")
    assert "I am not sure what you mean" in said(card)
    assert "Something else" == labels(card)[-1]
    assert 2 <= len(labels(card))
    assert "All right, nothing was done" in said(await house.press("ana", card, "Something else"))


@pytest.mark.parametrize(
    "text",
    [
        "hey wie geht es dem checkout service?",
        "wie kann ich einen incident melden",
        "wie ist der status von checkout",
    ],
)
async def test_who_speaks_another_language_is_told_that_english_is_understood(
    house: House, text: str
) -> None:
    told = said(await house.say("ana", text))
    assert "I am sorry, I understand only English." in told
    among = Message(key=house.key(), actor=actor("ana"), place=HERE, text=text, addressed=False)
    assert Card() == await house.take(among)


async def test_only_for_whom_may_ask_a_model_it_is_asked_what_is_unsure(house: House) -> None:
    house.world = replace(house.world, llm_model="openai:test")
    assert "I am not sure what you mean" in said(
        await house.say("ana", "is the latency of checkout still so high")
    )
    with pytest.raises(DoubtedError) as doubted:
        await house.say("gus", "is the latency of checkout still so high")
    assert ("gus", Intent.METRIC_QUERY) == (doubted.value.person, doubted.value.guesses[0].intent)


async def test_what_is_missing_is_asked_for_and_remembered(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.command("ana", "/incident declare payments is down")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    card = await house.say("ana", "please close the incident", elsewhere)
    assert ["INC-2", "INC-1", "Never mind"] == labels(card) or ["INC-1", "INC-2", "Never mind"] == labels(
        card
    )
    await house.say("ana", "INC-1", elsewhere)
    await house.say("ana", "go on", elsewhere)
    states = {
        one.id: str(one.state)
        for one in await house.store.read(lambda unit: incidents.find(unit, only_open=False))
    }
    assert {"INC-1": "resolved", "INC-2": "open"} == states


async def test_the_first_of_several_requests_is_done_and_the_others_are_offered(house: House) -> None:
    words = "how is payments doing? and then can u open an incident, customers cannot pay"
    assert "payments" in said(await house.say("ana", words))
    offered = Card.model_validate((await house.queued("whisper"))[-1]["card"])
    assert "that was the first" in said(offered)
    await house.press("ana", offered, "can u open an incident")
    assert [] == await house.store.read(incidents.find)
    await house.say("ana", "go on")
    assert ["customers cannot pay"] == [one.title for one in await house.store.read(incidents.find)]


async def test_a_further_question_leans_on_the_one_before(house: House) -> None:
    await house.say("ana", "hows checkout doing today")
    assert "payments" in said(await house.say("ana", "and payments?"))
    assert "checkout" not in said(await house.say("ana", "and payments?"))


async def test_what_nothing_here_does_is_said_with_what_was_understood(house: House) -> None:
    card = said(await house.say("ana", "p99 latency of checkout in prod over the last 2 hours pls"))
    assert "I cannot read figures from words" in card
    assert "0.99" in card
    assert "production" in card
    assert "/status checkout" in card
    card = said(await house.say("ana", "p99 latency of checkout in prod with a window of 90 minutes"))
    assert "Duration: 1h30m" in card


async def test_a_yes_to_nothing_says_so_in_a_sentence(house: House) -> None:
    told = said(await house.say("ana", "yes"))
    assert told.startswith("I asked you nothing here that a yes would answer.")
    assert "Understood" not in told


async def test_a_run_is_shown_with_its_runbook_and_what_that_is_told(house: House) -> None:
    words = "please kick off the scaling of payments to 3 in staging, pace slow"
    await house.say("dev", f"how is checkout? and then {words}")
    card = await house.press(
        "dev", Card.model_validate((await house.queued("whisper"))[-1]["card"]), "please"
    )
    assert "Run scale-service?" == card.title
    assert "/runbook run scale-service service=payments environment=staging" in said(card)
    unsure = await house.say("ana", "please to restarting of service payments in production")
    assert "Run restart-service or restart-cache?" == unsure.title


@pytest.mark.parametrize(
    ("words", "helps"),
    [
        ("why is checkout slow?", "/incident triage INC-… says what may be behind an incident, and why."),
        ("compare checkout to yesterday", "/wardroom stats 30d compares a month of incidents"),
        ("what would you recommend for checkout", "/wardroom next says what you could do next, and why."),
    ],
)
async def test_beside_what_nothing_here_does_stands_what_does_nearly_that(
    house: House, words: str, helps: str
) -> None:
    told = said(await house.say("ana", words))
    assert helps in told
    assert "/status checkout says how checkout is" in told
    assert "/alerts list says what fires, and /incident list what is open." in told


async def test_causes_of_an_incident_and_what_to_do_next_are_answered_by_what_knows(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    assert "I cannot" not in said(await house.say("ana", "could you explain what led to INC-1 please"))
    assert "I cannot" not in said(
        await house.say("ana", "so what would you say we should do next, any suggestions?")
    )


@pytest.mark.parametrize("text", ["ok cool", "perfect", "great, all good"])
async def test_words_that_only_agree_want_no_answer(house: House, text: str) -> None:
    assert Card() == await house.say("ana", text)


@pytest.mark.parametrize(
    "text", ["bounce checkout in staging", "why is checkout slow?", "is payments ok for you too"]
)
async def test_what_people_say_to_each_other_is_left_alone(house: House, text: str) -> None:
    talk = Message(key=house.key(), actor=actor("ana"), place=HERE, text=text, addressed=False)
    assert Card() == await house.take(talk)
    assert await no_run(house)


async def test_words_that_mean_nothing_are_told_so(house: House) -> None:
    assert "I did not understand" in said(await house.say("ana", "purple llama sings of spring"))


async def test_whoever_may_not_is_refused_after_pressing_go_on_too(house: House) -> None:
    card = await house.say("gus", "kick checkout in staging")
    told = said(await house.press("gus", card, "Go on")) if card.controls else said(card)
    assert "may not" in told
    assert await no_run(house)


async def test_what_words_are_taken_for_can_be_asked(house: House) -> None:
    told = said(await house.command("ana", "/wardroom meaning why did checkout crash last night"))
    assert "explain what happened" in told
    house.world = replace(house.world, llm_model="")
    assert "checkout" in told


async def test_what_a_model_took_words_for_is_agreed_to_also_after_it_was_asked_for_more(
    house: House,
) -> None:
    for name in ("checkout", "payments"):
        await house.command("ana", f"/incident declare {name} is down")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})

    async def advised(text: str) -> Card:
        said_so = Message(key=house.key(), actor=actor("ana"), place=elsewhere, text=text, addressed=True)
        return await house.take(said_so.model_copy(update={"opinion": "INCIDENT_UPDATE"}))

    async def states() -> set[str]:
        return {str(one.state) for one in await house.store.read(incidents.find)}

    before = await states()
    lacking = await advised("is the latency of checkout still so high")
    assert "INC-1" in labels(lacking), said(lacking)
    assert "Go on" in labels(await house.press("ana", lacking, "INC-1"))
    assert "Go on" in labels(await house.say("ana", "no, INC-2", elsewhere))
    assert before == await states()
    assert {3} == {one.severity for one in await house.store.read(incidents.find)}


async def test_what_is_not_understood_is_quoted_without_the_secret_in_it(house: House) -> None:
    told = said(await house.say("ana", "purple llama sings password=hunter2-and-more"))
    assert "I did not understand “purple llama sings password=•••”" in told
    assert "hunter2" not in told
