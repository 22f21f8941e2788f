"""What a delegation is, whose seats it fills, and what it may not do. Pure.

It is for a time, to a person of the same role or of one that the configuration names as its deputies, one hop
only, and never to somebody who may not judge the matter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.approvals.request import Seat
from core.errors import Forbidden, Invalid
from core.people.person import Person

LONGEST = timedelta(days=60)


@dataclass(frozen=True)
class Delegation:
    """From `begins` until `ends`, `deputy` may decide for `person`."""

    person: str
    deputy: str
    begins: datetime
    ends: datetime
    reason: str

    def overlaps(self, other: "Delegation") -> bool:
        """Whether there is a moment at which both hold."""
        return self.begins < other.ends and other.begins < self.ends


def refuse_unfit(
    person: Person, deputy: Person, span: timedelta, deputies: Mapping[str, frozenset[str]]
) -> None:
    """Check a delegation before it is made; `deputies` are the roles that may stand in for a role.

    Raises:
        Invalid: it makes no sense: to oneself, for no time, or for too long.
        Forbidden: the deputy has not the standing for it.
    """
    if deputy.id == person.id:
        raise Invalid("You cannot stand in for yourself.", "Name somebody else.")
    if not timedelta() < span <= LONGEST:
        raise Invalid("That is no time to be away.", f"Up to {LONGEST.days} days, such as 3d or 8h.")
    if not deputy.is_human or not deputy.active:
        raise Forbidden(f"{deputy.name} cannot decide for anybody.", "Name a person who is here.")
    if not any(may_stand_in(deputy, role, deputies) for role in person.roles):
        raise Forbidden(
            f"{deputy.name} has none of your roles ({', '.join(sorted(person.roles)) or 'you have none'}).",
            "Name somebody who has; an administrator can name deputies for a role in `wardroom.yaml`.",
        )


def may_stand_in(deputy: Person, role: str, deputies: Mapping[str, frozenset[str]]) -> bool:
    """Whether this person may decide where `role` is asked."""
    return role in deputy.roles or bool(deputies.get(role, frozenset()) & deputy.roles)


def stand_ins(
    seats: Iterable[Seat],
    delegations: Iterable[Delegation],
    people: Mapping[str, Person],
    excluded: Iterable[str],
    now: datetime,
) -> tuple[Seat, ...]:
    """The seats of deputies: each for one person, for people who have none of their own.

    Somebody who stands in delegates nothing further: what was given to them ends with them.
    """
    taken = {seat.person: seat for seat in seats if not seat.gone}
    barred = set(excluded)
    found: dict[str, Seat] = {}
    for each in delegations:
        seat, deputy = taken.get(each.person), people.get(each.deputy)
        if seat is None or seat.stands_for or deputy is None:
            continue
        fits = deputy.is_human and deputy.active and deputy.id not in barred and deputy.id not in taken
        if fits and each.begins <= now < each.ends and deputy.id not in found:
            name = f"{deputy.name} for {seat.name}"
            update = {"person": deputy.id, "name": name, "stands_for": seat.person}
            found[deputy.id] = seat.model_copy(update=update)
    return tuple(found.values())
