"""Noticing habits, asking about them, and using those that somebody agreed to; parts of the unit that does something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.conversation.learning import records
from core.conversation.learning.habit import Habit, Kind, State, is_due
from core.errors import Invalid, NotFound
from core.people.person import Person
from core.store.engine import Unit

SOON = timedelta(minutes=30)
"""What comes within that time after something follows it."""
_MOST = 500


@dataclass(frozen=True)
class Next:
    """What somebody usually does after something: how often of how many times, and how often at this hour."""

    value: str
    count: int
    total: int


def prefer(unit: Unit, person: Person, key: str, value: str) -> Habit:
    """Use this from now on where nothing is said, in the place of what was preferred before.

    Raises:
        Invalid: this person has as many habits as are kept.
    """
    before = records.find(unit, person.id, (Kind.PREFERENCE,), key)
    records.erase(unit, person.id, [one.id for one in before])
    made = _see(unit, person, Kind.PREFERENCE, key, value)
    if made is None:
        raise Invalid(
            f"{_MOST} of your habits are kept, which is the most.", "`/wardroom forget` erases some."
        )
    records.say(unit, made, State.KEPT)
    return made


def preferred(unit: Unit, person: str) -> dict[str, str]:
    """What somebody prefers, by key: `environment`, `zone`, or `runbook.parameter`."""
    return {one.key: one.value for one in records.find(unit, person, (Kind.PREFERENCE,)) if one.counts}


def defaults(unit: Unit, person: str, runbook: str) -> dict[str, str]:
    """What somebody prefers for the parameters of this runbook; what is said of it wins over what is said of all."""
    mine = preferred(unit, person)
    general = {key: value for key, value in mine.items() if "." not in key}
    own = {key.partition(".")[2]: value for key, value in mine.items() if key.partition(".")[0] == runbook}
    return general | own


def words(unit: Unit, person: str) -> dict[str, str]:
    """What somebody means by words of their own, as far as they agreed."""
    return {one.key: one.value for one in records.find(unit, person, (Kind.WORD,)) if one.counts}


def did(unit: Unit, person: Person, what: str) -> None:
    """Note what somebody did, and what that followed."""
    if not person.is_human:
        return
    last = records.find(unit, person.id, (Kind.LAST,))
    if last and unit.now - last[-1].at <= SOON and last[-1].value != what:
        _see(unit, person, Kind.FOLLOWS, last[-1].value, what)
    records.erase(unit, person.id, [one.id for one in last])
    _see(unit, person, Kind.LAST, "", what)


def chose(unit: Unit, person: Person, runbook: str, values: Mapping[str, str]) -> None:
    """Note with what somebody ran a runbook."""
    for name, value in values.items() if person.is_human else ():
        _see(unit, person, Kind.VALUE, f"{runbook}.{name}", value)


def corrected(unit: Unit, person: Person, said: str, meant: str) -> None:
    """Note that somebody said one thing and meant another."""
    if person.is_human and said.casefold() != meant.casefold():
        _see(unit, person, Kind.WORD, said.casefold(), meant)


def due(unit: Unit, person: str) -> Habit | None:
    """A habit about which the person is to be asked now; it counts as asked from here on."""
    waiting = [one for one in records.find(unit, person, (Kind.VALUE, Kind.WORD)) if one.state is State.DUE]
    if not waiting:
        return None
    records.say(unit, waiting[0], State.OFFERED)
    return waiting[0]


def answer(unit: Unit, person: Person, id_: int, *, yes: bool) -> Habit:
    """Take the answer to what was noticed.

    Raises:
        NotFound: this person was asked no such thing.
    """
    mine = [one for one in records.find(unit, person.id, (Kind.VALUE, Kind.WORD)) if one.id == id_]
    if not mine or mine[0].state is State.SEEN:
        raise NotFound("I have not asked you that.", "`/wardroom memory` shows what I noticed.")
    one = mine[0]
    if yes and one.kind is Kind.VALUE:
        prefer(unit, person, one.key, one.value)
    records.say(unit, one, State.KEPT if yes else State.DECLINED)
    return one


def follows(unit: Unit, person: str) -> tuple[str, list[Next]]:
    """What somebody did within the last half hour, or "", and what they did after that before, most often first."""
    last = records.find(unit, person, (Kind.LAST,))
    if not last or unit.now - last[-1].at > SOON:
        return "", []
    after = records.find(unit, person, (Kind.FOLLOWS,), last[-1].value)
    total = sum(one.count for one in after)
    found = sorted((Next(one.value, one.count, total) for one in after), key=lambda one: -one.count)
    return last[-1].value, found


def usual(unit: Unit, person: Person) -> list[Next]:
    """What somebody does at this hour of their day on other days, most often first; `total` is how often they did it at all."""
    hour = _hour(unit, person)
    found: dict[str, Next] = {}
    for one in records.find(unit, person.id, (Kind.FOLLOWS,)):
        before = found.get(one.value, Next(one.value, 0, 0))
        found[one.value] = Next(one.value, before.count + one.hours[hour], before.total + one.count)
    return sorted((one for one in found.values() if one.count), key=lambda one: -one.count)


def _see(unit: Unit, person: Person, kind: Kind, key: str, value: str) -> Habit | None:
    """Count it; None if this person has too many others already, or it is too long to be one."""
    if len(key) > records.KEY or len(value) > records.VALUE:
        return None
    hours = tuple(int(hour == _hour(unit, person)) for hour in range(24))
    new = Habit(0, person.id, kind, key, value, 1, hours, State.SEEN, unit.now)
    known = records.find(unit, person.id)
    if len(known) >= _MOST and not any((one.kind, one.key, one.value) == (kind, key, value) for one in known):
        return None
    one = records.see(unit, new)
    if is_due(one, records.find(unit, person.id, (kind,), key)):
        is_known = kind is Kind.VALUE and preferred(unit, person.id).get(key) == value
        records.say(unit, one, State.KEPT if is_known else State.DUE)
    return one


def _hour(unit: Unit, person: Person) -> int:
    return unit.now.astimezone(ZoneInfo(person.timezone)).hour
