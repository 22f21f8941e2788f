"""Wishes in words: one question at a time, answers by button, form and word, corrections, and whom they ask."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.plugins import ACTIONS
from core import wiring
from core.clock import ManualClock
from core.place import Place
from core.runbooks import records as runs
from core.runbooks.execution import Execution
from core.runbooks.load import load
from core.store import deadlines
from core.store.deadlines import Deadline
from core.store.engine import Unit
from handlers.cards.card import Button, Card, Select
from handlers.inbound import Click, Message
from handlers.registry import REGISTRY
from tests.handlers.house import HERE, House, actor, person, said, world
from tests.stores import ENGINES, START, opened, sqlite_url

SCALE = """
name: scale-service
description: Change how many copies run.
owners: [platform]
params:
  service: {type: service, required: true, description: Which service}
  replicas: {type: integer, required: true, min: 1, max: 9, description: How many copies}
  environment: {type: environment, required: true, description: Where}
  pace: {type: choice, required: true, choices: [slow, fast]}
  note: {required: true, pattern: "[A-Z]+-[0-9]+", description: Which ticket}
steps:
  - {id: do, action: shell, with: {argv: [echo, "${{ params.replicas }}", "${{ params.pace }}", "${{ params.note }}"]}}
"""
CACHE = """
name: restart-cache
params: {environment: {type: environment, default: staging}}
steps: [{id: do, action: shell, with: {argv: [echo, x]}, destructive: false}]
"""
THREAD = HERE.under("m1")


@pytest.fixture(params=ENGINES)
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house in which developers run things."""
    url = sqlite_url(tmp_path_factory.mktemp("db"))
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    clock = ManualClock(START)
    async with opened(url, clock, reactions=wiring.BY_EVENT) as store:
        made = world()
        books = dict(made.runbooks) | {
            book.name: book for book in (load(text, "x.yaml", ACTIONS) for text in (SCALE, CACHE))
        }
        roles = dict(made.roles) | {"developer": frozenset({"runbook.list", "runbook.plan", "runbook.run"})}
        people = dict(made.people) | {"eva": person("eva", "developer")}
        yield House(store, replace(made, runbooks=books, roles=roles, people=people))


async def asks(house: House, number: int = 1) -> Card:
    """The card of a question, as it stands now."""
    return await house.live("wish", f"ASK-{number}")


async def answer(house: House, label: str, who: str = "dev", number: int = 1) -> Card:
    """A press of a choice on the card, as the platforms send it."""
    card = await asks(house, number)
    for control in card.controls:
        if isinstance(control, Button) and control.label == label:
            return await house.click(who, control.verb, control.object, THREAD, **control.args)
        if isinstance(control, Select):
            value = dict(control.options).get(label)
            if value is not None:
                return await house.click(who, control.verb, control.object, THREAD, value=value)
    raise AssertionError([control.label for control in card.controls])


async def run(house: House, number: int = 1) -> Execution:
    """A run as it is now."""
    return await house.store.read(runs.get, f"RUN-{number}")


async def no_run(house: House) -> bool:
    """Whether nothing was begun or asked for."""
    return await house.store.read(runs.find) == []


async def test_what_is_missing_is_asked_one_thing_at_a_time_until_it_runs(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    card = await asks(house)
    assert "scale-service: How many copies?" == card.title
    assert ["Answer…", "Never mind"] == [control.label for control in card.controls]
    await house.submit("dev", "runbook.tell", "ASK-1", THREAD, said="12")
    assert "replicas must be at least 1 and at most 9, and 12 is not." in said(await asks(house))
    await house.say("dev", "to 4", THREAD)
    assert "scale-service: Where?" == (await asks(house)).title
    await answer(house, "staging")
    assert "scale-service: Pace?" == (await asks(house)).title
    await house.say("dev", "fats", THREAD)
    assert "Did you mean “fast”" in said(await asks(house))
    await house.say("dev", "fast", THREAD)
    await house.say("dev", "OPS-12", THREAD)
    made = await run(house)
    told = {"service": "checkout", "replicas": 4, "environment": "staging", "pace": "fast", "note": "OPS-12"}
    assert (told, "dev", THREAD) == (made.params, made.by, made.place)
    assert [] == list((await asks(house)).controls)


async def test_the_form_of_a_question_asks_for_what_it_asks(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    verb = REGISTRY.by_name["runbook.tell"]
    assert verb.looks is not None
    form = await house.store.read(verb.looks, house.world, {"id": "ASK-1"})
    assert form is not None
    assert ("How many copies", "ASK-1") == (form.fields[0].label, form.object)
    assert await house.store.read(verb.looks, house.world, {"id": "ASK-1", "value": "0"}) is None


async def test_words_that_fit_two_runbooks_let_one_choose(house: House) -> None:
    await house.say("dev", "restart payments in staging", THREAD)
    card = await asks(house)
    assert "Which runbook?" == card.title
    assert ["restart-service", "restart-cache", "Never mind"] == [one.label for one in card.controls]
    await answer(house, "restart-service")
    made = await run(house)
    assert ("restart-service", "payments", "staging") == (
        made.runbook,
        made.params["service"],
        made.params["environment"],
    )


async def test_the_runbook_that_the_service_names_is_meant(house: House) -> None:
    await house.say("dev", "restart cart in staging", THREAD)
    assert "restart-service" == (await run(house)).runbook


async def test_a_misspelt_runbook_is_offered_and_what_is_like_none_is_told(house: House) -> None:
    await house.say("dev", "run restart-servise for checkout", THREAD)
    assert "Do you mean restart-service?" == (await asks(house)).title
    told = said(await house.say("dev", "run defragment", THREAD))
    assert "There is no runbook “defragment”." in told
    assert await no_run(house)


async def test_a_sentence_that_names_a_runbook_is_read_for_the_rest(house: House) -> None:
    text = "we want to scale service cart to 3 in stagng with pace=slow note=OPS-1"
    await house.say("dev", text, THREAD)
    card = await asks(house)
    assert "scale-service: Where?" == card.title
    assert "Did you mean “staging”?" in said(card)
    await house.say("dev", "staging", THREAD)
    assert {
        "replicas": 3,
        "pace": "slow",
        "note": "OPS-1",
        "environment": "staging",
        "service": "checkout",
    } == (await run(house)).params


async def test_a_question_outlives_the_process_and_ends_at_its_time(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    again = House(house.store, house.world, house.numbers)
    await again.say("dev", "5", THREAD)
    assert "scale-service: Where?" == (await asks(again)).title
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(minutes=15))
    (due,) = [one for one in await house.store.read(deadlines.due) if one.kind == "runbook.wish"]
    await house.store.transact(_serve, house.world, due)
    card = await asks(house)
    assert ([], True) == (list(card.controls), "Nothing was run" in said(card))
    late = await house.click("dev", "runbook.tell", "ASK-1", THREAD, value="0")
    assert "That question is over; nothing was run." in said(late)
    assert await no_run(house)


def _serve(unit: Unit, made: wiring.World, due: Deadline) -> None:
    assert deadlines.take(unit, due)
    wiring.DEADLINES[due.kind](unit, made, due.ref)


async def test_only_who_was_asked_answers_and_may_give_up(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    told = await house.submit("eva", "runbook.tell", "ASK-1", THREAD, said="4")
    assert "asks somebody else" in said(told)
    assert "I did not understand" in said(await house.say("eva", "4", THREAD))
    await house.say("dev", "never mind", THREAD)
    assert [] == list((await asks(house)).controls)
    assert await no_run(house)


async def test_a_new_wish_takes_the_place_of_the_question_before(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    await house.say("dev", "restart checkout in staging", THREAD)
    assert [] == list((await asks(house)).controls)
    assert "restart-service" == (await run(house)).runbook


async def test_an_answer_to_an_older_question_is_not_taken_for_another(house: House) -> None:
    await house.say("dev", "scale service checkout to 4", THREAD)
    old = await asks(house)
    button = old.controls[0]
    assert isinstance(button, Button)
    await answer(house, "staging")
    late = Click(
        key=house.key(),
        actor=actor("dev"),
        place=THREAD,
        verb=button.verb,
        object=button.object,
        revision=old.revision,
        args=button.args,
    )
    click = await house.take(late)
    assert "asks for something else by now" in said(click)


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
    told = said(await house.say("dev", "no, in the other one", THREAD))
    assert "I do not know what to change about RUN-3" in told or "environment" in said(await asks(house))


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


async def test_talk_in_other_places_is_nobodys_answer(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    for place in (HERE.under("m2"), Place(platform="slack", channel="C0ELSE", workspace="T1")):
        talk = Message(key=house.key(), actor=actor("dev"), place=place, text="5", addressed=False)
        await house.take(talk)
    assert "scale-service: How many copies?" == (await asks(house)).title
    heard = Message(key=house.key(), actor=actor("dev"), place=THREAD, text="5", addressed=False)
    await house.take(heard)
    assert "scale-service: Where?" == (await asks(house)).title
