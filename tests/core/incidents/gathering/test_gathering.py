from dataclasses import replace
from datetime import timedelta

import pytest

from core.incidents import units as incidents
from core.incidents.incident import State
from core.incidents.sources.source import Said
from core.people.person import Person
from core.store import events, outbox
from core.store.engine import Unit
from tests.core.incidents.gathering.street import (
    ANA,
    LOUD,
    OPS,
    TEAM,
    Street,
    firing,
    many,
    over,
)
from tests.stores import START


async def kinds(street: Street) -> list[str]:
    def read(unit: Unit) -> list[str]:
        return [str(row["kind"]) for row in events.after(unit, 0, 10_000)]

    return await street.store.read(read)


async def test_an_alert_becomes_one_incident_and_its_repeats_stay_there(any_street: Street) -> None:
    street = any_street
    for _ in range(3):
        await street.hears(firing())
        await street.passes(minutes=5)
    (incident,) = await street.incidents()
    assert (incident.title, incident.severity, incident.service) == ("HighErrors on web-1", 2, "checkout")
    assert (incident.declared_by, incident.declared_name) == ("source:alertmanager", "Alertmanager")
    (alert,) = await street.alerts(incident="INC-1")
    assert (alert.count, alert.episodes) == (3, 1)
    assert (await kinds(street)).count("alert.fired") == 1
    assert (await street.story())[1:] == ["Alertmanager: 1 alert fires: HighErrors (web-1)."]


async def test_its_card_stands_where_the_route_says_and_with_the_team(street: Street) -> None:
    await street.hears(firing())
    assert {LOUD.channel, TEAM.channel} == {
        place.channel for place in await street.store.read(outbox.places, "incident", "INC-1")
    }


async def test_the_event_says_what_others_need_to_react(street: Street) -> None:
    await street.hears(firing())
    (row,) = [
        row
        for row in await street.store.read(lambda unit: events.after(unit, 0))
        if row["kind"] == "alert.fired"
    ]
    assert {"fingerprint", "source", "labels", "service", "severity", "group"} <= row["data"].keys()
    assert (row["data"]["service"], row["data"]["labels"]["instance"]) == ("checkout", "web-1")
    assert row["data"]["incident"] == "INC-1"


async def test_groups_stay_as_their_sender_made_them(any_street: Street) -> None:
    street = any_street
    await street.hears(firing(), firing(where="web-2"), firing("Slow", group="other"))
    first, second = await street.incidents()
    assert [2, 1] == [len(await street.alerts(incident=one.id)) for one in (first, second)]
    assert second.title == "Slow on web-1"


async def test_what_a_sender_does_not_group_is_grouped_by_service_and_name(street: Street) -> None:
    await street.hears(*(firing(where=f"web-{n}", group="") for n in range(3)), firing("Slow", group=""))
    assert 2 == len(await street.incidents())


async def test_alerts_end_and_the_incident_is_watched_and_then_resolved(any_street: Street) -> None:
    street = any_street
    await street.hears(firing(), firing(where="web-2"))
    await street.passes(minutes=1)
    await street.hears(over())
    (incident,) = await street.incidents()
    assert incident.state is State.OPEN
    assert (await street.story())[-1] == "Alertmanager: 1 alert is over: HighErrors (web-1). 1 still fires."
    await street.passes(minutes=1)
    await street.hears(over(where="web-2"))
    (incident,) = await street.incidents()
    assert incident.state is State.MONITORING
    assert "watched until 2026-03-02 09:12 UTC" in (await street.story())[-1]
    await street.passes(minutes=9)
    assert (await street.incidents())[0].state is State.MONITORING
    await street.passes(minutes=2)
    (incident,) = await street.incidents()
    assert (incident.state, incident.resolved) == (State.RESOLVED, START + timedelta(minutes=12))
    assert (await street.told())[-1].startswith("Resolved by rule: all 2 alerts are over")


async def test_an_alert_that_fires_again_while_it_is_watched_goes_on_with_it(street: Street) -> None:
    await street.hears(firing())
    await street.passes(minutes=1)
    await street.hears(over())
    await street.passes(minutes=5)
    await street.hears(firing())
    (incident,) = await street.incidents()
    assert incident.state is State.OPEN
    await street.passes(hours=1)
    assert (await street.incidents())[0].state is State.OPEN


async def test_an_alert_that_fires_in_the_last_moment_keeps_it_from_being_resolved(street: Street) -> None:
    await street.hears(firing())
    await street.passes(minutes=1)
    await street.hears(over())
    await street.passes(minutes=9)
    # It is in the database, and its reaction has not run when the watch is over.
    await street.sends(firing())
    await street.passes(minutes=2)
    (incident,) = await street.incidents()
    assert (incident.state, incident.resolved) == (State.OPEN, None)
    assert not any("Resolved by rule" in line for line in await street.story())


async def test_whoever_took_it_on_goes_on_mitigating(street: Street) -> None:
    await street.hears(firing())
    await street.store.transact(incidents.acknowledge, "INC-1", ANA)
    await street.passes(minutes=1)
    await street.hears(over())
    await street.passes(minutes=5)
    await street.hears(firing())
    (incident,) = await street.incidents()
    assert (incident.state, incident.lead) == (State.MITIGATING, "ana")


async def test_what_people_work_on_otherwise_is_not_resolved_by_rule(street: Street) -> None:
    await street.hears(firing())
    await street.passes(minutes=1)
    await street.hears(over())
    await street.store.transact(
        incidents.tell, "INC-1", ANA, incidents.News(state=State.MITIGATING, text="not over yet")
    )
    await street.passes(hours=1)
    assert (await street.incidents())[0].state is State.MITIGATING


@pytest.mark.parametrize(("later", "number"), [(30, 1), (120, 2)])
async def test_alerts_that_return_open_it_again_or_after_an_hour_another(
    street: Street, later: int, number: int
) -> None:
    await street.hears(firing())
    await street.passes(minutes=1)
    await street.hears(over())
    await street.passes(minutes=11)
    await street.passes(minutes=later)
    await street.hears(firing())
    found = await street.incidents()
    assert (len(found), found[-1].state) == (number, State.OPEN)
    if number == 2:
        assert "The alerts of INC-1 fire again." in await street.story("INC-2")


async def test_a_storm_is_one_reaction_and_one_line(street: Street) -> None:
    for _ in range(5):
        await street.sends(*many(100), key=f"{_}")
    assert 1 == await street.reacts()
    assert (
        "100 alerts fire: HighErrors (web-0), HighErrors (web-1), HighErrors (web-10) and 97 more"
        in (await street.story())[-1]
    )
    for number in range(100, 120):
        await street.hears(firing(where=f"web-{number}"))
    await street.passes(seconds=5)
    assert 3 == len(await street.story())
    assert "20 alerts fire" in (await street.story())[-1]


async def test_what_no_route_matches_is_told_to_operators_and_never_dropped(street: Street) -> None:
    await street.hears(firing(labels={"severity": "page", "service": ""}, group="g"))
    (incident,) = await street.incidents()
    assert incident.severity == 1
    (place,) = await street.store.read(outbox.places, "incident", "INC-1")
    assert place.channel == OPS.channel


async def test_a_route_may_only_keep_alerts(street: Street) -> None:
    await street.hears(firing(labels={"severity": "info"}))
    assert [] == await street.incidents()
    assert 1 == len(await street.alerts())


async def test_a_graver_alert_makes_the_incident_graver_and_a_lesser_one_does_not(street: Street) -> None:
    await street.hears(firing("Slow", labels={"severity": "warning"}))
    assert (await street.incidents())[0].severity == 4
    await street.passes(minutes=1)
    await street.hears(firing())
    assert (await street.incidents())[0].severity == 2
    await street.store.transact(incidents.tell, "INC-1", ANA, incidents.News(severity=5))
    await street.passes(minutes=1)
    await street.hears(firing(where="web-2"))
    assert (await street.incidents())[0].severity == 5


async def test_a_sender_can_say_that_somebody_has_it_in_hand(street: Street) -> None:
    await street.hears(firing(), source="pagerduty")
    await street.passes(minutes=1)
    news = firing()
    await street.hears(news.__class__(news.fingerprint, news.name, Said.ACKNOWLEDGED, news.group))
    (incident,) = await street.incidents()
    assert incident.state is State.OPEN, "nothing is known of it from that sender"
    await street.passes(minutes=1)
    await street.hears(
        news.__class__(news.fingerprint, news.name, Said.ACKNOWLEDGED, news.group), source="pagerduty"
    )
    assert (await street.incidents())[0].state is State.ACKNOWLEDGED


async def test_what_comes_and_goes_is_told_once_and_is_over_when_it_was_quiet(street: Street) -> None:
    for _ in range(8):
        await street.hears(firing())
        await street.passes(minutes=1)
        await street.hears(over())
        await street.passes(minutes=1)
    (alert,) = await street.alerts()
    assert (alert.flapping, alert.episodes) == (True, 3)
    story = await street.story()
    assert 1 == len([line for line in story if "comes and goes" in line])
    assert 3 == len([line for line in story if "1 alert fires" in line])
    assert (await kinds(street)).count("alert.fired") == 3
    await street.passes(minutes=11)
    (alert,) = await street.alerts()
    assert (alert.flapping, alert.announced) == (False, False)
    assert (await street.incidents())[0].state is State.MONITORING
    await street.passes(minutes=11)
    assert (await street.incidents())[0].state is State.RESOLVED


async def test_an_alert_of_two_groups_belongs_to_the_one_it_began_in(street: Street) -> None:
    await street.hears(firing(group="a"))
    await street.hears(firing(group="b"))
    assert 1 == len(await street.incidents())


async def test_a_person_may_resolve_while_it_fires_and_the_next_alert_opens_it_again(street: Street) -> None:
    await street.hears(firing())
    await street.store.transact(incidents.resolve, "INC-1", Person(id="bo", name="Bo"), "a deploy")
    await street.passes(minutes=5)
    await street.hears(firing())
    assert (await street.incidents())[0].state is State.RESOLVED, "a repeat is no news"
    await street.passes(seconds=5)
    await street.hears(firing(where="web-2"))
    assert (await street.incidents())[0].state is State.OPEN


async def test_routes_see_of_an_alert_what_silences_see_where_it_has_no_such_label(street: Street) -> None:
    """Senders of JSON and CloudEvents say how grave it is beside the labels, not in one of them."""
    told = firing()
    labels = {name: value for name, value in told.labels.items() if name != "severity"}
    await street.hears(replace(told, labels=labels), source="generic:billing")
    (incident,) = await street.incidents()
    assert 2 == incident.severity, "the route of critical alerts declares it, and not the catch-all"
