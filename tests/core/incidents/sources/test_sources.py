from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.incidents.config import GenericConfig
from core.incidents.sources import alertmanager, cloudevents, generic, grafana, pagerduty
from core.incidents.sources.source import Delivery, News, Read, Report, Said
from tests.core.incidents.sources.payloads import ALERT, cloudevent
from tests.core.incidents.sources.payloads import alertmanager as group
from tests.core.incidents.sources.payloads import pagerduty as event

EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json; charset=utf-8"
MAPPED = GenericConfig(
    each="body.items",
    fingerprint="item.id",
    name="item.title",
    status='item.state == "ok" ? "resolved" : "firing"',
    severity="item.level",
    group="body.batch",
    summary='item.title + " is " + item.state',
    at="item.at",
    labels={"team": "item.team", "gone": "item.nothing"},
).mapped()


def one(report: Report) -> News:
    (news,) = report.news
    return news


def events(body: Any, **headers: str) -> Report:
    return cloudevents.read(Delivery(body, {"content-type": EVENT, **headers}))


def test_alertmanager_gives_each_alert_with_the_group_as_it_made_it() -> None:
    news = one(alertmanager.read(Delivery(group())))
    assert (news.fingerprint, news.name, news.said) == ("c6eadffa33fcdf37", "HighErrors", Said.FIRING)
    assert news.group == '{}/{severity="critical"}:{alertname="HighErrors"}'
    assert (news.severity, news.service, news.labels["instance"]) == ("critical", "checkout", "web-1")
    assert news.started == datetime(2026, 3, 2, 8, 59, 26, 739266, tzinfo=UTC)
    assert news.ended is None
    assert news.url.startswith("http://prometheus.example")


def test_alertmanager_tells_when_it_ended_and_how_many_it_left_out() -> None:
    over = ALERT | {"status": "resolved", "endsAt": "2026-03-02T09:10:00Z"}
    report = alertmanager.read(Delivery(group(over, truncatedAlerts=37)))
    assert (one(report).said, one(report).ended, report.left_out) == (
        Said.RESOLVED,
        datetime(2026, 3, 2, 9, 10, tzinfo=UTC),
        37,
    )


def test_an_alert_without_fingerprint_is_known_by_its_labels() -> None:
    bare = {name: value for name, value in ALERT.items() if name != "fingerprint"}
    other = bare | {"labels": {"alertname": "Other"}}
    first, again, second = (
        news.fingerprint for news in alertmanager.read(Delivery(group(bare, bare, other))).news
    )
    assert first == again != second


def test_grafana_adds_what_it_measured_and_its_panel() -> None:
    alert = ALERT | {"values": {"B": 44.2, "C": 1}, "panelURL": "https://grafana.example/d/1?viewPanel=2"}
    news = one(grafana.read(Delivery(group(alert, version="1", state="alerting", title="[FIRING:1]"))))
    assert news.annotations["values"] == "B = 44.2, C = 1"
    assert news.url == "https://grafana.example/d/1?viewPanel=2"


def test_a_pagerduty_event_is_an_alert_whose_key_is_its_group() -> None:
    news = one(pagerduty.read(Delivery(event())))
    assert (news.fingerprint, news.group, news.said) == ("srv01/mysql", "srv01/mysql", Said.FIRING)
    assert (news.name, news.severity, news.service) == ("disk", "error", "checkout")
    assert news.annotations["summary"].startswith("DISK at 99%")
    assert news.annotations["ping time"] == "1500"
    assert news.at == datetime(2026, 3, 2, 8, 58, tzinfo=UTC)
    assert one(pagerduty.read(Delivery(event("acknowledge")))).said is Said.ACKNOWLEDGED
    assert one(pagerduty.read(Delivery(event("resolve")))).said is Said.RESOLVED


def test_a_trigger_without_a_key_gets_the_same_one_each_time() -> None:
    keys = {one(pagerduty.read(Delivery(event(dedup_key=None)))).fingerprint for _ in range(2)}
    assert 1 == len(keys)
    other = event(dedup_key=None, payload=event()["payload"] | {"summary": "another"})
    assert one(pagerduty.read(Delivery(other))).fingerprint not in keys


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ([], "no JSON object"),
        (event("explode"), "'event_action' must be one of trigger, acknowledge, resolve"),
        (event("resolve", dedup_key=" "), "'dedup_key' is missing or blank"),
        (event(payload=None), "'payload' is missing"),
        (event(payload={"source": "x", "severity": "error"}), "'payload.summary' is missing or blank"),
        (
            event(payload={"summary": "x", "source": "x", "severity": "bad"}),
            "'payload.severity' must be one of",
        ),
    ],
)
def test_a_pagerduty_event_is_refused_with_its_faults(body: Any, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        pagerduty.read(Delivery(body))
    assert any(fault in each for each in refused.value.data["errors"])  # type: ignore[attr-defined]


def test_a_cloud_event_says_the_same_in_all_three_modes() -> None:
    structured = events(cloudevent())
    (batched,) = cloudevents.read(Delivery([cloudevent()], {"content-type": BATCH})).news
    attributes = {f"ce-{name}": str(value) for name, value in cloudevent().items() if name != "data"}
    headers = {"content-type": "application/json", **attributes}
    binary = cloudevents.read(Delivery(cloudevent()["data"], headers))
    assert one(structured) == batched == one(binary)
    assert structured.id == binary.id
    news = one(structured)
    assert (news.name, news.said, news.severity) == ("test.disk.full", Said.FIRING, "critical")
    assert (news.service, news.labels["source"]) == ("checkout", "/disks")


def test_the_type_of_a_cloud_event_may_end_in_the_state_and_the_alert_is_the_same() -> None:
    begins = one(events(cloudevent(type="disk.full.firing", data=None)))
    ends = one(events(cloudevent(type="disk.full.resolved", data=None, id="2")))
    assert begins.fingerprint == ends.fingerprint
    assert (begins.said, ends.said) == (Said.FIRING, Said.RESOLVED)


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (cloudevent(), {"content-type": "text/plain"}, "no CloudEvent"),
        (cloudevent(specversion="0.3"), {"content-type": EVENT}, "specversion"),
        (cloudevent(id=None), {"content-type": EVENT}, "`id` is missing"),
        (cloudevent(data={}), {"content-type": EVENT}, "does not say whether anything is wrong"),
        ({}, {"content-type": BATCH}, "must be a JSON list"),
    ],
)
def test_what_is_no_cloud_event_is_refused_in_words(body: Any, headers: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        cloudevents.read(Delivery(body, headers))


def test_any_json_is_read_by_a_mapping() -> None:
    body = {
        "batch": "nightly",
        "items": [
            {"id": 7, "title": "Billing", "state": "late", "level": "high", "at": "2026-03-02T08:00:00Z"},
            {"id": 8, "title": "Ledger", "state": "ok", "level": "low", "team": "money"},
        ],
    }
    late, fine = generic.reader(MAPPED)(Delivery(body)).news
    assert (late.fingerprint, late.name, late.said) == ("7", "Billing", Said.FIRING)
    assert (late.group, late.severity, late.annotations["summary"]) == ("nightly", "high", "Billing is late")
    assert late.at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (late.labels, fine.labels) == ({}, {"team": "money"})
    assert fine.said is Said.RESOLVED


def test_a_mapping_that_cannot_tell_alerts_apart_says_which_expression() -> None:
    with pytest.raises(Invalid, match=r"item\.id"):
        generic.reader(MAPPED)(Delivery({"items": [{"title": "x", "state": "ok"}]}))


def test_what_is_foreign_is_cleaned_and_bounded() -> None:
    labels = {f"label{number}": "x" for number in range(200)} | {
        "alertname": "<!channel> \u202eevil\x00\n@everyone",
        "a": "y" * 1_000_000,
    }
    alert = ALERT | {"labels": labels, "generatorURL": "javascript:alert(1)", "startsAt": "soon"}
    news = one(alertmanager.read(Delivery(group(alert, groupKey="g" * 50_000))))
    assert news.name == "<!channel> evil @everyone"
    assert len(news.labels) == 50
    assert max(len(value) for value in news.labels.values()) <= 300
    assert (len(news.group) <= 1_000, news.url, news.started) == (True, "", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("status", "labels", "annotations", "startsAt", "fingerprint", "values", "generatorURL")
READS: tuple[tuple[Read, dict[str, str]], ...] = (
    (alertmanager.read, {}),
    (grafana.read, {}),
    (pagerduty.read, {}),
    (cloudevents.read, {"content-type": EVENT}),
    (cloudevents.read, {"content-type": BATCH}),
    (cloudevents.read, {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "s", "ce-type": "t.firing"}),
    (generic.reader(MAPPED), {}),
)


@given(
    body=JSON
    | st.builds(lambda alerts: {"alerts": alerts}, st.lists(JSON, max_size=3))
    | st.builds(
        lambda fields: group({**ALERT, **fields}), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4)
    )
    | st.builds(lambda fields: event(**fields), st.fixed_dictionaries({"payload": JSON, "dedup_key": JSON}))
    | st.builds(lambda fields: cloudevent(**fields), st.dictionaries(st.sampled_from(("data", "time")), JSON))
)
def test_whatever_is_sent_gives_alerts_or_is_refused_in_words(body: Any) -> None:
    for read, headers in READS:
        try:
            report = read(Delivery(body, headers))
        except Invalid:
            continue
        for news in report.news:
            assert 0 < len(news.fingerprint) <= 128
            assert len(news.name) <= 300
            assert len(news.labels) <= 60
            assert news.url == "" or news.url.startswith(("http://", "https://"))
