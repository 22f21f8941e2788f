from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.incidents import records as incidents
from core.incidents.alerts import units as alerts
from core.incidents.alerts.search import records as searching
from core.incidents.alerts.search.records import Search
from core.incidents.config import AlertsConfig
from core.incidents.gathering import units as gathering
from core.incidents.heartbeats import units as heartbeats
from core.incidents.heartbeats.config import HeartbeatConfig
from core.incidents.sources.source import News, Report
from core.place import Place
from core.store import outbox
from core.store.engine import Unit
from handlers.cards.card import Table, Text, When
from handlers.incidents.alerts import page
from tests.core.incidents.gathering.street import firing, many, over
from tests.handlers.house import HERE, House, said

WINDOW = {"name": "move", "match": 'labels.service == "payments"', "hours": {"from": "08:00", "to": "10:00"}}
CONFIG = AlertsConfig.model_validate(
    {"routes": [{"match": 'labels.severity == "critical"', "declare": "high"}], "windows": [WINDOW]}
)


async def heard(house: House, *news: News, left_out: int = 0) -> None:
    """Alerts arrive, and what follows from them is done."""
    house.world = replace(house.world, alerts=CONFIG)

    def work(unit: Unit) -> None:
        alerts.hear(unit, house.world, "alertmanager", Report(news, left_out))
        for group in {one.group for one in alerts._arrivals(unit, house.world, "alertmanager", news)}:
            gathering.on_alerts(unit, house.world, group, {})

    await house.store.transact(work)


async def test_the_card_says_what_fires_how_often_and_since_when(house: House) -> None:
    await heard(house, *many(5), left_out=7)
    await heard(house, *many(5), left_out=7)
    card = await house.live("incident", "INC-1")
    words = said(card)
    for expected in (
        "SEV2 · INC-1 · HighErrors on web-0",
        "5 of 5 alerts fire",
        "reported 10 times",
        "Alertmanager",
        "HighErrors (web-0) · HighErrors on web-0",
        "and 2 more: /alerts list",
        "The sender has left out 7 more alerts of its group; only it can show them.",
    ):
        assert expected in words


async def test_the_card_says_that_all_is_over_and_that_no_route_matched(house: House) -> None:
    await heard(house, firing(labels={"severity": "odd"}))
    assert "No route matches" in said(await house.live("incident", "INC-1"))
    await heard(house, over(labels={"severity": "odd"}))
    assert "the alert is over" in said(await house.live("incident", "INC-1"))


async def test_what_the_house_says_of_a_heartbeat_has_its_moment_by_the_clock_of_the_reader(
    house: House,
) -> None:
    def missed(unit: Unit) -> None:
        house.world = replace(house.world, heartbeats={"backup": HeartbeatConfig(every=timedelta(hours=1))})
        heartbeats.arm(unit, house.world)
        heartbeats.beat(unit, house.world, "backup")

    await house.store.transact(missed)
    began = house.store.clock.now()
    assert isinstance(house.store.clock, ManualClock)
    house.store.clock.advance(timedelta(hours=2))
    await house.store.transact(lambda unit: heartbeats.on_missed(unit, house.world, "backup"))
    (alert,), _ = await house.store.read(searching.find, Search(), 10)
    card = await house.command("ana", f"/alerts show {alert.id}")
    (at,) = [
        span for part in card.parts if isinstance(part, Text) for span in part.line if isinstance(span, When)
    ]
    assert began == at.at


@pytest.mark.parametrize("words", ["/alerts", "/alerts list", "show me the alerts", "what's firing?"])
async def test_what_fires_is_listed_in_words_and_by_command(house: House, words: str) -> None:
    await heard(house, firing(), over("Slow"))
    answer = said(await house.say("ana", words))
    assert ("HighErrors (web-1)" in answer, "INC-1" in answer, "Slow" in answer) == (True, True, False)


async def test_an_empty_list_shows_commands_as_such(house: House) -> None:
    card = await house.command("ana", "/alerts list")
    assert ("`" in said(card), "wardroom check" in said(card)) == (False, True)


async def test_an_incident_s_alerts_are_silenced_in_any_order_and_a_missing_time_is_asked_for(
    house: House,
) -> None:
    await heard(house, firing())
    missing = said(await house.command("ana", "/incident silence INC-1"))
    assert ("For how long" in missing, "/incident silence 2h INC-1" in missing) == (True, True)
    assert "SIL-1 keeps alerts quiet" in said(await house.command("ana", "/incident silence INC-1 2h"))
    thread = await house.posted("INC-1", await _place(house), "16.1")
    assert "SIL-2 keeps alerts quiet" in said(
        await house.command("ana", "/incident silence 1h we know", thread)
    )


async def test_lists_can_be_chosen(house: House) -> None:
    await heard(house, firing(), over("Slow"), firing("Quiet", labels={"service": "payments"}, group="q"))
    assert "Slow" in said(await house.command("ana", "/alerts list over"))
    quiet = said(await house.command("ana", "/alerts list silenced"))
    assert ("Quiet" in quiet, "quiet by the window “move”" in quiet) == (True, True)
    assert "Did you mean `firing`" in said(await house.command("ana", "/alerts list fring"))


async def test_one_alert_is_shown_with_the_sender_s_words(house: House) -> None:
    await heard(house, firing())
    _, row = (await house.store.read(page, house.world, "ALERTS")).parts
    assert isinstance(row, Table)
    short = row.rows[0][-1][0]
    assert short.kind == "code"
    words = said(await house.command("ana", f"/alerts show {short.text}"))
    assert all(
        one in words for one in ("HighErrors on web-1", "instance=web-1", "{}:{service=checkout}", "INC-1")
    )
    assert "There is no alert nope." in said(await house.command("ana", "/alerts show nope"))


async def test_alerts_are_silenced_shown_as_such_and_heard_again(house: House) -> None:
    await heard(house, firing(), firing(where="web-2"))
    answer = said(await house.command("ana", "/alerts silence 2h service=checkout we are moving it"))
    assert "SIL-1 keeps alerts quiet with service=checkout until 2026-03-02 11:00 UTC" in answer
    assert "2 alerts that fire now are kept quiet by it" in answer
    told = said(await house.say("ana", "what alerts are firing for checkout?"))
    assert "silenced: /alerts list silenced checkout" in told
    shown = said(await house.command("ana", "/alerts silences"))
    assert all(one in shown for one in ("SIL-1", "service=checkout", "Ana", "we are moving it", "move"))
    await heard(house, firing("Slow", group="new"))
    assert 1 == len(await house.store.read(incidents.find))
    ended = said(await house.command("ana", "/alerts unsilence SIL-1"))
    assert "SIL-1 is over. 3 alerts that it kept quiet still fire; 1 of them is told only now." in ended
    nothing = said(await house.command("ana", "/alerts silence 2h service=nobody"))
    assert "It keeps none of the alerts quiet that fire now." in nothing


async def test_an_incident_is_silenced_in_its_thread(house: House) -> None:
    await heard(house, firing(), firing("Slow"))
    thread = await house.posted("INC-1", await _place(house), "16.1")
    answer = said(await house.command("ana", "/incident silence 30m", thread))
    assert "service=checkout severity=critical until 2026-03-02 09:30 UTC" in answer
    assert "Say its id" in said(await house.command("ana", "/incident silence 30m", HERE))


def bare(name: str, where: str, group: str = "one") -> News:
    """An alert as a sender tells of it who knows little."""
    return replace(firing(name, where, group=group), labels={"severity": "critical"}, service="")


async def test_an_incident_of_alerts_with_few_labels_is_silenced_by_their_name(house: House) -> None:
    await heard(house, bare("Disk full", "web-1"), bare("Disk full", "web-2"))
    answer = said(await house.command("ana", "/incident silence 30m INC-1"))
    assert 'alertname="Disk full" severity=critical source=alertmanager until' in answer
    await heard(house, bare("Disk full", "web-3", "another"))
    assert 1 == len(await house.store.read(incidents.find))
    await heard(house, bare("Something else", "web-1", "third"))
    assert 2 == len(await house.store.read(incidents.find))


async def test_alerts_with_only_a_severity_in_common_are_not_silenced_together(house: House) -> None:
    await heard(house, bare("Disk full", "web-1"), bare("No light", "web-1"))
    answer = said(await house.command("ana", "/incident silence 30m INC-1"))
    assert "have only severity=critical, source=alertmanager in common" in answer
    assert "/alerts silence 2h alertname=" in answer


async def test_alerts_that_fire_are_listed_by_how_grave_they_are(house: House) -> None:
    wanted = ("info", "critical", "odd", "warning")
    news = [firing(one, labels={"severity": one}, group=one) for one in wanted]
    await heard(house, *news)
    (table,) = (one for one in (await house.command("ana", "/alerts list")).parts if isinstance(one, Table))
    shown = [said_in for row in table.rows for said_in in wanted if said_in in str(row[1])]
    assert ["critical", "odd", "warning", "info"] == shown
    pages: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        one, cursor = await house.store.read(searching.find, Search(), 1, cursor)
        pages += [alert.severity for alert in one]
    assert shown == pages


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/alerts silence soon service=checkout", "“soon” is no time."),
        ("/alerts silence 2h please", "I do not know which alerts to keep quiet."),
        ("/alerts silence 2h service=*", "That would keep every alert quiet."),
        ("/alerts silence 1000d service=checkout", "A silence lasts up to 90d."),
        ("/alerts unsilence SIL-9", "There is no silence SIL-9."),
    ],
)
async def test_what_cannot_be_silenced_says_why(house: House, words: str, answer: str) -> None:
    assert answer in said(await house.command("ana", words))


async def test_whoever_may_not_touch_incidents_silences_nothing(house: House) -> None:
    assert "incident.silence" in said(await house.command("gus", "/alerts silence 2h service=checkout"))


async def test_a_person_says_that_an_alert_is_over(house: House) -> None:
    await heard(house, firing())
    _, row = (await house.store.read(page, house.world, "ALERTS")).parts
    assert isinstance(row, Table)
    code = row.rows[0][-1][0]
    assert code.kind == "code"
    assert "counts as over" in said(await house.command("ana", f"/alerts resolve {code.text}"))
    assert "is over already" in said(await house.command("ana", f"/alerts resolve {code.text}"))


async def test_what_senders_write_never_calls_anybody(house: House) -> None:
    await heard(house, firing("<!channel> @everyone", where="<@U1>"))
    card = await house.live("incident", "INC-1")
    spans = [span for part in card.parts if part.kind == "text" for span in part.line]
    assert {"plain", "bold", "when", "code"} >= {span.kind for span in spans}


async def _place(house: House) -> Place:
    return (await house.store.read(outbox.places, "incident", "INC-1"))[0]
