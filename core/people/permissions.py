"""Whether a person may do something: the one place where that is decided."""

from collections.abc import Mapping

from core.people.person import Person

NAMED = frozenset({"approval.break_glass"})
"""What a role has only if it says so."""


def may(person: Person, permission: str, roles: Mapping[str, frozenset[str]]) -> bool:
    """Whether one of the person's roles grants `permission`.

    A role grants by `*` (everything), `area.*` (all of an area) or the full name. Whoever may do anything in
    an area may also read it (`area.read`): nobody can work on what they cannot see. What lets one person act for
    all (`approval.break_glass`) is not among "all of an area": a role has to name it.

    Args:
        person: who asks.
        permission: `area.verb`; "" means that being known is enough.
        roles: the patterns of each role.
    """
    if not person.active:
        return False
    if not permission:
        return True
    area, _, verb = permission.partition(".")
    granted = frozenset[str]().union(*(roles.get(role, frozenset()) for role in person.roles))
    if granted & {"*", permission} or (permission not in NAMED and f"{area}.*" in granted):
        return True
    return verb == "read" and any(pattern.startswith(f"{area}.") for pattern in granted)
