"""Who depends on whom: what else is touched when a service fails. Pure."""

from collections.abc import Iterable, Mapping

from core.catalogue.model import Service


def dependents(services: Mapping[str, Service], name: str) -> tuple[str, ...]:
    """The services that depend on this one, the nearest first; circles end where they begin."""
    found: dict[str, None] = {}
    ring = [name]
    while ring:
        ring = [
            one.name
            for one in services.values()
            if one.name != name and one.name not in found and any(each in one.depends_on for each in ring)
        ]
        found |= dict.fromkeys(ring)
    return tuple(found)


def dependencies(services: Mapping[str, Service], name: str) -> dict[str, int]:
    """The services that this one depends on, and how far away each is: 1 for those it names itself; nearest first."""
    found: dict[str, int] = {}
    ring, far = [name], 0
    while ring:
        far += 1
        named = dict.fromkeys(each for one in ring if one in services for each in services[one].depends_on)
        ring = [each for each in named if each != name and each not in found]
        found |= dict.fromkeys(ring, far)
    return found


def shared(services: Mapping[str, Service], names: Iterable[str]) -> tuple[str, ...]:
    """What all of these depend on, the nearest to the first of them first; none of them itself."""
    names = list(names)
    each = [dependencies(services, name) for name in names]
    return (
        tuple(one for one in each[0] if one not in names and all(one in other for other in each))
        if each
        else ()
    )
