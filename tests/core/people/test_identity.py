from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.errors import Conflict, Forbidden, Invalid, TooMany
from core.people import records, units
from core.people.person import Person
from core.place import Actor
from core.store import events
from core.store.engine import Store, Unit

KEY = "a secret of this house"
ANA = Person(id="ana", name="Ana Ruiz", accounts={"slack": "U0ANA", "local": "ana"})
BO = Person(id="bo", name="Bo Lindqvist", accounts={"slack": "U0BO"})
REX = Person(id="rex", name="Rex", kind="agent", owner="bo", accounts={"local": "rex"})
PEOPLE = {person.id: person for person in (ANA, BO, REX)}
ON_SLACK = Actor(platform="slack", user="U0ANA", workspace="T1", name="ana")
ON_DISCORD = Actor(platform="discord", user="1001", name="Ana Ruiz")


async def test_a_configured_account_is_its_person_whatever_it_calls_itself(any_store: Store) -> None:
    assert await any_store.read(units.who, PEOPLE, ON_SLACK) == ANA
    named_like_ana = Actor(platform="slack", user="U0EVIL", name="Ana Ruiz")
    assert await any_store.read(units.who, PEOPLE, named_like_ana) is None


async def test_the_same_id_on_another_platform_is_somebody_else(store: Store) -> None:
    assert await store.read(units.who, PEOPLE, Actor(platform="discord", user="U0ANA")) is None


async def test_somebody_who_is_not_active_is_nobody(store: Store) -> None:
    left = PEOPLE | {"ana": ANA.model_copy(update={"active": False})}
    assert await store.read(units.who, left, ON_SLACK) is None


async def test_two_people_configured_with_one_account_are_both_refused(store: Store) -> None:
    twice = PEOPLE | {"bo": BO.model_copy(update={"accounts": {"slack": "U0ANA"}})}
    with pytest.raises(Forbidden, match="Ana Ruiz and for Bo Lindqvist"):
        await store.read(units.who, twice, ON_SLACK)


async def test_a_code_made_on_one_platform_makes_one_person_on_both(any_store: Store) -> None:
    code = await any_store.transact(units.make_code, ANA, KEY)
    assert await any_store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY) == ANA
    assert await any_store.read(units.who, PEOPLE, ON_DISCORD) == ANA


async def test_a_code_is_read_as_people_type_it(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    typed = f"  {code.upper().replace('0', 'O').replace('1', 'I').replace('-', ' ')} "
    assert await store.transact(units.link, PEOPLE, ON_DISCORD, typed, KEY) == ANA


async def test_a_link_is_for_an_account_in_one_workspace(any_store: Store) -> None:
    """The same id may be somebody else's elsewhere."""
    code = await any_store.transact(units.make_code, ANA, KEY)
    here = Actor(platform="slack", user="U7", workspace="T1")
    assert ANA == await any_store.transact(units.link, PEOPLE, here, code, KEY)
    elsewhere = here.model_copy(update={"workspace": "T2"})
    assert await any_store.read(units.who, PEOPLE, elsewhere) is None
    assert ANA == await any_store.read(units.who, PEOPLE, here)


async def test_a_code_works_once(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY)
    again = await store.transact(units.link, PEOPLE, Actor(platform="discord", user="666"), code, KEY)
    assert isinstance(again, Invalid)


async def test_a_code_is_over_after_ten_minutes(store: Store, clock: ManualClock) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    clock.advance(timedelta(minutes=10))
    assert isinstance(await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY), Invalid)


async def test_a_new_code_ends_the_one_before(store: Store) -> None:
    first = await store.transact(units.make_code, ANA, KEY)
    await store.transact(units.make_code, ANA, KEY)
    assert isinstance(await store.transact(units.link, PEOPLE, ON_DISCORD, first, KEY), Invalid)


async def test_five_wrong_codes_close_the_door_for_an_hour(any_store: Store, clock: ManualClock) -> None:
    code = await any_store.transact(units.make_code, ANA, KEY)
    for number in range(5):
        wrong = await any_store.transact(units.link, PEOPLE, ON_DISCORD, f"zzzz-zzz{number}", KEY)
        assert isinstance(wrong, Invalid)
    assert isinstance(await any_store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY), TooMany)
    assert await any_store.read(units.who, PEOPLE, ON_DISCORD) is None
    clock.advance(timedelta(hours=1))
    code = await any_store.transact(units.make_code, ANA, KEY)
    assert await any_store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY) == ANA


async def test_an_account_that_is_somebody_is_not_linked_to_another(store: Store) -> None:
    code = await store.transact(units.make_code, BO, KEY)
    with pytest.raises(Conflict, match="already Ana Ruiz's"):
        await store.transact(units.link, PEOPLE, ON_SLACK, code, KEY)
    assert await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY) == BO


async def test_a_link_and_a_configuration_that_disagree_are_both_refused(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY)
    later = PEOPLE | {"bo": BO.model_copy(update={"accounts": {"discord": "1001"}})}
    with pytest.raises(Forbidden, match="I believe neither"):
        await store.read(units.who, later, ON_DISCORD)


async def test_an_account_can_be_unlinked_and_is_nobody_then(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY)
    await store.transact(units.unlink, ON_DISCORD, ANA)
    assert await store.read(units.who, PEOPLE, ON_DISCORD) is None


async def test_what_is_configured_cannot_be_unlinked_in_chat(store: Store) -> None:
    with pytest.raises(Conflict, match="by configuration"):
        await store.transact(units.unlink, ON_SLACK, ANA)


async def test_a_program_gets_no_code(store: Store) -> None:
    with pytest.raises(Forbidden, match="program"):
        await store.transact(units.make_code, REX, KEY)


async def test_the_code_itself_is_kept_nowhere(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    kept = await store.read(_everything_about_codes)
    assert code not in kept
    assert code.replace("-", "") not in kept


async def test_linking_is_audited(store: Store) -> None:
    code = await store.transact(units.make_code, ANA, KEY)
    await store.transact(units.link, PEOPLE, ON_DISCORD, "zzzz-zzzz", KEY)
    await store.transact(units.link, PEOPLE, ON_DISCORD, code, KEY)
    await store.transact(units.unlink, ON_DISCORD, ANA)
    kinds = [event["kind"] for event in await store.read(events.after, 0)]
    assert ["account.code_made", "account.link_refused", "account.linked", "account.unlinked"] == kinds


async def test_the_table_of_people_follows_the_configuration(any_store: Store) -> None:
    await any_store.transact(units.sync, PEOPLE)
    promoted = ANA.model_copy(update={"roles": frozenset({"sre"})})
    await any_store.transact(units.sync, {"ana": promoted, "rex": REX})
    kept = await any_store.read(records.people)
    assert (kept["ana"][0].roles, kept["ana"][1]) == (frozenset({"sre"}), True)
    assert (kept["bo"][0].name, kept["bo"][1]) == ("Bo Lindqvist", False)
    assert (kept["rex"][0].owner, kept["rex"][1]) == ("bo", True)


async def test_a_start_without_changes_writes_nothing_and_a_return_is_noticed(store: Store) -> None:
    await store.transact(units.sync, PEOPLE)
    await store.transact(units.sync, PEOPLE)
    await store.transact(units.sync, {"ana": ANA, "rex": REX})
    await store.transact(units.sync, PEOPLE)
    said = [(event["kind"], event["ref"]) for event in await store.read(events.after, 0)]
    joined = [("person.joined", name) for name in ("ana", "bo", "rex")]
    assert [*joined, ("person.left", "bo"), ("person.changed", "bo")] == said


def _everything_about_codes(unit: Unit) -> str:
    codes = unit.conn.execute(records.LINK_CODE.select()).all()
    return f"{codes} {events.after(unit, 0)}"
