"""What is asked about one service besides how it is: what it needs, who needs it, whose it is, where it runs, who works on it."""

from dataclasses import replace

import pytest

from core.catalogue.model import Service
from handlers.talk.services import asked, of_a_kind
from tests.handlers.house import House, said, world
from tests.handlers.wishing import THREAD


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("what depends on checkout?", "needed"),
        ("which services use the cart", "needed"),
        ("what would break if checkout is down", "needed"),
        ("if checkout dies what breaks", "needed"),
        ("what does checkout depend on?", "needs"),
        ("show me the dependencies of cart", "needs"),
        ("who owns checkout", "owner"),
        ("wheres the replica of the checkout located", "where"),
        ("where is the cart service running?", "where"),
        ("is anybody working on checkout?", "work"),
        ("who is already looking into cart right now", "work"),
        ("where is the coffee machine?", ""),
        ("what needs my approval", ""),
        ("what does the bot need", ""),
    ],
)
def test_what_is_asked_of_a_service_that_is_known(text: str, about: str) -> None:
    assert about == (asked(world(), text) or {"about": ""})["about"]


async def test_the_answer_says_what_is_known_and_where_to_look(house: House) -> None:
    known = {
        one.name: one for one in (Service(name="user-db"), Service(name="bank", depends_on=("payments",)))
    }
    known["payments"] = Service(name="payments", depends_on=("user-db",))
    house.world = replace(house.world, services={**house.world.services, **known})
    assert "payments depends on user-db. Through them also bank." in said(
        await house.say("ana", "what depends on user-db?")
    )
    assert "bank depends on payments. Through them also on user-db." in said(
        await house.say("ana", "what does bank depend on?")
    )
    told = said(await house.say("gus", "wheres the replica of the user db located"))
    assert "I do not know where user-db runs" in told
    assert "No team owns user-db in the configuration." in told
    assert "checkout belongs to the team platform: Ana and Bo." in said(
        await house.say("ana", "who owns cart")
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("which services are tier 0?", "bank, checkout"),
        ("show me the tier-0 services", "bank, checkout"),
        ("what services does the platform team own", "checkout"),
        ("which services are tier 4", None),
        ("which services does nobody own", None),
    ],
)
def test_the_services_of_a_tier_or_a_team_are_told(text: str, names: str | None) -> None:
    made = world()
    grave = {
        "checkout": made.services["checkout"].model_copy(update={"tier": 0}),
        "bank": Service(name="bank", tier=0),
    }
    known = replace(made, services={**made.services, **grave})
    assert ({"service": names} if names else None) == of_a_kind(known, text)


async def test_the_services_of_a_team_stand_beside_each_other(house: House) -> None:
    owned = house.world.services["payments"].model_copy(update={"owner": "platform"})
    house.world = replace(house.world, services={**house.world.services, "payments": owned})
    told = said(await house.say("ana", "which services does platform own?"))
    assert "Without checks: checkout, payments." in told
    assert "Services: none is watched." in told


async def test_who_works_on_a_service_is_told_with_what_they_work_on(house: House) -> None:
    asks = "is anybody working on checkout?"
    assert "Nobody that I know of: no incident of checkout is open, and nothing runs for it." in said(
        await house.say("ana", asks)
    )
    assert "no incident of checkout is open. checkout belongs" in said(await house.say("gus", asks))
    await house.command("ana", "/incident declare service=checkout Nobody can pay")
    await house.say("bo", "restart checkout in staging", THREAD)
    assert "Nobody can pay; nobody has taken it yet." in said(await house.say("ana", asks))
    assert "1 incident is open" in said(await house.say("gus", asks))
    await house.command("bo", "/incident ack INC-1")
    told = said(await house.say("ana", asks))
    assert "Nobody can pay; Bo leads it." in told
    assert "RUN-1, restart-service: waits for people, asked for by Bo." in told
    assert "RUN-1" not in said(await house.say("gus", asks))


async def test_of_an_environment_all_services_and_what_is_done_there_are_told(house: House) -> None:
    await house.say("bo", "restart checkout in staging", THREAD)
    for asks in ("is staging ok?", "how is staging doing", "staging down?", "how healthy is staging"):
        told = said(await house.say("ana", asks))
        assert "My checks look at services, and none at staging by itself." in told
        assert "Under way in staging: RUN-1, restart-service: waits for people, asked for by Bo." in told
    assert "No run is under way in production." in said(await house.say("ana", "is production ok?"))
    assert "RUN-1" not in said(await house.say("gus", "is staging ok?"))
    assert "I know no service" in said(await house.say("ana", "is mars ok?"))
