from core.health import records as health
from core.health.aggregate import Count
from core.health.check import Status
from core.incidents import records
from core.incidents.incident import State
from core.store.engine import Unit
from handlers.cards.card import Button
from handlers.incidents.ending import reopen_form, resolve_form
from handlers.registry import REGISTRY
from tests.handlers.house import House, said

DOWN = "checkout is down"


def _sick(unit: Unit) -> None:
    health.put_count(unit, "checkout", Count(Status.UNHEALTHY, unit.now, ""))


async def test_an_end_that_the_signs_speak_against_takes_a_reason(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.store.transact(_sick)
    answer = await house.command("ana", "/incident resolve INC-1 a bad deploy")
    assert "INC-1 is not resolved" in said(answer)
    assert "checkout is still not healthy by its checks." in said(answer)
    assert (await house.store.read(records.get, "INC-1")).state is State.OPEN
    (button,) = answer.controls
    assert isinstance(button, Button)
    form = await house.store.read(resolve_form, house.world, {"id": "INC-1", **button.args})
    assert form is not None
    fields = {field.name: field for field in form.fields}
    assert ("a bad deploy", True) == (fields["cause"].default, fields["anyway"].required)
    assert "checkout is still not healthy by its checks." == form.intro
    await house.submit(
        "ana", "incident.resolve", "INC-1", cause="a bad deploy", anyway="the probe lies", **form.args
    )
    ended = await house.store.read(records.get, "INC-1")
    assert (State.RESOLVED, "a bad deploy") == (ended.state, ended.cause)


async def test_what_speaks_against_an_end_that_was_asked_for_in_words_is_said_before_the_yes(
    house: House,
) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    assert "But" not in said(await house.say("ana", "resolve INC-1"))
    await house.store.transact(_sick)
    asked = said(await house.say("ana", "resolve INC-1"))
    assert f"INC-1: {DOWN}. But checkout is still not healthy by its checks" in asked


async def test_the_reason_may_be_said_at_once(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.store.transact(_sick)
    await house.command("ana", '/incident resolve INC-1 anyway="the probe lies" a bad deploy')
    assert "a bad deploy" == (await house.store.read(records.get, "INC-1")).cause


async def test_the_form_knows_the_cause_that_people_have_confirmed(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident suspect INC-1 the pool is full")
    await house.command("ana", "/incident confirm INC-1 H1")
    form = await house.store.read(resolve_form, house.world, {"id": "INC-1"})
    assert form is not None
    assert [("cause", "the pool is full"), ("resolution", ""), ("follow_ups", "")] == [
        (field.name, field.default) for field in form.fields
    ]
    assert await house.store.read(resolve_form, house.world, {"cause": "INC-1 a deploy"}) is None


async def test_it_is_opened_again_for_a_reason(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    assert reopen_form(house.world, {"id": "INC-1"}) is not None
    assert "Why is it open again?" in said(await house.say("ana", "reopen INC-1"))
    assert "INC-1 is open again." in said(await house.say("ana", "reopen INC-1 because it is back"))


async def test_news_is_put_off_and_the_card_says_when_it_is_due(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    answer = await house.command("bo", "/incident remind INC-1 15m")
    assert "The next update of INC-1 is due at" in said(answer)
    assert "put off by Bo" in said(await house.live("incident", "INC-1"))
    assert "Write 15m, 2h, off or on." in said(await house.command("bo", "/incident remind INC-1 soon"))
    card = await house.store.read(REGISTRY.views["incident_reminder"], house.world, "INC-1")
    assert ["Post update…", "+15 min", "No more"] == [one.label for one in card.controls]
    await house.press("bo", card, "No more")
    assert "Bo switched reminders off" in said(await house.live("incident", "INC-1"))


async def test_what_is_over_waits_for_nobody_to_lead_it(house: House) -> None:
    await house.command("ana", "/incident declare", title="checkout is down")
    assert "Lead: nobody yet" in said(await house.live("incident", "INC-1"))
    await house.command("ana", "/incident resolve INC-1 a cable")
    shown = said(await house.live("incident", "INC-1"))
    assert ("Lead: nobody" in shown, "nobody yet" in shown) == (True, False)
    assert "It was led by nobody;" in said(await house.command("ana", "/incident summary INC-1 managers"))
