from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core import wiring
from core.clock import ManualClock
from core.errors import Conflict, Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.tasks import records, units
from core.incidents.tasks.task import split
from core.incidents.tasks.units import Wanted
from core.people.person import Person
from core.store import deadlines, outbox, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from tests.core.incidents.test_units import ANA, BO, declared


@dataclass(frozen=True)
class Scene:
    people: dict[str, Person] = field(
        default_factory=lambda: {"bo": BO.model_copy(update={"accounts": {"slack": "U0BO"}})}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rotate the keys", ("rotate the keys", "", "")),
        ("rotate the keys @bo due=18:00", ("rotate the keys", "@bo", "18:00")),
        (
            'due="tomorrow 09:00" rotate <@U0BO|bo> the keys',
            ("rotate the keys", "<@U0BO|bo>", "tomorrow 09:00"),
        ),
        ("mail to ops@acme.test", ("mail to ops@acme.test", "", "")),
    ],
)
def test_a_task_is_written_in_a_line(text: str, expected: tuple[str, str, str]) -> None:
    assert expected == split(text)


async def test_tasks_are_numbered_told_done_and_taken_up_again(any_store: Store) -> None:
    await declared(any_store)
    await any_store.transact(units.add, "INC-1", ANA, Wanted("rotate\nthe keys", BO))
    await any_store.transact(units.add, "INC-1", ANA, Wanted("write to customers"))
    done = await any_store.transact(units.finish, "INC-1", 1, BO)
    assert ("rotate the keys", "Bo Lindqvist", "bo") == (done.text, done.done_by, done.assignee)
    with pytest.raises(Conflict, match="done already, by Bo"):
        await any_store.transact(units.finish, "INC-1", 1, ANA)
    await any_store.transact(units.again, "INC-1", 1, ANA)
    with pytest.raises(Conflict, match="is open"):
        await any_store.transact(units.again, "INC-1", 1, ANA)
    assert [(1, None), (2, None)] == [
        (one.number, one.done) for one in await any_store.read(records.of, "INC-1")
    ]
    story = [entry.text for entry in await any_store.read(incidents.timeline, "INC-1")][1:]
    assert [
        "Ana Ruiz: task 1: rotate the keys (Bo Lindqvist)",
        "Ana Ruiz: task 2: write to customers (anybody)",
        "Bo Lindqvist did task 1: rotate the keys",
        "Ana Ruiz: task 1 is not done: rotate the keys",
    ] == story


async def test_whoever_has_what_is_due_is_reminded_once(any_store: Store, clock: ManualClock) -> None:
    await declared(any_store)
    due = clock.now() + timedelta(hours=1)
    for to in (BO, None, BO):
        await any_store.transact(units.add, "INC-1", ANA, Wanted("look", to, due))
    await any_store.transact(units.finish, "INC-1", 3, BO)
    assert await any_store.read(deadlines.pending, records.DUE, "INC-1/3") is None
    for number in (1, 2, 3):
        await any_store.transact(units.on_due, Scene(), f"INC-1/{number}")
    assert ([], []) == await any_store.transact(_sent)
    clock.advance(timedelta(hours=1))
    for number in (1, 2, 3):
        await any_store.transact(units.on_due, Scene(), f"INC-1/{number}")
    handed, said = await any_store.transact(_sent)
    assert (["INC-1/1"], ["Task 2 is due now: look (anybody)."]) == (handed, said)
    assert wiring.DEADLINES[records.DUE] is units.on_due


async def test_what_cannot_be_is_refused(store: Store, clock: ManualClock) -> None:
    await declared(store)
    with pytest.raises(Invalid, match="What is to be done"):
        await store.transact(units.add, "INC-1", ANA, Wanted(" "))
    with pytest.raises(Invalid, match="That time is over"):
        await store.transact(units.add, "INC-1", ANA, Wanted("x", None, clock.now()))
    with pytest.raises(NotFound, match="no task 1") as refused:
        await store.transact(units.finish, "INC-1", 1, ANA)
    assert "There are: none yet." == refused.value.mend
    for _ in range(50):
        await store.transact(units.add, "INC-1", ANA, Wanted("x"))
    with pytest.raises(Conflict, match="50 tasks"):
        await store.transact(units.add, "INC-1", ANA, Wanted("x"))


def _sent(unit: Unit) -> tuple[list[str], list[str]]:
    spread(unit)
    rows = list(unit.conn.execute(outbox_rows.OUTBOX.select()))
    handed = [ref.partition(":")[0] for ref in outbox.refs(unit, units.CARD, "INC-1/")]
    said = [
        row.payload["text"] for row in rows if row.kind == "say" and "is due" in row.payload.get("text", "")
    ]
    return handed, said
