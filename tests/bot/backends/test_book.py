"""The book over REST: what it says replaces what the agent says, and whatever it cannot say asks people."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.asker import Asker
from bot.backends.book import RestBook, parsed
from core.approvals import records
from core.approvals.policy import Answer
from core.approvals.request import Request, Status
from core.clock import ManualClock
from core.errors import Unavailable
from core.observability.config import BookConfig
from core.store.engine import Store
from core.trading.ports import Wanted
from handlers.approvals.asking import Question
from handlers.approvals.posing import Asked
from tests.core.trading.desk import approve, caller, world
from tests.core.trading.orders import NOW, OPENS, PAST, ago, subject
from tests.platforms.book import BookServer, book_server
from tests.stores import opened, sqlite_url

PARTS = ("market", "statistics", "agent", "portfolio", "activity")
WANTED = Wanted("rex", "dev", "ACME", "EUR")
ALONE = {"trade": subject()["trade"]}
LARGE = {"trade": ALONE["trade"] | {"quantity": "600", "estimated_value": "60000"}}


def told(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The parts as a book has them, with a calendar in the place of a session."""
    known = subject({"agent.cash": "900000"} | (changes or {}), PAST)
    parts = {name: known[name] for name in PARTS}
    session = parts["market"].pop("session")
    earlier = {"opens": ago(hours=30), "closes": ago(hours=22)}
    later = {"opens": ago(hours=-22), "closes": ago(hours=-30)}
    return parts | {"market": parts["market"] | {"calendar": [later, session, earlier]}}


@pytest.fixture
async def book() -> AsyncIterator[BookServer]:
    async with book_server(told()) as one:
        yield one


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(NOW)) as one:
        yield one


def rest(book: BookServer, secret: str = "", **config: Any) -> RestBook:
    return RestBook(BookConfig.model_validate({"rest": book.url} | config), SecretStr(secret))


def order(subject: dict[str, Any]) -> Question:
    return Question(kind="trade", title="Buy ACME", subject=subject)


async def ask(store: Store, book: BookServer, told: dict[str, Any], key: str = "k", **config: Any) -> Asked:
    return await Asker(store, rest(book, **config)).ask(caller(world()), order(told), key)


def made(asked: Asked) -> Request:
    assert asked.request is not None, asked.refusal
    return asked.request


def codes(asked: Asked) -> set[str]:
    return {one.code for one in made(asked).rules.findings}


async def test_an_agent_needs_to_tell_nothing_but_its_order(store: Store, book: BookServer) -> None:
    request = made(await ask(store, book, ALONE))
    assert (Status.APPROVED, ()) == (request.status, request.rules.findings)
    assert {"answered": True} == request.subject["book"]
    assert OPENS.isoformat() == request.subject["market"]["session"]["opens"]
    assert {
        "part": "market",
        "agent": "rex",
        "owner": "dev",
        "symbol": "ACME",
        "currency": "EUR",
    } in book.asked


async def test_the_token_of_the_book_is_sent_and_no_other(book: BookServer) -> None:
    await rest(book, "s3cret").look(WANTED)
    assert {"Bearer s3cret"} == book.tokens


@pytest.mark.parametrize(
    ("claimed", "path"),
    [
        ({"agent": {"cash": "9000000"}}, "agent.cash"),
        ({"agent": {"trust_score": "0.99"}}, "agent.trust_score"),
        ({"market": {"halted": True}}, "market.halted"),
        ({"market": {"mark": "102"}}, "market.mark"),
        ({"portfolio": {"positions": [{"symbol": "ACME", "quantity": "5"}]}}, "portfolio.positions.ACME"),
    ],
)
async def test_what_the_book_says_counts_and_what_the_agent_says_otherwise_is_shown(
    store: Store, book: BookServer, claimed: dict[str, Any], path: str
) -> None:
    asked = await ask(store, book, ALONE | claimed)
    assert {"TOLD_OTHERWISE"} == codes(asked)
    assert [path] == [one["path"] for one in made(asked).subject["told"]]
    assert path in made(asked).rules.findings[0].message
    part = path.partition(".")[0]
    assert book.parts[part].get("cash") == made(asked).subject[part].get("cash")


async def test_figures_that_are_about_the_same_are_kept_and_ask_nobody(
    store: Store, book: BookServer
) -> None:
    request = made(await ask(store, book, ALONE | {"agent": {"cash": "909000", "trust_score": 0.9}}))
    assert Status.APPROVED is request.status
    assert [{"path": "agent.cash", "told": "909000", "known": "900000"}] == request.subject["told"]


async def test_an_agent_that_claims_more_money_than_it_has_is_refused(store: Store, book: BookServer) -> None:
    book.parts["agent"]["cash"] = "500"
    asked = await ask(store, book, ALONE | {"agent": {"cash": "9000000"}})
    assert asked.request is None
    assert "more than the agent has free" in str(asked.refusal)


async def test_a_halt_that_the_agent_does_not_tell_of_is_seen(store: Store, book: BookServer) -> None:
    book.parts["market"]["halted"] = True
    asked = await ask(store, book, ALONE | {"market": {"halted": False}})
    assert "Trading in ACME is halted" in str(asked.refusal)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("how", ["slow", "500", "302", "no json", "a list", "large"])
async def test_a_book_that_cannot_answer_is_a_reason_to_ask(
    store: Store, book: BookServer, part: str, how: str
) -> None:
    match how:
        case "slow":
            book.waits[part] = 0.5
        case "no json":
            book.raw[part] = b"<html>"
        case "a list":
            book.raw[part] = b"[1]"
        case "large":
            book.raw[part] = b'{"as_of": "' + b"x" * 600_000 + b'"}'
        case _:
            book.status[part] = int(how)
    asked = await ask(store, book, subject({}, PAST), timeout="200ms" if how == "slow" else "5s")
    assert Status.PENDING is made(asked).status
    gaps = [one for one in made(asked).rules.findings if one.code == "DATA_GAP"]
    assert any("The book does not answer: The book" in one.message for one in gaps)
    assert {"HIGH"} == {one.severity for one in gaps}
    assert not {*PARTS} - {"agent"} & set(made(asked).subject)


async def test_what_the_book_leaves_out_is_missing_even_if_the_agent_tells_it(
    store: Store, book: BookServer
) -> None:
    del book.parts["agent"]["cash"]
    asked = await ask(store, book, subject({}, PAST))
    assert "DATA_GAP" in codes(asked)
    assert "cash" not in made(asked).subject["agent"]


async def test_a_venue_that_is_shut_asks(store: Store, book: BookServer) -> None:
    book.parts["market"]["calendar"] = [{"opens": ago(hours=-22), "closes": ago(hours=-30)}]
    asked = await Asker(store, rest(book)).ask(
        caller(world({"require_approval_for_first_trade": True})), order(ALONE), "k"
    )
    assert "DATA_GAP" in codes(asked)


async def test_the_same_order_again_is_the_same_request_whatever_prices_do(
    store: Store, book: BookServer
) -> None:
    first = made(await ask(store, book, LARGE))
    book.parts["market"] |= {"mark": "103", "quote": "103"}
    again = await ask(store, book, LARGE)
    assert (first.id, False) == (made(again).id, again.fresh)


async def test_what_an_order_would_need_is_told_by_the_book_too(store: Store, book: BookServer) -> None:
    asker = Asker(store, rest(book))
    assert Answer.ALLOW is (await asker.judge(caller(world()), order(ALONE))).answer
    book.parts["market"]["halted"] = True
    assert Answer.DENY is (await asker.judge(caller(world()), order(ALONE))).answer


async def _approved(store: Store, book: BookServer) -> Request:
    return await approve(store, made(await ask(store, book, LARGE)))


async def test_a_claim_is_held_to_what_the_book_says_then(store: Store, book: BookServer) -> None:
    request = await _approved(store, book)
    book.parts["market"] |= {"mark": "101.5"}
    claimed = await Asker(store, rest(book)).claim(caller(world()), request.id, "ex_1")
    assert (Status.STALE, "STALE") == (
        claimed.request.status,
        claimed.refusal and claimed.refusal.data["code"],
    )
    assert "market.mark was 100 and is 101.5" in str(claimed.refusal)


async def test_a_claim_while_the_book_is_silent_can_be_tried_again(store: Store, book: BookServer) -> None:
    request = await _approved(store, book)
    asker = Asker(store, rest(book))
    book.status["market"] = 503
    with pytest.raises(Unavailable) as refused:
        await asker.claim(caller(world()), request.id, "ex_1")
    assert "BOOK_UNAVAILABLE" == refused.value.data["code"]
    assert Status.APPROVED is (await store.read(records.get, request.id)).status
    book.status.clear()
    claimed = await asker.claim(caller(world()), request.id, "ex_1")
    assert (Status.EXECUTING, None) == (claimed.request.status, claimed.refusal)
    again = await asker.claim(caller(world()), request.id, "ex_1")
    assert "ex_1" == again.request.execution


async def test_what_is_no_order_does_not_ask_the_book(store: Store, book: BookServer) -> None:
    question = Question(kind="deploy", title="Deploy", subject={"version": "1"}, ask=[{"role": "manager"}])
    await Asker(store, rest(book)).ask(caller(world()), question, "k")
    assert [] == book.asked


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["as_of", "orders", "positions", "calendar", "correlations", "cash", "window", "with"]
)


@given(st.sampled_from(PARTS), st.dictionaries(names, json, max_size=6))
def test_whatever_a_book_answers_is_bounded_or_refused(part: str, said: dict[str, Any]) -> None:
    try:
        body = orjson.dumps(said)
    except orjson.JSONEncodeError:
        return
    found = parsed(part, body)
    assert set(found) <= set(said)
    assert all(not isinstance(value, str) or len(value) <= 65 for value in found.values())


def test_too_many_rows_are_noticed_and_not_kept() -> None:
    found = parsed("activity", orjson.dumps({"orders": [{"id": "x", "junk": "y"}] * 2_000}))
    assert 501 == len(found["orders"])
    assert {"id": "x"} == found["orders"][0]


def test_a_book_is_not_waited_for_without_end() -> None:
    with pytest.raises(ValueError, match="less than or equal"):
        BookConfig.model_validate({"rest": "http://127.0.0.1:1", "timeout": timedelta(minutes=1)})
