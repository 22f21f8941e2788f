"""What is asked for in a question is shown, not explained: lists, who is on call when, several services at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import WardroomError
from core.store import inbox
from handlers import pipeline
from handlers.inbound import Message
from handlers.registry import REGISTRY
from handlers.talk import listing
from tests.handlers.house import OPS, House, actor, said
from tests.handlers.wishing import no_run, wishing
from tests.stores import opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path)) as store:
        yield House(store)


async def verb_of(house: House, text: str, *, addressed: bool = True) -> str:
    """The verb that answers these words, also where it refuses afterwards."""
    said = Message(key=house.key(), actor=actor("ana"), place=OPS, text=text, addressed=addressed)
    await house.store.transact(inbox.put, said.key, said.model_dump(mode="json"))
    try:
        return await house.store.transact(pipeline.handle, house.world, REGISTRY, said)
    except WardroomError as error:
        return error.what


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("what runbooks do we have?", "runbook.list"),
        ("is there a runbook for the database?", "runbook.list"),
        ("what can restart-service do", "runbook.show"),
        ("explain restart-service to me", "runbook.show"),
        ("any alerts?", "alert.list"),
        ("why is payments down?", "ask.meaning"),
        ("show me the logs of payments", "runbook.logs"),
        ("approvals pending?", "approval.list"),
        ("what is waiting for approval?", "approval.list"),
        ("who has not approved yet", "approval.list"),
        ("is there anything I must approve", "wardroom.mine"),
        ("is anything running in prod?", "runbook.status"),
        ("how is our mttr?", "incident.stats"),
        ("how many pages last week", "incident.stats"),
        ("my timezone", "wardroom.whoami"),
        ("where is bo?", "oncall.who"),
        ("is bo online", "oncall.who"),
        ("what does checkout do?", "health.show"),
        ("payments status", "health.show"),
        ("why did it fail", "Which run do you mean?"),
        ("why is it paging", "ask.meaning"),
        ("who's in platform", "oncall.who"),
        ("whats waiting for me?", "wardroom.mine"),
        ("why was I paged", "oncall.pages"),
        ("what's open", "incident.list"),
        ("AP-4", "There is no approval AP-4."),
        ("take INC-2", "There is no incident INC-2."),
        ("i'm back", "You are not away, and nobody decides for you."),
        ("what is silenced right now?", "alert.silences"),
        ("show me the open approvals", "approval.list"),
        ("which approvals are pending?", "approval.list"),
        ("who is on vacation this week?", "approval.delegations"),
        ("do we have an incident right now?", "incident.list"),
        ("incidents since friday evening", "incident.list"),
        ("are there any pages open?", "oncall.pages"),
        ("is anything running?", "runbook.status"),
        ("am I on call?", "There is no on-call schedule."),
        ("who do I call if the database dies?", "There is no on-call schedule."),
        ("morning! all quiet?", "wardroom.mine"),
        ("what's going on?", "wardroom.mine"),
        ("hey bot, what is running?", "runbook.status"),
        ("approve everything", "approval.approve_all"),
        ("show me the plan of restart-service for checkout in staging", "runbook.plan"),
        ("what would happen if I restart checkout in staging?", "runbook.plan"),
        ("who would have to approve restart-service of checkout in production?", "runbook.plan"),
        ("dry run restart-service checkout in staging", "runbook.plan"),
        ("how often did we have incidents this month?", "incident.stats"),
        ("what maintenance windows do we have?", "alert.silences"),
        ("show me a graph of restart-service", "runbook.graph"),
        ("what services do we have?", "health.show"),
        ("please have a look at checkout", "health.show"),
        ("who can silence alerts?", "wardroom.how"),
        ("is everything ok?", "health.show"),
        ("how are the services doing?", "health.show"),
        ("what are my permissions?", "wardroom.whoami"),
        ("what commands are there?", "wardroom.help"),
    ],
)
async def test_what_can_be_shown_is_shown(house: House, text: str, verb: str) -> None:
    assert verb == await verb_of(house, text)


@pytest.mark.parametrize("text", ["any alerts?", "is anything running?", "who is on vacation this week?"])
async def test_people_who_ask_each_other_are_left_alone(house: House, text: str) -> None:
    assert "not for us" == await verb_of(house, text, addressed=False)


@pytest.mark.parametrize(
    ("text", "verb"),
    [("wardroom, what is running?", "runbook.status"), ("Wardroom: list runbooks", "runbook.list")],
)
async def test_the_name_may_be_typed_before_a_sentence_that_is_known(
    house: House, text: str, verb: str
) -> None:
    assert verb == await verb_of(house, text, addressed=False)
    assert "not for us" == await verb_of(house, "wardroom is slow today", addressed=False)


def test_every_sentence_means_a_verb_that_exists() -> None:
    assert set(listing.ASKED) <= set(REGISTRY.by_name)


async def test_people_who_ask_each_other_order_nothing(house: House) -> None:
    assert "not for us" == await verb_of(house, "restart checkout in staging?", addressed=False)
    assert await no_run(house)


async def test_an_incident_is_no_service_and_who_is_nobody(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    for text in ("what's the status of INC-1", "who leads INC-1"):
        assert "checkout is down" in said(await house.say("ana", text))


async def test_incidents_of_a_time_are_listed_whether_they_are_open_or_not(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    assert "checkout is down" in said(
        await house.say("ana", "which incidents happened since friday evening?")
    )
    assert "There are none." in said(await house.say("ana", "show me the incidents of last week"))
    assert "There are none." in said(await house.say("ana", "were there any incidents last night?"))
    assert "“the moon” is no time" in said(await house.command("ana", "/incident list", when="the moon"))


async def test_tasks_are_added_and_listed_in_words(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.say("ana", "add a task to INC-1: call the bank")
    assert "1. call the bank" in said(await house.say("ana", "what are the tasks of INC-1?"))


async def test_what_became_of_a_request_is_looked_up(house: House) -> None:
    assert "There is no approval AP-1." == await verb_of(house, "why was AP-1 rejected?")


async def test_several_services_are_answered_at_once(house: House) -> None:
    told = said(await house.say("ana", "how is payments and checkout"))
    assert "payments" in told
    assert "checkout" in told
    assert "I know no service “billing”" in said(await house.say("ana", "how is payments and billing"))


@pytest.mark.parametrize(
    "text", ["what can restart-service do", "what happened since the last restart-service of checkout"]
)
async def test_a_question_that_names_a_runbook_runs_nothing(house: House, text: str) -> None:
    await house.say("ana", text)
    assert await no_run(house)


async def test_asking_leave_for_what_two_runbooks_do_asks_which_and_denies_neither(tmp_path: Path) -> None:
    async with wishing(sqlite_url(tmp_path)) as house:
        told = said(await house.say("ana", "can I restart checkout in staging?"))
        assert ("/runbook plan NAME" in told, "restart-service" in told) == (True, True)
        assert "No runbook here does that" not in told
        assert await no_run(house)
