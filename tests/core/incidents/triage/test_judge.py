from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.graph import dependencies, shared
from core.catalogue.model import Service
from core.incidents.triage.category import CATEGORIES
from core.incidents.triage.facts import Facts, Nearby, Past, Run
from core.incidents.triage.hypothesis import Hypothesis, Verdict, judged
from core.incidents.triage.judge import triage

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVICES = {
    "shop": Service(name="shop", depends_on=("checkout",), users=90_000),
    "checkout": Service(name="checkout", depends_on=("payments", "user-db"), owner="platform", users=1_000),
    "payments": Service(name="payments", depends_on=("user-db",), owner="money"),
    "user-db": Service(name="user-db", owner="data"),
    "island": Service(name="island"),
}
PLAIN = Facts(title="checkout is down", began=BEGAN, service="checkout", services=SERVICES)
NAMES = st.sampled_from(sorted(SERVICES))
TIMES = st.integers(-30, 200).map(lambda minutes: BEGAN - timedelta(minutes=minutes))
FACTS = st.builds(
    Facts,
    title=st.text(max_size=40) | st.sampled_from(["latency is high", "cert expired", "disk full on db-1"]),
    began=st.just(BEGAN),
    service=NAMES | st.just(""),
    alerts=st.lists(st.sampled_from(["HighErrors", "HighLatency", "DiskFull", "x"]), max_size=4).map(tuple),
    touched=st.lists(NAMES, max_size=3, unique=True).map(tuple),
    services=st.just(SERVICES),
    health=st.dictionaries(NAMES, st.sampled_from(["healthy", "degraded", "unhealthy", "unknown"])),
    runs=st.lists(
        st.builds(Run, st.sampled_from(["RUN-1", "RUN-2"]), st.just("deploy"), NAMES, st.just("dev"), TIMES)
    ).map(tuple),
    nearby=st.lists(st.builds(Nearby, st.just("a"), st.sampled_from(["Slow", "Full"]), NAMES, TIMES)).map(
        tuple
    ),
    others=st.lists(st.builds(Nearby, st.just("INC-2"), st.just("db"), NAMES, TIMES)).map(tuple),
    past=st.lists(st.builds(Past, st.just("INC-1"), st.just("a deploy"), TIMES), max_size=2).map(tuple),
)


@given(FACTS)
def test_the_same_facts_give_the_same_triage_in_whatever_order_they_come(facts: Facts) -> None:
    turned = replace(
        facts,
        runs=facts.runs[::-1],
        nearby=facts.nearby[::-1],
        others=facts.others[::-1],
        health=dict(sorted(facts.health.items(), reverse=True)),
    )
    assert triage(facts) == triage(facts) == triage(turned)


@given(FACTS)
def test_everything_is_explained_in_one_line(facts: Facts) -> None:
    found = triage(facts)
    assert found.category in CATEGORIES
    lines = [found.category_why, found.team_why, *(one.text for one in found.hypotheses)]
    lines += [one.evidence for one in found.hypotheses]
    assert all(one.strip() and "\n" not in one for one in lines)
    assert len(found.hypotheses) == len({one.key for one in found.hypotheses}) <= 5
    assert [one.weight for one in found.hypotheses] == sorted(
        (one.weight for one in found.hypotheses), reverse=True
    )


@pytest.mark.parametrize(
    ("facts", "category", "why"),
    [
        (PLAIN, "availability", "“down” in its title"),
        (replace(PLAIN, alerts=("HighLatencyP95",)), "latency", "“latency” in the alert HighLatencyP95"),
        (replace(PLAIN, labels=({"category": "Data"},)), "data", "an alert is labelled category=data"),
        (replace(PLAIN, title="TLS certificate of shop expired"), "certificate", "“tls” in its title"),
        (
            replace(PLAIN, title="?", health={"checkout": "unhealthy"}),
            "availability",
            "checkout is unhealthy by its checks",
        ),
        (replace(PLAIN, title="something odd"), "other", "not clear from its title or its alerts"),
        (replace(PLAIN, category="data", category_by="Ana"), "data", "Ana set it"),
        (replace(PLAIN, title="customers cannot pay"), "availability", "“cannot pay” in its title"),
        (replace(PLAIN, title="Users can’t log in"), "availability", "“can't log in” in its title"),
        (replace(PLAIN, title="the shop does not load"), "availability", "“does not load” in its title"),
        (replace(PLAIN, title="wrong prices in the shop"), "data", "“wrong prices” in its title"),
        (replace(PLAIN, title="prices are wrong"), "data", "“prices are wrong” in its title"),
        (replace(PLAIN, title="data missing"), "data", "“data missing” in its title"),
        (replace(PLAIN, title="customers were charged twice"), "data", "“charged twice” in its title"),
        (replace(PLAIN, title="emails not sent"), "errors", "“emails not sent” in its title"),
        (replace(PLAIN, title="no mails are going out"), "errors", "“no mails are going out” in its title"),
        (replace(PLAIN, title="payments are declined"), "errors", "“payments are declined” in its title"),
        (replace(PLAIN, title="checkout takes forever"), "latency", "“takes forever” in its title"),
        (replace(PLAIN, title="no space left on db-1"), "saturation", "“no space left” in its title"),
        (
            replace(PLAIN, title="shop shows another user's orders"),
            "security",
            "“shows another user's orders” in its title",
        ),
        (
            replace(PLAIN, title="?", alerts=("Users cannot pay",)),
            "availability",
            "“cannot pay” in the alert Users cannot pay",
        ),
        (
            replace(PLAIN, title="customers see others' orders"),
            "security",
            "“see others' orders” in its title",
        ),
        # Part of a word is no sign of anything.
        (
            replace(PLAIN, title="Error rate above threshold on orders"),
            "errors",
            "“error” in its title",
        ),
        (replace(PLAIN, title="users see other pods crash"), "errors", "“crash” in its title"),
        (replace(PLAIN, title="we get other errors on checkout"), "errors", "“errors” in its title"),
        (
            replace(PLAIN, title="the budgets other people set"),
            "other",
            "not clear from its title or its alerts",
        ),
        (
            replace(PLAIN, title="the backups are uncompromised"),
            "other",
            "not clear from its title or its alerts",
        ),
        # What people cannot find out is no sign of anything.
        (replace(PLAIN, title="we cannot reproduce it"), "other", "not clear from its title or its alerts"),
        (replace(PLAIN, title="something is wrong"), "other", "not clear from its title or its alerts"),
    ],
)
def test_the_category_comes_from_labels_alerts_words_and_health(
    facts: Facts, category: str, why: str
) -> None:
    found = triage(facts)
    assert (category, why) == (found.category, found.category_why)


def test_what_it_reaches_and_depends_on_comes_from_the_catalogue() -> None:
    found = triage(PLAIN)
    assert (("shop",), ("payments", "user-db"), 90_000) == (found.downstream, found.upstream, found.users)
    assert {"checkout": 1, "payments": 2, "user-db": 2} == dependencies(SERVICES, "shop")
    assert ("user-db",) == shared(SERVICES, ["checkout", "payments"])
    assert () == shared(SERVICES, [])


def test_circles_in_the_catalogue_end_where_they_begin() -> None:
    circle = {"a": Service(name="a", depends_on=("b",)), "b": Service(name="b", depends_on=("a",))}
    assert {"b": 1} == dependencies(circle, "a")


def test_a_run_just_before_is_likelier_than_a_sick_dependency_and_than_an_older_run() -> None:
    facts = replace(
        PLAIN,
        health={"user-db": "unhealthy", "payments": "degraded", "island": "unhealthy"},
        runs=(
            Run("RUN-7", "deploy", "checkout", "dev", BEGAN - timedelta(minutes=6)),
            Run("RUN-3", "deploy", "checkout", "dev", BEGAN - timedelta(minutes=110)),
            Run("RUN-2", "deploy", "island", "dev", BEGAN - timedelta(minutes=1)),
            Run("RUN-1", "deploy", "checkout", "dev", BEGAN - timedelta(minutes=121)),
        ),
    )
    found = triage(facts).hypotheses
    assert ["RUN-7", "user-db", "payments", "RUN-3"] == [one.key for one in found]
    assert "RUN-7 by dev began 6 minutes before it" == found[0].evidence
    assert "checkout depends on user-db, by its checks" == found[1].evidence


def test_alerts_incidents_and_what_is_shared_are_told_with_what_links_them() -> None:
    facts = replace(
        PLAIN,
        service="shop",
        touched=("payments",),
        nearby=(Nearby("a", "DiskFull", "checkout", BEGAN),),
        others=(Nearby("INC-3", "db is slow", "payments", BEGAN),),
        past=(Past("INC-1", "a full disk", BEGAN - timedelta(days=7)),),
    )
    found = {one.key: one for one in triage(facts).hypotheses}
    assert "DiskFull fires since 2026-03-02 09:00 UTC; shop depends on checkout" == found["checkout"].evidence
    assert (
        "INC-3 is open since 2026-03-02 09:00 UTC; shop depends by others on payments"
        == found["INC-3"].evidence
    )
    assert "payments and shop depend on user-db" == found["user-db"].evidence
    assert ("the same cause as before: a full disk", "INC-1 on the same service, 7 days before") == (
        found["INC-1"].text,
        found["INC-1"].evidence,
    )


@pytest.mark.parametrize(
    ("facts", "team", "why"),
    [
        (replace(PLAIN, team="money"), "money", "people gave it to them"),
        (PLAIN, "platform", "the catalogue says that they own checkout"),
        (replace(PLAIN, service="", touched=("user-db",)), "data", "they own the services of its alerts"),
        (replace(PLAIN, service="island"), "", "the catalogue names no owner of island"),
        (replace(PLAIN, service=""), "", "no service is named"),
    ],
)
def test_whose_it_is_comes_from_people_then_from_the_catalogue(facts: Facts, team: str, why: str) -> None:
    assert (team, why) == (triage(facts).team, triage(facts).team_why)


def test_what_people_said_goes_before_what_is_guessed_and_what_they_ruled_out_is_last() -> None:
    guessed = [Hypothesis("a", "a", "x", 90), Hypothesis("b", "b", "x", 80), Hypothesis("c", "c", "x", 10)]
    kept = [
        Hypothesis("a", "a", "x", 90, Verdict.RULED_OUT, "Bo"),
        Hypothesis("H1", "mine", "x", 1, Verdict.CONFIRMED, "Ana"),
    ]
    assert ["H1", "b", "c", "a"] == [one.key for one in judged(guessed, kept)]
