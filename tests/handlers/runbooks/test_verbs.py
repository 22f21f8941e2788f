"""Runbooks as people use them: words, commands, forms, cards."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.approvals.request import Choice
from core.errors import Forbidden, Invalid, NotFound, StaleDigest
from core.people.person import Person
from core.runbooks.action import ActionFailed
from core.runbooks.units import work
from handlers import arguments
from handlers.cards.card import Button, Progress, Steps
from handlers.cards.words import words
from handlers.talk import wishes
from handlers.verb import Verb
from tests.core.runbooks.house import ANA, CHI, DEV, House, book
from tests.handlers.running import BY_NAME, does, furnished, shown


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as made:
        yield made


def heard(text: str) -> tuple[str, dict[str, Any]] | None:
    """The verb that free words mean, and its arguments."""
    for verb in BY_NAME.values():
        for pattern in verb.patterns:
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            if found:
                return verb.name, {name: value for name, value in found.groupdict().items() if value}
    return None


@pytest.mark.parametrize(
    ("text", "verb", "given"),
    [
        (
            "restart checkout in staging",
            "run",
            {"runbook": "restart", "service": "checkout", "environment": "staging"},
        ),
        (
            "please restart cart in prod",
            "run",
            {"runbook": "restart", "service": "cart", "environment": "prod"},
        ),
        (
            "Restart the checkout in the production environment please!",
            "run",
            {"runbook": "Restart", "service": "checkout", "environment": "production"},
        ),
        ("failover user-db", "run", {"runbook": "failover", "service": "user-db"}),
        ("fail over the database user-db", "run", {"runbook": "fail over", "service": "user-db"}),
        (
            "run restart-service for cart on staging",
            "run",
            {"runbook": "restart-service", "service": "cart", "environment": "staging"},
        ),
        (
            "run restart-service service=checkout environment=staging",
            "run",
            {"runbook": "restart-service", "params": "service=checkout environment=staging"},
        ),
        ("run database-failover", "run", {"runbook": "database-failover"}),
        (
            "plan restart-service service=cart",
            "plan",
            {"runbook": "restart-service", "params": "service=cart"},
        ),
        ("what is running?", "status", {}),
        ("what's running right now", "status", {}),
        ("cancel RUN-12", "cancel", {"id": "RUN-12"}),
        ("pause RUN-12", "pause", {"id": "RUN-12"}),
        ("retry RUN-12 from verify.ping", "retry", {"id": "RUN-12", "step": "verify.ping"}),
        ("roll back RUN-12.", "rollback", {"id": "RUN-12"}),
        ("which runbooks are there?", "list", {}),
    ],
)
def test_free_words_mean_a_verb(text: str, verb: str, given: dict[str, str]) -> None:
    assert heard(text) == (f"runbook.{verb}", given)


@pytest.mark.parametrize(
    "text", ["I had to restart my laptop twice today", "running late", "the plan is good, run!"]
)
def test_other_words_mean_none(text: str) -> None:
    assert heard(text) is None


async def test_words_become_the_right_plan(house: House) -> None:
    made = wishes.make_plan(house.world, wishes.Wish(runbook="restart", service="cart", environment="prod"))
    assert (made.runbook, made.params) == (
        "restart-service",
        {"service": "checkout", "environment": "production"},
    )
    made = wishes.make_plan(
        house.world, wishes.Wish(runbook="fail over", service="user db", params="max_lag_seconds=9")
    )
    assert made.params == {"database": "user-db", "environment": "staging", "max_lag_seconds": 9}


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        ({"runbook": "restrt-service"}, NotFound, "Did you mean “restart-service”"),
        ({"runbook": "restart", "service": "chekout"}, Invalid, "Did you mean “checkout”"),
        ({"runbook": "restart", "service": "cart", "environment": "prodction"}, Invalid, "production"),
        ({"runbook": "restart", "params": "servise=cart"}, Invalid, "Did you mean “service”"),
        ({"runbook": "restart"}, Invalid, "must be told: service"),
        ({"runbook": "failover", "params": "database=user-db max_lag_seconds=601"}, Invalid, "at most 600"),
        ({"runbook": "failover", "params": "database=user-db max_lag_seconds=many"}, Invalid, "whole number"),
        ({"runbook": "restart", "params": "quickly"}, Invalid, "name=value"),
    ],
)
async def test_a_wrong_word_is_answered_with_the_nearest_right_one(
    house: House, wish: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        wishes.make_plan(house.world, wishes.Wish(**wish))
    assert words in raised.value.sentence()  # type: ignore[attr-defined]


async def test_a_run_in_staging_begins_at_once_and_its_card_tells_its_steps(house: House) -> None:
    reply = await does(house, "runbook.run", runbook="restart", service="cart", environment="stg")
    assert (reply.view, reply.ref) == ("execution", "RUN-1")
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    card = await shown(house)
    assert card.title == "restart-service of checkout in staging: done"
    assert [step.mark for part in card.parts if isinstance(part, Steps) for step in part.items] == [
        "done"
    ] * 5
    assert next(part for part in card.parts if isinstance(part, Progress)).done == 5
    assert [control.label for control in card.controls] == ["Roll back…", "Picture"]


async def test_a_run_in_production_shows_what_it_waits_for(house: House) -> None:
    await does(house, "runbook.run", runbook="restart", service="cart", environment="prod")
    card = await shown(house)
    assert card.title.endswith("waits for people")
    assert "AP-1" in card.model_dump_json()
    assert [control.label for control in card.controls] == ["Pause", "Cancel…", "Picture"]
    await house.vote("AP-1", CHI, Choice.REJECT, "no")
    await house.go()
    ended = await shown(house)
    assert "Nothing was done." in ended.model_dump_json()
    assert 0 == next(part for part in ended.parts if isinstance(part, Progress)).done


async def test_a_failed_run_says_what_stands_and_shows_the_last_lines(house: House) -> None:
    house.hands.behave = lambda step, _: (
        ActionFailed("status 500", log="boom") if step == "verify.ping" else None
    )
    await does(house, "runbook.run", runbook="restart", service="cart")
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    card = (await shown(house)).model_dump_json()
    assert all(words in card for words in ("Still stands: ", "Restart. Look at it", "boom", "status 500"))


async def test_a_step_in_question_has_four_answers(house: House) -> None:
    await does(house, "runbook.run", runbook="failover", service="user-db")
    await house.go()
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", Person(id="bo", name="Bo"), Choice.APPROVE)
    engine = house.engine()
    await house.react()
    assert await house.store.transact(work.claim, house.world, work.Room("dead", timedelta(seconds=30)))
    house.clock.advance(timedelta(seconds=31))
    await house.go(engine)
    card = await shown(house)
    buttons = [control for control in card.controls if isinstance(control, Button)]
    assert [button.label for button in buttons] == [
        "It was done",
        "Run again",
        "Skip",
        "It failed",
        "Cancel…",
        "Picture",
    ]
    assert buttons[0].args == {"step": "fence", "said": "done"}
    await does(house, "runbook.answer", ANA, id="RUN-1", **buttons[0].args)
    await house.go(engine)
    assert (await shown(house)).title.endswith(": done")


async def test_a_plan_runs_nothing_and_says_who_would_be_asked(house: House) -> None:
    reply = await does(house, "runbook.plan", runbook="restart", service="cart", environment="prod")
    assert reply.card is not None
    assert "2 of sre, security (must) must approve: Change to production." in reply.card.summary
    assert house.hands.done == []
    button = reply.card.controls[0]
    assert isinstance(button, Button)
    assert button.args == {"runbook": "restart-service", "params": "service:checkout environment:production"}


async def test_the_button_of_a_plan_runs_that_plan_or_nothing(house: House) -> None:
    plan = (await does(house, "runbook.plan", runbook="restart", service="cart")).card
    assert plan is not None
    button = plan.controls[0]
    assert isinstance(button, Button)
    with pytest.raises(StaleDigest):
        await does(house, "runbook.run", DEV, "k1", digest="00000000", **button.args)
    reply = await does(house, "runbook.run", DEV, "k1", digest=plan.digest[:8], **button.args)
    assert reply.ref == "RUN-1"


async def test_who_started_a_run_may_cancel_it_and_others_need_the_permission(house: House) -> None:
    await does(house, "runbook.run", runbook="restart", service="cart", environment="prod")
    with pytest.raises(Forbidden):
        await does(house, "runbook.cancel", CHI, id="RUN-1")
    reply = await does(house, "runbook.cancel", DEV, id="1")
    assert reply.card is not None
    assert (await shown(house)).title.endswith("cancelled")


async def test_status_lists_what_runs_and_says_when_nothing_does(house: House) -> None:
    reply = await does(house, "runbook.status")
    assert reply.card is not None
    assert reply.card.summary == "Nothing is running."
    await does(house, "runbook.run", runbook="restart", service="cart", environment="prod")
    reply = await does(house, "runbook.status")
    assert reply.card is not None
    assert "RUN-1" in reply.card.model_dump_json()
    with pytest.raises(NotFound):
        await does(house, "runbook.status", id="RUN-99")


async def test_a_plan_counts_its_steps_without_gaps(house: House) -> None:
    steps = (
        "  - {id: each, for_each: {items: [x, y]}, action: do}\n  - {id: then, needs: [each], action: do}\n"
    )
    house.world = replace(house.world, runbooks={"wide": book(f"name: wide\nsteps:\n{steps}")})
    planned = (await does(house, "runbook.plan", runbook="wide")).card
    assert planned is not None
    numbers = [int(number) for number in re.findall(r"^ *(\d+)  ", words(planned), re.MULTILINE)]
    assert [1, 1, 2] == numbers


async def test_list_and_show_tell_what_there_is(house: House) -> None:
    listed = (await does(house, "runbook.list")).card
    looked = (await does(house, "runbook.show", runbook="failover")).card
    assert listed is not None
    assert looked is not None
    assert "database-failover" in listed.model_dump_json()
    assert "max_lag_seconds" in looked.model_dump_json()


async def test_a_form_asks_for_what_is_missing_and_for_nothing_else(house: House) -> None:
    form = wishes.form(house.world, {})
    assert form is not None
    assert [field.name for field in form.fields] == ["runbook", "service", "environment", "params"]
    form = wishes.form(house.world, {"runbook": "restart"})
    assert form is not None
    assert [(field.name, field.kind) for field in form.fields] == [
        ("service", "choice"),
        ("environment", "choice"),
    ]
    assert wishes.form(house.world, {"runbook": "restart", "service": "cart"}) is None
    assert wishes.form(house.world, {"runbook": "restart", "params": "service=cart"}) is None
    assert wishes.form(house.world, {"runbook": "nonsense"}) is None


@pytest.mark.parametrize("verb", BY_NAME.values(), ids=lambda verb: verb.name)
def test_every_example_in_the_help_can_be_typed(verb: Verb) -> None:
    words = verb.example.removeprefix(f"/{verb.command}").strip()
    assert isinstance(arguments.typed(verb, arguments.from_words(verb, words)), verb.args)
