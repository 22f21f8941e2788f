"""Making and finding passes; each public function is part of a unit."""

from datetime import timedelta

from core.errors import Forbidden
from core.ids import new_id
from core.people.passes import one_time, records
from core.people.passes.one_time import LIFETIME, NOTHING_MORE, Errand, Pass, Purpose
from core.people.person import Person
from core.store import events
from core.store.engine import Unit

_KEPT = timedelta(days=1)


def make(unit: Unit, person: Person, purpose: Purpose, errand: Errand = NOTHING_MORE) -> str:
    """A new pass for this person, in the place of earlier ones for the same; returns its id.

    Raises:
        Forbidden: they are a program.
    """
    if not person.is_human:
        raise Forbidden(f"{person.name} is a program; pages are for people.", "Programs use tokens.")
    records.forget(unit, unit.now - _KEPT)
    records.end_earlier(unit, person.id, purpose, errand.about)
    made = Pass(new_id(unit.now), purpose, person.id, errand, unit.now, unit.now + LIFETIME)
    records.add(unit, made)
    facts = {"purpose": purpose, "about": errand.about, "expires": made.expires}
    events.append(unit, "pass.made", person.id, actor=person.id, data=facts)
    return made.id


def find(unit: Unit, secret_key: str, pass_id: str, key: str, *, lock: bool = False) -> Pass | None:
    """The pass that this link names; None if there is none, or the key does not open it."""
    if not secret_key or not one_time.fits(secret_key, pass_id, key):
        return None
    return records.get(unit, pass_id, lock=lock)


def use(unit: Unit, found: Pass) -> bool:
    """Use a pass up; False if it was used or has run out."""
    return found.expires > unit.now and records.use(unit, found.id)
