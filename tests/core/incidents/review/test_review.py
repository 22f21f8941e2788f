from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.clock import ManualClock
from core.errors import Conflict, Invalid
from core.incidents import units as incidents
from core.incidents.config import IncidentsConfig
from core.incidents.incident import Entry, Incident, State
from core.incidents.remedies.beginning.units import BY as AUTOMATION
from core.incidents.review import markdown, records, units
from core.incidents.review.review import SECTIONS, Document, Figures, Review
from core.incidents.roles import units as roles
from core.incidents.roles.role import Role
from core.incidents.tasks import units as tasks
from core.incidents.timeline import units as timeline
from core.incidents.timeline.units import Quote
from core.incidents.units import News
from core.people.person import Person
from core.store import deadlines, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.world import World
from tests.core.incidents.test_units import ANA, BO, declared
from tests.stores import START

WORLD = World(workspace="acme", people={"ana": ANA, "bo": BO}, incidents=IncidentsConfig())
EVIL = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) `code` | # *bold* @everyone ![x](http://e/x) http://e.x"


async def written(store: Store) -> str:
    incident = await declared(store)
    await store.transact(units.begin, WORLD, incident, BO)
    await store.transact(units.write, incident, ANA, {"summary": "It broke."})
    return incident


async def test_whoever_led_owns_the_review_and_a_second_beginning_changes_nothing(any_store: Store) -> None:
    incident = await declared(any_store)
    await any_store.transact(incidents.acknowledge, incident, ANA)
    first = await any_store.transact(units.begin, WORLD, incident, BO)
    assert ("ana", START + timedelta(days=5)) == (first.owner, first.due)
    assert first == await any_store.transact(units.begin, WORLD, incident, ANA)


async def test_every_version_is_kept_and_parts_that_are_not_named_stay(any_store: Store) -> None:
    incident = await written(any_store)
    await any_store.transact(units.write, incident, BO, {"well": "quick"}, 1)
    review = await any_store.read(records.get, incident)
    assert (2, {"summary": "It broke.", "well": "quick"}, "Bo Lindqvist") == (
        review.version,
        dict(review.sections),
        review.written_by,
    )
    kept = await any_store.read(records.versions, incident)
    assert [{"summary": "It broke."}, {"summary": "It broke.", "well": "quick"}] == [
        row["sections"] for row in kept
    ]


async def test_who_writes_over_what_they_have_not_seen_is_told(store: Store) -> None:
    incident = await written(store)
    with pytest.raises(Conflict, match="Ana Ruiz wrote in it meanwhile: it is version 1 now"):
        await store.transact(units.write, incident, BO, {"summary": "mine"}, 0)
    with pytest.raises(Conflict, match="says so already"):
        await store.transact(units.write, incident, BO, {"summary": "It broke."}, 1)
    with pytest.raises(Invalid, match="no part"):
        await store.transact(units.write, incident, BO, {"blame": "Bo"})


async def test_its_owner_is_reminded_until_it_is_done(store: Store, clock: ManualClock) -> None:
    incident = await written(store)
    await store.transact(units.assign, incident, ANA, BO, clock.now() + timedelta(days=2))
    assert clock.now() + timedelta(days=1) == await store.read(deadlines.pending, units.REMIND, incident)
    for day in (1, 2, 3):
        clock.advance(timedelta(days=1))
        await store.transact(units.on_due, WORLD, incident)
        assert clock.now() + timedelta(days=1) == await store.read(
            deadlines.pending, units.REMIND, incident
        ), day
    told = await store.transact(_told)
    assert ["is due on 04 March", "is due on 04 March", "was due on 04 March"] == [
        words.partition("The review of INC-1 ")[2][:19].rstrip(".") for words in told[-3:]
    ]
    await store.transact(units.finish, incident, BO)
    assert await store.read(deadlines.pending, units.REMIND, incident) is None
    clock.advance(timedelta(days=1))
    await store.transact(units.on_due, WORLD, incident)
    assert await store.read(deadlines.pending, units.REMIND, incident) is None
    with pytest.raises(Conflict, match="is done"):
        await store.transact(units.finish, incident, BO)


async def test_an_empty_review_is_not_done(store: Store) -> None:
    incident = await declared(store)
    await store.transact(units.begin, WORLD, incident, ANA)
    with pytest.raises(Conflict, match="Nothing was written"):
        await store.transact(units.finish, incident, ANA)


async def test_the_document_counts_and_tells_what_happened(store: Store, clock: ManualClock) -> None:
    incident = await written(store)
    clock.advance(timedelta(minutes=4))
    await store.transact(incidents.acknowledge, incident, ANA)
    await store.transact(timeline.keep, incident, BO, Quote("disk | full", author="Bo Lindqvist"))
    await store.transact(tasks.add, incident, ANA, tasks.Wanted("call the vendor"))
    await store.transact(tasks.finish, incident, 1, ANA)
    clock.advance(timedelta(minutes=56))
    await store.transact(incidents.resolve, incident, BO, "a full disk", "- watch disks\n- bigger disks")
    told = markdown.render(await store.read(units.look, WORLD.people, incident))
    for words in (
        "# Review of INC-1: checkout is down",
        "| Time to acknowledge | 4 min |",
        "| Time to resolve | 1 h |",
        "| People | 2: Ana Ruiz, Bo Lindqvist |",
        "## What went well\n\n*What helped, and should be so next time.*",
        "## Cause\n\na full disk",
        "- [x] call the vendor \\(anybody\\)\n- [ ] watch disks\n- [ ] bigger disks",
        "disk \\| full",
    ):
        assert words in told


async def test_people_are_humans_and_whoever_had_a_part(store: Store) -> None:
    incident = await declared(store)
    rex = Person(id="rex", name="Rex", kind="agent")
    world = {**WORLD.people, "rex": rex}
    await store.transact(timeline.keep, incident, rex, Quote("memory is high"))
    await store.transact(timeline.keep, incident, rex, Quote("it is slow for me", author="Lina of sales"))
    await store.transact(incidents.tell, incident, AUTOMATION, News(text="restart-service begins"))
    await store.transact(roles.give, incident, Role.SCRIBE, BO, ANA)
    found = (await store.read(units.look, world, incident)).figures.people
    assert ("Ana Ruiz", "Lina of sales", "Bo Lindqvist") == found


def document(text: str) -> Document:
    lines = (Entry(at=START, kind="quote", author=text, text=text),)
    incident = _incident().model_copy(
        update={"title": text, "cause": text, "service": text, "lead_name": text}
    )
    review = Review("INC-1", 1, dict.fromkeys(SECTIONS, text), owner_name=text)
    return Document(incident, review, Figures(None, None, None, people=(text,)), lines, ((text, False),))


def test_whatever_people_write_does_nothing_in_a_document() -> None:
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.render(document(EVIL)))
    for tag in ("<img", "<script", "<a ", "<code", "<strong"):
        assert tag not in shown
    assert "@everyone" in shown


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_no_words_make_a_tag_or_a_link(text: str) -> None:
    engine = MarkdownIt("commonmark", {"html": True}).enable("table")
    shown = engine.render(markdown.render(document(text)))
    known = engine.render(markdown.render(document("x")))
    for tag in ("<img", "<a ", "<code", "<pre", "<h1", "<h2", "<tr", "<blockquote", "<script", "<hr"):
        assert known.count(tag) == shown.count(tag)


def _incident() -> Incident:
    return Incident(
        id="INC-1",
        title="x",
        severity=1,
        state=State.RESOLVED,
        declared_by="ana",
        declared_name="Ana",
        created=START,
    )


def _told(unit: Unit) -> list[str]:
    spread(unit)
    rows = unit.conn.execute(outbox_rows.OUTBOX.select().where(outbox_rows.OUTBOX.c.kind == "say"))
    return [str(row.payload["text"]) for row in rows if "text" in row.payload]
