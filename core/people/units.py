"""Knowing people: who an account is, linking it by a code, and keeping the table of people true."""

from collections.abc import Mapping

from core.errors import Conflict, Forbidden, Invalid, TooMany, WardroomError
from core.ids import new_code
from core.people import identity, records
from core.people.person import Person
from core.place import Actor
from core.store import events
from core.store.engine import Unit


def who(unit: Unit, people: Mapping[str, Person], actor: Actor) -> Person | None:
    """The person an account is: by configuration, else by a link; None if nobody active is known by it.

    Raises:
        Forbidden: two people claim the account; neither is believed.
    """
    named = identity.configured(people, actor)
    link = records.linked(unit, actor)
    linked = people.get(link) if link is not None else None
    if named is not None and linked is not None and named.id != linked.id:
        raise identity.claimed_twice(named.name, linked.name)
    person = named or linked
    return person if person is not None and person.active else None


def was_here(unit: Unit, person: Person) -> None:
    """Note that somebody clicked or wrote, for whoever wants to know who is there."""
    if person.is_human:
        records.see(unit, person.id)


def make_code(unit: Unit, person: Person, secret_key: str) -> str:
    """A new one-time code by which another account becomes this person; it is shown once and kept as a hash.

    Raises:
        Forbidden: the person is a program.
    """
    if not person.is_human:
        raise Forbidden(f"{person.name} is a program; its accounts are configured.", "Ask an administrator.")
    code = new_code()
    expires = unit.now + identity.LIFETIME
    records.keep_code(unit, identity.code_hash(secret_key, code), person.id, expires)
    events.append(
        unit, "account.code_made", person.id, actor=person.id, data={"expires": expires.isoformat()}
    )
    return code


def link(
    unit: Unit, people: Mapping[str, Person], actor: Actor, code: str, secret_key: str
) -> Person | WardroomError:
    """Use a code: from now on the account is the person who made it.

    Returns:
        The person; or, for a code that does not count, what to tell: returned and not raised, so that the
        try is counted.

    Raises:
        Conflict: the account is somebody already.
    """
    known = who(unit, people, actor)
    if known is not None:
        raise Conflict(
            f"This account is already {known.name}'s, so the code was not used.",
            "If that is wrong, say `/wardroom unlink` first, or ask an administrator.",
        )
    since = unit.now - identity.TRIES_WITHIN
    if records.wrong_tries(unit, actor, since) >= identity.TRIES:
        return TooMany(
            "Too many wrong codes came from this account.", "Try again in an hour, with a new code."
        )
    owner = records.take_code(unit, identity.code_hash(secret_key, code))
    person = people.get(owner) if owner is not None else None
    if person is None or not person.active:
        records.wrong_try(unit, actor)
        events.append(unit, "account.link_refused", _ref(actor), actor=_ref(actor))
        return Invalid(
            "That code is wrong, was used, or is older than ten minutes.",
            "Say `/wardroom link` on your known account for a new one.",
        )
    # A link to somebody who has left does not count any more.
    records.unlink(unit, actor)
    records.link(unit, actor, person.id)
    data = {"platform": actor.platform, "workspace": actor.workspace, "account": actor.user}
    events.append(unit, "account.linked", person.id, actor=person.id, data=data)
    return person


def unlink(unit: Unit, actor: Actor, person: Person) -> None:
    """Let an account that was linked be nobody again.

    Raises:
        Conflict: it is known by configuration, not by a link.
    """
    if not records.unlink(unit, actor):
        raise Conflict(
            f"This account is {person.name}'s by configuration, not by a link.",
            "An administrator can change that in `wardroom.yaml`.",
        )
    data = {"platform": actor.platform, "workspace": actor.workspace, "account": actor.user}
    events.append(unit, "account.unlinked", person.id, actor=person.id, data=data)


def sync(unit: Unit, people: Mapping[str, Person]) -> None:
    """Make the table of people what is configured now; whoever is missing has left."""
    before = records.people(unit)
    for person in people.values():
        known = before.get(person.id)
        if known is None:
            records.keep(unit, person)
            events.append(unit, "person.joined", person.id, actor="system", data=_facts(person))
        elif _facts(known[0]) != _facts(person):
            records.keep(unit, person)
            events.append(unit, "person.changed", person.id, actor="system", data=_facts(person))
    for person_id, (_, active) in before.items():
        if active and person_id not in people:
            records.leave(unit, person_id)
            events.append(unit, "person.left", person_id, actor="system")


def _facts(person: Person) -> dict[str, object]:
    """What the audit keeps of a person: no address, no account."""
    return {
        "name": person.name,
        "kind": person.kind,
        "owner": person.owner,
        "roles": sorted(person.roles),
        "timezone": person.timezone,
        "active": person.active,
    }


def _ref(actor: Actor) -> str:
    return f"{actor.platform}:{actor.user}"[:64]
