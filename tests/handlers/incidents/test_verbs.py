import pytest

from core import wiring
from core.incidents import records
from core.store import outbox
from core.store.engine import Unit
from handlers.cards.card import Button, Select
from handlers.inbound import Command
from handlers.incidents import forms as incident_forms
from handlers.registry import REGISTRY
from handlers.talk import reading
from tests.handlers.house import HERE, House, actor, said

DOWN = "checkout is down"


async def declared(house: House, title: str = DOWN, **options: str) -> None:
    await house.command("ana", "/incident declare", title=title, **options)


async def test_a_title_is_enough_and_its_card_stands_here_with_the_team_and_with_operations(
    house: House,
) -> None:
    answer = await house.command("dev", f"/incident declare {DOWN}")
    assert "You declared INC-1 of checkout as SEV3." in said(answer)
    places = await house.store.read(outbox.places, "incident", "INC-1")
    assert {(p.platform, p.channel) for p in places} == {
        ("slack", "C0DEV"),
        ("slack", "C0OPS"),
        ("discord", "2001"),
    }


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("declare an incident: checkout is down", 3),
        ("please declare a sev1 incident: checkout is down", 1),
        ("start incident checkout is down", 3),
        ("/incident new checkout is down", 3),
        ("incident open severity=high checkout is down", 2),
        ("/incident declare checkout is down service=checkout severity=SEV2", 2),
    ],
)
async def test_it_is_declared_in_words_as_by_command(house: House, words: str, severity: int) -> None:
    await house.say("ana", words)
    if not words.startswith(("/", "incident ")):
        assert [] == await house.store.read(records.find)  # a sentence is shown first
        await house.say("ana", "yes")
    (incident,) = await house.store.read(records.find)
    assert (DOWN, severity, "checkout") == (incident.title, severity, incident.service)


@pytest.mark.parametrize(
    "words", ["/incident declare sev2", "declare an incident: SEV-2.", "/incident declare P2"]
)
async def test_a_severity_alone_is_no_title(house: House, words: str) -> None:
    asked = await house.say("ana", words)
    assert "What is wrong?" in said(asked)
    assert [] == await house.store.read(records.find)
    button = asked.controls[0]
    assert button.kind == "button"
    form = incident_forms.declare(house.world, button.args)
    assert form is not None
    assert {"title": "", "severity": "2"} == {one.name: one.default for one in form.fields[:2]}
    assert form == incident_forms.declare(house.world, {"title": "sev2"})


async def test_a_test_is_announced_to_nobody(house: House) -> None:
    await declared(house, test="true")
    (place,) = await house.store.read(outbox.places, "incident", "INC-1")
    assert place.channel == HERE.channel
    assert (await house.live("incident", "INC-1")).title == "TEST · SEV3 · INC-1 · checkout is down"


async def test_the_card_goes_to_the_channel_and_not_into_the_thread_where_it_was_asked(
    house: House,
) -> None:
    inside = HERE.model_copy(update={"thread": "16.1", "message": "16.4"})
    await house.command("ana", f"/incident declare {DOWN}", inside)
    places = await house.store.read(outbox.places, "incident", "INC-1")
    assert all(p.thread is None and p.message is None for p in places)


async def test_bare_incident_asks_for_the_title_by_form_or_by_button(house: House) -> None:
    bare = Command(key="k", actor=actor("ana"), place=HERE, area="incident")
    understood = reading.understand(house.world, REGISTRY, bare)
    assert understood is not None
    form = incident_forms.declare(house.world, understood.raw)
    assert form is not None
    assert [field.name for field in form.fields if field.required] == ["title"]
    answer = await house.say("ana", "incident")
    assert "What is wrong?" in said(answer)
    assert [one.verb for one in answer.controls] == ["incident.declare"]


async def test_a_message_becomes_a_form_that_is_filled_in_and_its_words_are_kept(house: House) -> None:
    options = {
        "title": "500 on pay",
        "source_text": "500 on pay\n<!channel>",
        "source_link": "https://chat/p1",
    }
    form = incident_forms.declare(house.world, options)
    assert form is not None
    assert {field.name: field.default for field in form.fields}["title"] == "500 on pay"
    fields = {field.name: field.default for field in form.fields}
    await house.submit("ana", "incident.declare", "", HERE, **fields)
    first, quote = await house.store.read(records.timeline, "INC-1")
    assert ("declared", "quote", "500 on pay\n<!channel>") == (first.kind, quote.kind, quote.text)


async def test_the_card_says_what_is_known_and_stays_current(house: House) -> None:
    await declared(house)
    card = await house.live("incident", "INC-1")
    assert (card.title, card.tone, card.revision) == ("SEV3 · INC-1 · checkout is down", "waiting", 1)
    assert "checkout, team platform" in said(card)
    await house.command("bo", "/incident update INC-1 state=mitigating severity=sev1 failing over")
    card = await house.live("incident", "INC-1")
    assert (card.title, card.revision) == ("SEV1 · INC-1 · checkout is down", 2)
    assert all(part in said(card) for part in ("mitigating", "@Bo", "failing over", "SEV1 (critical)"))


async def test_the_card_offers_what_can_be_done_and_runs_the_service_s_runbooks(house: House) -> None:
    await declared(house)
    card = await house.live("incident", "INC-1")
    labels = [control.label for control in card.controls]
    assert labels == [
        "Acknowledge",
        "Post update…",
        "Run restart-service…",
        "Run another…",
        "Timeline",
        "Resolve…",
        "Page somebody…",
        "Severity",
        "Take a role",
    ]
    run = next(one for one in card.controls if one.label.startswith("Run restart"))
    assert isinstance(run, Button)
    expected = {"incident": "INC-1", "runbook": "restart-service", "service": "checkout"}
    assert (run.verb, run.args) == ("runbook.run", expected)
    menu = card.controls[-2]
    assert isinstance(menu, Select)
    await house.click("ana", menu.verb, menu.object, value=menu.options[1][1])
    assert (await house.store.read(records.get, "INC-1")).severity == 2
    await house.click("ana", "incident.ack", "INC-1")
    assert "Acknowledge" not in [c.label for c in (await house.live("incident", "INC-1")).controls]
    await house.click("ana", "incident.resolve", "INC-1")
    ended = await house.live("incident", "INC-1")
    assert (["Timeline", "Review…", "Reopen"], "good") == ([c.label for c in ended.controls], ended.tone)


async def test_in_the_thread_of_an_incident_every_command_means_that_incident(house: House) -> None:
    await declared(house)
    await declared(house, "payments are slow")
    thread = await house.posted("INC-1", HERE, "17.1")
    await house.say("bo", "incident ack", thread)
    await house.say("bo", "incident update state=mitigating we found it", thread)
    await house.say("bo", "incident severity sev1", thread)
    await house.say("bo", "incident timeline rolled back", thread)
    await house.say("bo", "incident resolve a bad deploy", thread)
    first, second = [await house.store.read(records.get, name) for name in ("INC-1", "INC-2")]
    assert ("resolved", "we found it", 1, "a bad deploy", "bo") == (
        first.state,
        first.update,
        first.severity,
        first.cause,
        first.lead,
    )
    assert (second.state, second.version) == ("open", 1)


async def test_elsewhere_the_last_five_open_ones_are_offered_and_the_words_are_not_lost(
    house: House,
) -> None:
    for number in range(6):
        await declared(house, f"trouble {number}")
    asked = await house.command("bo", "/incident update we found it")
    assert "Which incident do you mean?" in said(asked)
    assert len(asked.controls) == 5
    answer = await house.press("bo", asked, "INC-4")
    assert "It stands on the card of INC-4 now, and was told in its thread." in said(answer)
    assert (await house.store.read(records.get, "INC-4")).update == "we found it"
    again = await house.press("bo", asked, "INC-5")
    assert "no longer here" in said(again)


async def test_where_no_incident_is_open_it_says_so(house: House) -> None:
    answer = await house.command("ana", "/incident ack")
    assert "No incident is open." in said(answer)


async def test_every_change_is_told_in_the_thread_and_stands_on_the_timeline(house: House) -> None:
    await declared(house)
    for text in ("ack INC-1", "set INC-1 to sev2", "resolve INC-1: a bad deploy", "reopen INC-1 it is back"):
        card = await house.say("ana", text)
        if "Nothing was done yet" in said(card):
            await house.say("ana", "yes")
    told = list(dict.fromkeys(await house.told()))
    assert told == [
        "Ana acknowledged it and leads.",
        "Ana: SEV3 → SEV2",
        "Ana resolved it. Cause: a bad deploy",
        "Ana reopened it: it is back",
    ]
    card = await house.say("ana", "timeline of INC-1")
    without_names = (
        "Acknowledged it and leads.",
        "SEV3 → SEV2",
        "Resolved it. Cause: a bad deploy",
        "Reopened it: it is back",
    )
    assert all(line in said(card) for line in ("Declared SEV3: checkout is down", *without_names))
    assert "Ana acknowledged" not in said(card)


async def test_a_message_is_added_to_the_timeline_once(house: House) -> None:
    await declared(house)
    thread = await house.posted("INC-1", HERE, "17.1")
    message = thread.model_copy(update={"message": "17.9"})
    await house.command("bo", "/incident timeline", message, text="the pool is full")
    again = await house.command("ana", "/incident timeline", message, text="the pool is full")
    assert "already" in said(again)
    quote = (await house.store.read(records.timeline, "INC-1"))[-1]
    assert ("quote", "the pool is full", "Bo", "slack:C0DEV:17.9") == (
        quote.kind,
        quote.text,
        quote.author,
        quote.source,
    )


async def test_incidents_are_listed_and_shown(house: House) -> None:
    await declared(house)
    await declared(house, "payments are slow", severity="low")
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    listed = said(await house.say("dev", "list incidents"))
    assert "INC-2" in listed
    assert "INC-1" not in listed
    assert "INC-1" in said(await house.command("dev", "/incident list all"))
    assert "payments are slow" in said(await house.say("dev", "show INC-2"))


@pytest.mark.parametrize(
    ("who", "text", "expected"),
    [
        ("dev", "/incident resolve INC-1 x", "it needs the permission"),
        ("gus", "/incident list", "it needs the permission"),
        ("stranger", "/incident list", "I do not know you yet"),
        ("ana", "/incident show INC-9", "There is no incident INC-9."),
        ("ana", "/incident show RUN-1", "Which incident do you mean?"),
        ("ana", "/incident severity INC-1 sev7", "Did you mean SEV5?"),
        ("ana", "/incident update INC-1 state=over", "Choose acknowledged, mitigating, monitoring."),
        ("ana", "/incident frobnicate", "I did not understand"),
        ("ana", "/incident list banana", "Choose open, all, resolved, closed, a service"),
    ],
)
async def test_what_cannot_be_is_answered_in_its_place(
    house: House, who: str, text: str, expected: str
) -> None:
    await declared(house)
    before = await house.store.read(records.get, "INC-1")
    assert expected in said(await house.command(who, text))
    assert await house.store.read(records.get, "INC-1") == before


async def test_an_unknown_service_is_told_with_the_nearest(house: House) -> None:
    answer = await house.command("ana", "/incident declare", title="x", service="chekout")
    assert "checkout" in said(answer)
    assert await house.store.read(records.find) == []


async def test_a_run_that_was_started_from_an_incident_writes_on_its_timeline(house: House) -> None:
    await declared(house)
    card_at = HERE.model_copy(update={"message": "17.1"})
    args = {
        "incident": "INC-1",
        "runbook": "restart-service",
        "service": "checkout",
        "environment": "staging",
    }
    await house.click("ana", "runbook.run", "", card_at, **args)
    reactions = [
        row for row in await house.queued("react") if row["reaction"] == "incidents.on_execution_event"
    ]
    assert len(reactions) == 1
    for row in reactions:
        await house.store.transact(_react, house, row)
    entry = (await house.store.read(records.timeline, "INC-1"))[-1]
    assert ("run", "Run RUN-1 (restart-service): running.") == (entry.kind, entry.text)
    card = said(await house.live("incident", "INC-1"))
    assert "Run: restart-service (RUN-1): running" in card


def _react(unit: Unit, house: House, row: dict[str, object]) -> None:
    data = row["data"]
    assert isinstance(data, dict)
    wiring.REACTIONS[str(row["reaction"])](unit, house.world, str(row["ref"]), data)
