import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.links import records, units
from core.incidents.links.link import read
from core.store.engine import Store
from tests.core.incidents.test_units import ANA, declared


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("inc-2", ("INC-2", "incident")),
        ("RUN 7", ("RUN-7", "run")),
        ("AP-03", ("AP-3", "approval")),
        ("<https://acme.test/a?b=c|here>", ("https://acme.test/a?b=c", "url")),
    ],
)
def test_ids_and_addresses_are_understood(words: str, expected: tuple[str, str]) -> None:
    assert expected == read(words)


@given(st.text(max_size=60))
def test_whatever_is_said_it_is_a_clean_link_or_refused(words: str) -> None:
    try:
        to, sort = read(words)
    except Invalid:
        return
    assert len(to) <= 500
    assert to.isprintable()
    assert to.startswith(("http://", "https://")) if sort == "url" else "-" in to


@pytest.mark.parametrize(
    "words", ["javascript:alert(1)", "https://", "ftp://x", "https://a b", "x", "http://a/" + "x" * 600]
)
def test_what_is_no_link_is_refused(words: str) -> None:
    with pytest.raises(Invalid, match="nothing to link to"):
        read(words)


async def test_two_incidents_know_each_other_and_forget_each_other(any_store: Store) -> None:
    await declared(any_store)
    await declared(any_store)
    await any_store.transact(units.link, "INC-2", ANA, "INC-1", "the same disk")
    assert [("INC-1", "the same disk")] == [
        (one.to, one.note) for one in await any_store.read(records.of, "INC-2")
    ]
    assert ["INC-2"] == [one.to for one in await any_store.read(records.of, "INC-1")]
    assert (
        "Ana Ruiz linked INC-2: the same disk" == (await any_store.read(incidents.timeline, "INC-1"))[-1].text
    )
    with pytest.raises(Conflict, match="linked to INC-2 already"):
        await any_store.transact(units.link, "INC-1", ANA, "INC-2")
    await any_store.transact(units.unlink, "INC-1", ANA, "INC-2")
    assert [] == await any_store.read(records.of, "INC-2")
    with pytest.raises(NotFound, match="not linked"):
        await any_store.transact(units.unlink, "INC-1", ANA, "INC-2")


async def test_only_what_there_is_can_be_linked(store: Store) -> None:
    await declared(store)
    for nothing in ("INC-9", "RUN-9", "AP-9"):
        with pytest.raises(NotFound):
            await store.transact(units.link, "INC-1", ANA, nothing)
    with pytest.raises(Invalid, match="itself"):
        await store.transact(units.link, "INC-1", ANA, "INC-1")
    await store.transact(units.link, "INC-1", ANA, "https://acme.test/board")
    assert ["url"] == [one.sort for one in await store.read(records.of, "INC-1")]
