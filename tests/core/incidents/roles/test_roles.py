import pytest

from core.clock import ManualClock
from core.errors import Conflict, Invalid
from core.incidents import records
from core.incidents import units as incidents
from core.incidents.incident import State
from core.incidents.roles import units
from core.incidents.roles.role import Role, parse, unclaimed
from core.people.team import Team
from core.store import events
from core.store.engine import Store
from tests.core.incidents.test_units import ANA, BO, REX, declared


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("commander", Role.COMMANDER),
        ("Lead", Role.COMMANDER),
        ("comms", Role.COMMUNICATIONS),
        ("note  taker", Role.SCRIBE),
    ],
)
def test_roles_are_known_by_the_words_people_use(words: str, role: Role) -> None:
    assert role is parse(words)


def test_what_is_no_role_is_told_with_the_nearest() -> None:
    with pytest.raises(Invalid, match=r"“scrive” is no role\.") as refused:
        parse("scrive")
    assert "Did you mean scribe?" in refused.value.mend


async def test_whoever_takes_command_of_what_nobody_took_on_acknowledges_it(
    any_store: Store, clock: ManualClock
) -> None:
    incident_id = await declared(any_store)
    led = await any_store.transact(units.give, incident_id, Role.COMMANDER, BO, BO)
    assert (State.ACKNOWLEDGED, "bo", "Bo Lindqvist") == (led.state, led.lead, led.lead_name)
    assert led.acknowledged == clock.now()


async def test_naming_somebody_else_commander_acknowledges_nothing(store: Store) -> None:
    incident_id = await declared(store)
    led = await store.transact(units.give, incident_id, Role.COMMANDER, BO, ANA)
    assert (State.OPEN, "bo", None) == (led.state, led.lead, led.acknowledged)


async def test_a_hand_over_calls_both_and_stands_on_the_timeline(any_store: Store) -> None:
    incident_id = await declared(any_store)
    await any_store.transact(units.give, incident_id, Role.SCRIBE, BO, BO)
    await any_store.transact(units.give, incident_id, Role.SCRIBE, ANA, REX)
    entry = (await any_store.read(records.timeline, incident_id))[-1]
    assert "Ana Ruiz is scribe now, instead of Bo Lindqvist (Rex said so)." == entry.text
    last = (await any_store.read(events.history, incident_id))[-1]
    assert ("incident.role_given", "rex", "ana", "bo") == (
        last["kind"],
        last["actor"],
        last["data"]["person"],
        last["data"]["before"],
    )
    await any_store.transact(units.give, incident_id, Role.SCRIBE, BO, ANA)
    entry = (await any_store.read(records.timeline, incident_id))[-1]
    assert "Ana Ruiz handed over: Bo Lindqvist is scribe now." == entry.text


async def test_a_role_is_given_up_and_is_nobody_s_then(store: Store) -> None:
    incident_id = await declared(store)
    await store.transact(units.give, incident_id, Role.COMMUNICATIONS, BO, BO)
    left = await store.transact(units.release, incident_id, Role.COMMUNICATIONS, BO)
    assert list(Role) == unclaimed(left)
    with pytest.raises(Conflict, match="Nobody is communications"):
        await store.transact(units.release, incident_id, Role.COMMUNICATIONS, BO)


async def test_programs_repetitions_and_ended_incidents_are_refused(store: Store) -> None:
    incident_id = await declared(store)
    with pytest.raises(Invalid, match="Rex is a program"):
        await store.transact(units.give, incident_id, Role.COMMANDER, REX, ANA)
    await store.transact(units.give, incident_id, Role.COMMANDER, BO, BO)
    with pytest.raises(Conflict, match="Bo Lindqvist is commander of INC-1 already"):
        await store.transact(units.give, incident_id, Role.COMMANDER, BO, ANA)
    await store.transact(incidents.resolve, incident_id, BO, "a deploy")
    with pytest.raises(Conflict, match="nobody needs a part in it"):
        await store.transact(units.give, incident_id, Role.SCRIBE, ANA, ANA)


async def test_it_belongs_to_a_team_or_to_a_person_whatever_its_state(store: Store) -> None:
    incident_id = await declared(store)
    await store.transact(incidents.resolve, incident_id, BO, "a deploy")
    await store.transact(units.assign, incident_id, Team(name="platform"), ANA)
    with pytest.raises(Conflict, match="belongs to team platform already"):
        await store.transact(units.assign, incident_id, Team(name="platform"), ANA)
    both = await store.transact(lambda unit: units.assign(unit, incident_id, ANA, BO, keeps_team=True))
    assert ("platform", "ana") == (both.team, both.owner)
    owned = await store.transact(units.assign, incident_id, BO, ANA)
    assert ("", "bo", "Bo Lindqvist") == (owned.team, owned.owner, owned.owner_name)
