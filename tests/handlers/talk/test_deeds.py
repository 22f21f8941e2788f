"""What happened, what was done, and by whom: asked in words, and answered from what is kept and may be seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.approvals import records as approvals
from core.catalogue.deployments import units as deployments
from core.catalogue.deployments.deployment import Report
from core.catalogue.model import Environment
from core.clock import ManualClock
from core.errors import NotFound
from handlers.inbound import Click
from handlers.oncall import lately
from handlers.talk.deeds import asked
from handlers.whom import find_person
from tests.handlers.house import House, actor, person, said, world
from tests.handlers.wishing import THREAD


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("what happened last night?", {"when": "last night"}),
        ("what happened to cart since 8:00", {"service": "checkout", "when": "since 8:00"}),
        ("did I miss anything?", {}),
        (
            "was there a deploy to checkout in the last 2 hours",
            {"did": "deploy", "service": "checkout", "when": "in the last 2 hours"},
        ),
        ("list deployments", {"did": "deployments"}),
        ("show me the last 5 deploys", {"did": "deploys"}),
        (
            "who approved the deploy to production",
            {"did": "deploy", "where": "production", "agreed": "approved"},
        ),
        ("was payments down this morning", {"service": "payments", "when": "this morning"}),
        ("how often did payments break this week", {"service": "payments", "when": "this week"}),
        ("what did I do today?", {"who": "me", "when": "today"}),
        ("what did bo do yesterday", {"who": "bo", "when": "yesterday"}),
        ("did you restart checkout?", {"did": "restart", "service": "checkout"}),
        ("did anybody deploy checkout today?", {"did": "deploy", "service": "checkout", "when": "today"}),
        (
            "has bo rebooted the cart in staging yet",
            {"did": "rebooted", "service": "checkout", "where": "staging", "who": "bo"},
        ),
        ("when was the last deploy", {"did": "deploy"}),
        ("who deployed payments last?", {"did": "deployed", "service": "payments"}),
        ("when was checkout last deployed", {"did": "deployed", "service": "checkout"}),
        (
            "what was deployed in production today?",
            {"did": "deployed", "where": "production", "when": "today"},
        ),
        ("deploys since yesterday", {"did": "deploys", "when": "since yesterday"}),
        ("was checkout deployed today?", {"did": "deployed", "service": "checkout", "when": "today"}),
        ("when was the last deploy to production", {"did": "deploy", "where": "production"}),
        ("anything happen last night?", {"when": "last night"}),
        ("did anybody deploy today?", {"did": "deploy", "when": "today"}),
        ("did you deploy anything yesterday?", {"did": "deploy", "when": "yesterday"}),
        ("did we deploy in production?", {"did": "deploy", "where": "production"}),
        ("did bo deploy yesterday?", {"did": "deploy", "when": "yesterday", "who": "bo"}),
        ("did somebody restart last night?", {"did": "restart", "when": "last night"}),
        (
            "who deployed to production yesterday?",
            {"did": "deployed", "where": "production", "when": "yesterday"},
        ),
        ("who deployed last?", {"did": "deployed"}),
        ("did anybody deploy it today?", None),
        ("what happened to INC-1 today", None),
        ("what happened in checkout", {"service": "checkout"}),
        ("what happened with cart?", {"service": "checkout"}),
        ("what happened?", {}),
        ("so what has been going on here?", {}),
        ("what changed?", {"did": "changed"}),
        (
            "what changed in checkout before the incident",
            {"did": "changed", "service": "checkout", "when": "before the incident"},
        ),
        (
            "recent changes to checkout since yesterday",
            {"did": "changes", "service": "checkout", "when": "since yesterday"},
        ),
        ("what happened to INC-1", None),
        ("what happened to the cake", None),
        ("did the deploy work", None),
        ("did you do it", None),
        ("did you deploy the cake", None),
        ("restart checkout", None),
    ],
)
def test_what_is_asked_of_the_past(text: str, means: dict[str, str] | None) -> None:
    assert means == asked(world(), text)


def test_a_name_is_looked_for_as_everywhere_and_refused_where_two_have_it() -> None:
    known = world()
    more = {
        "ana2": person("ana2", "sre").model_copy(update={"name": "Ana Lee"}),
        "ann": person("ann", "sre").model_copy(update={"name": "Ann Roe", "active": False}),
    }
    known = replace(known, people=dict(known.people) | more)
    assert {"who": "ana", "when": "today"} == asked(known, "what did @ana do today?")
    more["ana"] = known.people["ana"].model_copy(update={"id": "ruiz", "name": "Ana Ruiz"})
    known = replace(known, people={one.id: one for one in more.values()})
    assert {"who": "Ana", "when": "today"} == asked(known, "what did Ana do today?")
    with pytest.raises(NotFound, match="may be more than one person"):
        find_person(known, "", "Ana")
    assert asked(known, "what did ann do today?") is None


async def test_what_happened_is_told_of_what_whoever_asks_may_see(house: House) -> None:
    assert "I know of nothing that happened last night." in said(
        await house.say("ana", "what happened last night?")
    )
    await house.command("ana", "/incident declare service=checkout Nobody can pay")
    await house.say("bo", "restart checkout in staging", THREAD)
    told = said(await house.say("ana", "what happened today?"))
    assert "INC-1 SEV3, now open: Nobody can pay" in told
    assert "RUN-1 restart-service of checkout in staging: waits for people" in told
    assert "I see runs, deployments that are reported to me, and incidents, and nothing" in told
    told = said(await house.say("gus", "what happened today?"))
    assert "I know of nothing that happened today. " in told
    assert "INC-1" not in told
    assert "RUN-1" not in told


async def test_what_was_done_is_told_with_the_last_before(house: House, clock: ManualClock) -> None:
    assert "I know of no restart of checkout." in said(await house.say("ana", "did you restart checkout?"))
    await house.say("bo", "restart checkout in staging", THREAD)
    done = Report("ci", "1", ("checkout",), "2.4.1", "production", by="Bo")
    await house.store.transact(deployments.report, house.world, done, "pipeline")
    assert "checkout 2.4.1 was deployed in production, by Bo" in said(
        await house.say("gus", "when was the last deploy?")
    )
    clock.advance(timedelta(days=2))
    told = said(await house.say("ana", "did anybody restart checkout today?"))
    assert "I know of no restart of checkout today. The last before: 2026-03-02 09:00 UTC RUN-1" in told
    assert "RUN-1 restart-service of checkout in staging" in said(
        await house.say("ana", "did bo restart cart?")
    )
    assert "I know of no restart" in said(await house.say("ana", "did I restart checkout?"))


async def test_what_one_did_oneself_is_told_by_what_it_was_done_to(house: House) -> None:
    await house.command("ana", "/incident declare service=checkout Nobody can pay")
    await house.command("ana", "/incident ack INC-1")
    assert "INC-1: Nobody can pay: declared, acknowledged" in said(
        await house.say("ana", "what did I do today?")
    )
    assert "I know of nothing that you did today." in said(await house.say("bo", "what did I do today?"))
    assert "It needs the permission audit.read." in said(await house.say("bo", "what did ana do today?"))
    house.world = replace(house.world, roles=dict(house.world.roles) | {"guest": frozenset({"audit.read"})})
    assert "What Ana did today" in said(await house.say("gus", "what did ana do today?"))


async def test_what_is_asked_for_is_found_behind_whatever_else_is_newer(
    house: House, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = Environment(name="production", aliases=("prod",))
    house.world = replace(house.world, environments={**house.world.environments, "production": production})
    monkeypatch.setattr(lately, "_MOST", 1)
    monkeypatch.setattr(lately, "_EVENTS", 1)
    reports = (
        Report("ci", "1", ("checkout",), "2.4.1", "production"),
        Report("ci", "2", ("checkout",), "2.4.2", "staging"),
        Report("ci", "3", ("checkout",), "2.4.0", "production", kind="rolledback"),
    )
    for one in reports:
        clock.advance(timedelta(minutes=1))
        await house.store.transact(deployments.report, house.world, one, "pipeline")
    for service, grade in (("checkout", 1), ("payments", 4)):
        clock.advance(timedelta(minutes=1))
        await house.say("bo", f"restart {service} in staging", THREAD)
        await house.command("ana", f"/incident declare service={service} severity={grade} Down")
    assert "RUN-1 restart-service of checkout" in said(await house.say("ana", "was checkout restarted?"))
    assert "INC-1" in said(await house.say("ana", "what happened to checkout today?"))
    told = said(await house.say("ana", "what happened to payments today?"))
    assert ("INC-2" in told, "RUN-2" in told, "INC-1" in told) == (True, True, False)
    assert "checkout 2.4.1 was deployed" in said(
        await house.command("ana", "/oncall lately where=prod did=deploy")
    )
    assert "I know no environment" in said(await house.command("ana", "/oncall lately where=mars"))
    assert "for all services" in said(await house.command("ana", "/oncall lately who=me service=checkout"))
    assert "There are 2." in said(await house.say("ana", "how many incidents since 8:00?"))
    told = said(await house.say("ana", "what did I do today?"))
    assert ("INC-2" in told, "INC-1" in told) == (True, False)
    assert "I looked at the last 1 entries alone" in told


async def test_the_same_is_asked_of_something_else(house: House) -> None:
    await house.say("bo", "restart checkout in staging", THREAD)
    assert "RUN-1" in said(await house.say("ana", "did anybody restart checkout today?"))
    assert "I know of no restart of payments today." in said(await house.say("ana", "and payments?"))
    assert "I know of no restart of payments yesterday." in said(
        await house.say("ana", "what about yesterday?")
    )
    assert "payments" in said(await house.say("ana", "how is payments doing?"))
    assert "restart" not in said(await house.say("ana", "and checkout?"))
    assert "Bo (bo)" in said(await house.say("ana", "who is bo?"))
    assert "Dev (dev)" in said(await house.say("ana", "and dev?"))


async def test_who_approved_something_is_not_who_asked_for_it(house: House) -> None:
    await house.say("ana", "restart checkout in staging", THREAD)
    told = said(await house.say("ana", "who approved the last restart?"))
    assert ("nobody yet" in told, "by Ana" in told) == (True, False)
    asked_for = await house.store.read(approvals.get, "AP-1")
    shown = {"digest": asked_for.digest, "revision": asked_for.version}
    yes = {"key": "yes", "actor": actor("bo"), "place": THREAD, "verb": "approval.approve", "object": "AP-1"}
    await house.take(Click.model_validate(yes | shown))
    told = said(await house.say("ana", "who approved the last restart?"))
    assert ("by Bo" in told, "by Ana" in told) == (True, False)
    assert "Bo" not in said(await house.say("dev", "who approved the last restart?"))
