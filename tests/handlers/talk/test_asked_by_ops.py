"""What people ask at three in the morning, each with the verb that answers it."""

from dataclasses import replace

import pytest

from core.world import World
from handlers.inbound import Message
from handlers.registry import REGISTRY
from handlers.talk import reading
from tests.handlers.house import HERE, House, actor, said, world


def meant(known: World, text: str) -> tuple[str, dict[str, str]]:
    """The verb that the words name, and what it is given."""
    message = Message(key="k", actor=actor("ana"), place=HERE, text=text, addressed=True)
    found = reading.understand(known, REGISTRY, message)
    return (found.verb.name, found.raw) if found else ("", {})


@pytest.mark.parametrize(
    ("text", "verb", "raw"),
    [
        ("any sev1s today?", "incident.list", {"severity": "SEV1", "when": "today"}),
        ("how many sev2 incidents this week", "incident.list", {"severity": "SEV2", "when": "this week"}),
        (
            "which open sev1s of checkout",
            "incident.list",
            {"which": "open", "severity": "SEV1", "service": "checkout"},
        ),
        ("what is bo doing", "oncall.lately", {"who": "bo"}),
        ("when did checkout last restart", "oncall.lately", {"did": "restart", "service": "checkout"}),
        ("how often was i paged this week", "oncall.pages", {"when": "this week", "whose": "me"}),
        ("what does AP-1 do?", "approval.show", {"id": "AP-1"}),
        ("can dev approve AP-1", "approval.show", {"id": "AP-1", "show": "approved"}),
        ("who can approve AP-1?", "approval.show", {"id": "AP-1", "show": "approved"}),
        ("who gets paged for checkout", "oncall.show", {"team": "checkout"}),
        ("who gets paged if checkout goes down?", "oncall.show", {"team": "checkout"}),
        ("what are the slos of checkout", "health.show", {"service": "checkout", "about": "aims"}),
        ("what is our mttr", "incident.stats", {}),
        ("how are we doing this month?", "incident.stats", {"period": "this month"}),
    ],
)
def test_what_is_asked_is_answered_by_what_knows_it(text: str, verb: str, raw: dict[str, str]) -> None:
    assert (verb, raw) == meant(world(), text)


async def test_how_important_a_service_is_is_told(house: House) -> None:
    for text in ("what tier is checkout?", "what are the slos of checkout"):
        assert "checkout is of tier " in said(await house.say("ana", text))
    aims = {"slo": {"availability": 99.9, "latency_p95_ms": 300}, "users": 1200}
    checkout = house.world.services["checkout"].model_copy(update=aims)
    house.world = replace(house.world, services={**house.world.services, "checkout": checkout})
    told = said(await house.say("ana", "how important is checkout?"))
    assert "and 1,200 people use it. Its objectives: availability 99.9 %, latency p95 300 ms." in told


async def test_how_it_goes_is_told_in_figures(house: House) -> None:
    assert "Incidents of the last 30 days" in said(await house.say("ana", "what is our mttr"))


async def test_incidents_of_a_severity_and_a_time_are_listed(house: House) -> None:
    await house.command("ana", "/incident declare severity=1 checkout is down")
    await house.command("ana", "/incident declare severity=3 mails are late")
    told = said(await house.say("bo", "any sev1s today?"))
    assert ("INC-1" in told, "INC-2" in told) == (True, False)
