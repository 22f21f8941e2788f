"""What a step asks people, and what runs tell them, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.chat_ask import ChatAsk
from bot.actions.notify import Notify
from core.errors import Conflict, Forbidden, Invalid
from core.notify import units as notices
from core.notify.channel import Channel
from core.place import Place
from core.runbooks.action import ActionSpec, Offer
from core.runbooks.asking import records, units
from core.runbooks.engine import Engine, Pace
from core.runbooks.load import load
from core.runbooks.plan import Plan
from core.runbooks.rehearsing import units as rehearsing
from core.runbooks.telling import records as notes
from tests.core.runbooks.house import ANA, BO, CHI, SPECS, House

OPS = Channel(name="ops", places=(Place(platform="slack", channel="C0OPS"),))
BOOK = """
name: ask
steps:
  - id: ask
    action: chat.ask
    with:
      text: How many?
      fields: [{name: n, type: number}, {name: why, type: long, required: false}]
      ask: [{role: sre}]
      answers: 2
      timeout: 1h
    on_failure: skip
    outputs: {last: "${{ result.values.n }}", all: "${{ result.answers }}"}
  - {id: tell, needs: [ask], when: always, action: notify, with: {text: "Told", people: [chi], channels: [ops]}}
"""


@pytest.fixture
def engine(house: House) -> Engine:
    house.world = replace(house.world, channels={"ops": OPS})
    actions = {**house.actions, "chat.ask": ChatAsk({"ops": OPS}), "notify": Notify(house.world)}
    house.actions = actions
    pace = Pace(lease=timedelta(seconds=30), look=timedelta(seconds=60), drain=timedelta(seconds=1))
    return Engine(house.store, actions, "one", house.world, pace=pace)


async def begin(house: House, engine: Engine) -> None:
    specs: dict[str, ActionSpec] = {**SPECS, "chat.ask": ChatAsk.spec, "notify": Notify.spec}
    await house.start(load(BOOK, "ask.yaml", specs))
    await house.go(engine)


async def test_a_step_waits_for_two_people_and_the_later_word_of_one_counts(
    house: House, engine: Engine
) -> None:
    await begin(house, engine)
    assert str((await house.get()).state) == "WAITING_APPROVAL"
    assert (await house.get()).steps["ask"].owner == ""
    tell = house.store.transact
    await tell(units.answer, house.world, "ASK-1", ANA, {"n": "1"})
    await tell(units.answer, house.world, "ASK-1", ANA, {"n": "2.5", "why": "more"})
    with pytest.raises(Forbidden, match="for Ana, Bo to answer"):
        await tell(units.answer, house.world, "ASK-1", CHI, {"n": "1"})
    with pytest.raises(Invalid, match="has no answer"):
        await tell(units.answer, house.world, "ASK-1", BO, {"why": "no number"})
    await tell(units.answer, house.world, "ASK-1", BO, {"n": "3"})
    with pytest.raises(Conflict, match="Ana, Bo answered it"):
        await tell(units.answer, house.world, "ASK-1", BO, {"n": "4"})
    await house.go(engine)
    run = await house.get()
    assert (str(run.state), run.steps["ask"].outputs["last"]) == ("COMPLETED", 3)
    assert [(one["by"], one["values"]["n"]) for one in run.steps["ask"].outputs["all"]] == [
        ("ana", 2.5),
        ("bo", 3),
    ]


async def test_a_note_is_kept_and_whoever_no_channel_reaches_stands_in_the_ledger(
    house: House, engine: Engine
) -> None:
    await begin(house, engine)
    for person in (ANA, BO):
        await house.store.transact(units.answer, house.world, "ASK-1", person, {"n": "1"})
    await house.go(engine)
    note = await house.store.read(notes.get, "NOTE-1")
    assert (note.text, note.people, note.by, note.execution) == ("Told", ("chi",), "dev", "RUN-1")
    (entry,) = await house.store.read(notices.ledger, "NOTE-1")
    assert (entry.person, entry.detail) == ("chi", "no account there")


async def test_at_its_time_limit_a_question_is_over_and_its_step_does_what_the_file_says(
    house: House, engine: Engine
) -> None:
    await begin(house, engine)
    await house.store.transact(units.answer, house.world, "ASK-1", ANA, {"n": "1"})
    await house.store.transact(units.on_due, house.world, "ASK-1")
    assert (await house.store.read(records.get, "ASK-1")).state == "OPEN"
    house.clock.advance(timedelta(hours=1))
    await house.store.transact(units.on_due, house.world, "ASK-1")
    await house.go(engine)
    run = await house.get()
    assert (await house.store.read(records.get, "ASK-1")).state == "EXPIRED"
    assert (str(run.steps["ask"].state), str(run.state)) == ("SKIPPED", "COMPLETED")
    assert run.steps["ask"].error == "1 of 2 answers to ASK-1 within 1h."


async def test_a_dry_run_is_wished_for_kept_and_read_by_the_plan_that_it_is_of(house: House) -> None:
    spec = replace(SPECS["shell"], rehearses=lambda given: "dry" in str(given))
    house.world = replace(house.world, offers={"shell": Offer(spec)})
    book = load("name: d\nsteps:\n  - {id: a, action: shell, with: {argv: [dry]}}\n", "d.yaml", SPECS)
    run = await house.start(book)

    plan = Plan.model_validate(run.plan)
    assert await house.store.transact(rehearsing.want, house.world, plan, {}) == 1
    one = await house.store.read(rehearsing.next_one)
    assert one is not None
    assert await house.store.read(rehearsing.latest, plan.digest) == {}
    await house.store.transact(rehearsing.finish, one, {"a": "would dry"})
    assert await house.store.read(rehearsing.latest, plan.digest) == {"a": "would dry"}
    assert await house.store.read(rehearsing.next_one) is None
