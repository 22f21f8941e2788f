"""Who may do something, who has to agree to it, and what can be done for a service: from the roles and the policies."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.approvals.config import Policy
from tests.core.runbooks.house import PRODUCTION
from tests.handlers.house import House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things, and production needs two people."""
    async with wishing(sqlite_url(tmp_path)) as made:
        made.world = replace(made.world, policies=(PRODUCTION,))
        yield made


@pytest.mark.parametrize(
    "text", ["who may deploy?", "who can deploy to production?", "who is allowed to run the deploy runbook"]
)
async def test_who_may_run_a_runbook_is_said_with_who_agrees(house: House, text: str) -> None:
    told = said(await house.say("dev", text))
    assert "deploy: Ana, Bo, Dev, Eva may run it (runbook.run)." in told
    assert (
        "2 of sre, security (must) must approve: Change to production. sre: Ana, Bo; security: nobody" in told
    )
    assert ("staging" in told) == ("production" not in text)


@pytest.mark.parametrize(
    "text", ["who approves restarts in staging?", "do restarts of checkout in staging need approval?"]
)
async def test_who_approves_is_said_of_the_place_that_is_named(house: House, text: str) -> None:
    told = said(await house.say("dev", text))
    assert "Nobody needs to approve this" in told
    assert "Change to production" not in told
    assert "asks another person first" in told


async def test_services_that_are_judged_alike_stand_together_and_others_apart(house: House) -> None:
    careful = PRODUCTION.model_copy(
        update={"name": "careful", "when": 'subject.service == "payments"', "reason": "It is money"}
    )
    house.world = replace(house.world, policies=(careful,))
    told = said(await house.say("dev", "who approves deploys in staging?"))
    assert "staging: payments" in told
    assert "It is money" in told
    assert "staging: checkout" in told
    depends = careful.model_copy(update={"when": 'subject.params.version.startsWith("2")'})
    house.world = replace(house.world, policies=(depends,))
    told = said(await house.say("dev", "who approves deploys in staging?"))
    assert "That depends on what else it is told." in told


async def test_who_may_not_plan_is_told_no_policies(house: House) -> None:
    roles = {**house.world.roles, "guest": frozenset({"runbook.list"})}
    house.world = replace(house.world, roles=roles)
    told = said(await house.say("gus", "who may deploy?"))
    assert "Eva may run it" in told
    assert "runbook.plan" in told
    assert "Change to production" not in told


async def test_who_may_use_a_command_is_said_by_name(house: House) -> None:
    told = said(await house.say("gus", "who can declare an incident?"))
    assert "Who may say /incident declare" in told.replace("`", "")
    assert "Ana, Bo" in told


@pytest.mark.parametrize(
    "text",
    [
        "what needs approval?",
        "show me the policies",
        "which policy applies to production?",
    ],
)
async def test_what_needs_approval_are_the_policies(house: House, text: str) -> None:
    told = said(await house.say("ana", text))
    assert "runbook: Change to production" in told
    assert "2 of sre, security (must)" in told
    assert "Nothing waits for approval now." in told
    await house.command("ana", "/approvals request of=bo Restart the old mail server by hand")
    assert "Waiting now: AP-1." in said(await house.say("ana", text))


async def test_runbooks_of_a_service_are_its_own_and_others_that_take_it(house: House) -> None:
    told = said(await house.say("dev", "what runbooks are there for checkout?"))
    assert "1 runbook of checkout: restart-service." in told
    assert "Others take it, too: scale-service, deploy." in told
    assert "1 runbook of checkout" in said(await house.say("dev", "is there any runbook for checkout?"))
    told = said(await house.say("dev", "what can I run for payments?"))
    assert "payments names no runbook as its own." in told
    assert "restart-cache" not in told
    assert "4 runbooks" in said(await house.say("dev", "what runbooks are there?"))


async def test_what_lacks_something_to_be_planned_says_who_may(house: House) -> None:
    told = said(await house.say("dev", "can I deploy on friday?"))
    assert "deploy: Ana, Bo, Dev, Eva may run it" in told
    assert "friday" not in told
    assert "may run it" in said(await house.say("ana", "can dev deploy to production?"))


@pytest.mark.parametrize(
    "text",
    ["is there a freeze?", "are we in a freeze", "are deploys allowed today", "/approvals policies freeze"],
)
async def test_without_a_policy_that_forbids_it_no_freeze_is_set(house: House, text: str) -> None:
    told = said(await house.say("ana", text))
    assert "No freeze is set: no policy forbids changes at any time." in told
    assert "Change to production" not in told


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("", "Change freeze: all changes are forbidden with no end in sight."),
        (
            'subject.environment == "production" && now < timestamp("2026-03-04T08:30:00Z")',
            "Change freeze: changes in production are forbidden until 2026-03-04 08:30 UTC.",
        ),
        (
            'subject.environment == "production" && now.getDayOfWeek() == 6',
            "Change freeze: changes in production are forbidden from 2026-03-07 00:00 UTC on.",
        ),
        ('subject.service == "ledger"', "Change freeze: that hangs on what is changed"),
    ],
)
async def test_a_freeze_is_told_with_where_and_until_when(house: House, when: str, told: str) -> None:
    deny = Policy(name="frozen", applies_to="runbook", effect="deny", when=when, reason="Change freeze")
    house.world = replace(house.world, policies=(PRODUCTION, deny))
    assert told in said(await house.say("ana", "are we in a freeze?")).replace("`", "")
