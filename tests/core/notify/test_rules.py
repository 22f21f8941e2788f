"""The pure rules of telling: routes, what may leave, when a try is repeated, what opens a link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notify import links, notice, retries, routing
from core.notify.channel import Channel
from core.notify.ledger import Entry, State, reached, summary, untold
from core.notify.routing import Reader
from core.place import Place

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPS = Channel(
    name="ops", places=(Place(platform="slack", channel="C0"), Place(platform="discord", channel="1"))
)
MAIL = Channel(name="mail", outlets={"email": {"from": "w@acme.test"}})
SIEM = Channel(name="siem", outlets={"webhook": {"url": "https://siem.test/in"}})
ANA = Reader("ana", "ana@acme.test", "+491700000001", frozenset({"slack"}))
KEY = "k" * 40


def entry(person: str = "ana", **more: Any) -> Entry:
    usual = Entry(
        id="n1",
        about="AP-1",
        cause="requested",
        digest="d",
        person=person,
        channel="mail",
        way="email",
        target="a",
        place=None,
        state=State.ACCEPTED,
        detail="",
        attempts=1,
        provider="",
        delivery="d1",
        expires=NOW,
        created=NOW,
        settled=NOW,
        used=None,
        wrong=0,
    )
    return replace(usual, **more)


def routed(channel: Channel, reader: Reader) -> list[tuple[str, str, str]]:
    return [(route.way, route.target, route.problem) for route in routing.routes(channel, reader)]


def test_a_chat_reaches_whoever_has_an_account_in_it() -> None:
    assert routed(OPS, ANA) == [("chat", "slack:C0", "")]
    assert routed(OPS, replace(ANA, platforms=frozenset({"slack", "discord"})))[1:] == [
        ("chat", "discord:1", "")
    ]
    assert routed(OPS, replace(ANA, platforms=frozenset())) == [("chat", "", "no account there")]


def test_mail_goes_to_the_persons_own_address() -> None:
    assert routed(MAIL, ANA) == [("email", "ana@acme.test", "")]
    assert routed(MAIL, replace(ANA, email="")) == [("email", "", "no e-mail address")]


def test_a_program_is_told_once_and_for_nobody() -> None:
    assert routed(SIEM, ANA) == []
    routes = routing.plan({"siem": SIEM}, ["siem", "siem", "gone"], [ANA, replace(ANA, person="bo")])
    assert [(route.person, route.way, route.target) for route in routes] == [
        ("", "webhook", "https://siem.test/in")
    ]


def test_only_what_is_listed_leaves_in_the_order_of_the_list() -> None:
    facts = {"id": "AP-1", "title": "t", "reason": "", "subject": {"a": {"b": 1, "c": 2}, "token": "secret"}}
    assert list(notice.only(facts, ["title", "id", "reason", "nothing"])) == ["title", "id"]
    assert notice.only(facts, ["subject.a.b", "subject.x.y", "subject.a.b.c"]) == {"subject.a.b": 1}


@given(
    st.dictionaries(st.sampled_from(notice.FACTS), st.text(min_size=1)),
    st.sets(st.sampled_from(notice.FACTS)),
)
def test_nothing_that_is_not_listed_ever_leaves(facts: dict[str, str], fields: set[str]) -> None:
    assert notice.only(facts, fields).keys() == facts.keys() & fields


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [("title", True), ("subject.a-b.c", True), ("titel", False), ("subject.", False), ("subject.a b", False)],
)
def test_names_of_facts_are_known_or_lie_in_the_subject(name: str, is_fine: bool) -> None:
    assert notice.is_listed_well(name) is is_fine


@given(st.floats(0, 1))
def test_waits_are_5_10_and_20_seconds_and_a_third_more_at_most(chance: float) -> None:
    waits = [retries.pause(failures, chance) for failures in (1, 2, 3, 4)]
    assert waits[3] is None
    for wait, least in zip(waits, (5, 10, 20), strict=False):
        assert wait is not None
        assert least <= wait <= least * 1.3


@given(st.none() | st.floats(allow_nan=False))
def test_what_the_other_side_asks_for_is_waited_within_an_hour(seconds: float | None) -> None:
    assert 1 <= retries.asked_pause(seconds) <= 3_600


def test_the_line_for_the_card_says_who_was_told_and_who_was_not_and_why() -> None:
    lost = entry("bo", state=State.FAILED, detail="mailbox unknown")
    named = {"ana": "Ana", "bo": "Bo"}
    assert summary([entry(), lost], named) == "Told: 1 of 2; Bo by e-mail failed: mailbox unknown"
    assert summary([], {}) == ""
    ended = entry("dev", cause="ended:APPROVED", state=State.FAILED, detail="x")
    assert summary([entry(), ended], named) == "Told: 1 of 1"


def test_whom_nothing_reaches_any_more_is_named_on_the_card() -> None:
    lost = entry("bo", state=State.FAILED, detail="mailbox unknown")
    assert untold([entry(), lost], {"bo": "Bo"}) == "Bo could not be told: mailbox unknown"
    assert untold([lost, entry("bo", channel="ops", state=State.QUEUED)], {}) == ""
    assert untold([entry()], {}) == ""


def test_only_an_accepted_question_to_people_has_reached_anybody() -> None:
    assert reached([entry()])
    assert not reached([entry(state=State.QUEUED), entry(state=State.FAILED)])
    assert not reached([entry("", way="webhook"), entry(cause="ended:APPROVED")])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "n2"},
        {"person": "bo"},
        {"about": "AP-2"},
        {"digest": "e"},
        {"expires": NOW + timedelta(seconds=1)},
    ],
    ids=str,
)
def test_the_key_of_a_link_is_bound_to_person_question_content_and_end(change: dict[str, Any]) -> None:
    key = links.key_of(KEY, entry())
    assert links.fits_key(KEY, entry(), key)
    assert not links.fits_key(KEY, entry(**change), key)
    assert not links.fits_key("o" * 40, entry(), key)


def test_a_code_is_read_as_people_type_it_and_is_another_one_for_each_notice() -> None:
    code = links.code_for(KEY, entry())
    assert links.fits_code(KEY, entry(), f" {code.upper().replace('-', ' ')} ")
    assert links.code_for(KEY, entry(id="n2")) != code
    assert code not in links.key_of(KEY, entry())


@given(st.text())
def test_no_text_breaks_the_comparison_of_keys_codes_and_forms(text: str) -> None:
    assert not links.fits_key(KEY, entry(), text)
    assert not links.fits_form(KEY, "n1", "", text)
    assert isinstance(links.fits_code(KEY, entry(), text), bool)


def test_each_receiver_has_a_signing_key_of_its_own() -> None:
    keys = {links.signing_secret(KEY, kind, name) for kind in ("channel", "person") for name in ("a", "b")}
    assert len(keys) == 4
    assert all(key.startswith("whsec_") for key in keys)


@pytest.mark.parametrize("public_url", ["", "https://w.test"])
def test_a_link_is_made_only_where_it_can_be_opened(public_url: str) -> None:
    assert bool(links.link_to(public_url, KEY, entry())) is bool(public_url)
    assert links.link_to(public_url, "", entry()) == ""
    assert links.link_to(public_url, KEY, entry("")) == ""
