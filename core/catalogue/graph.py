"""Who depends on whom: what else is touched when a service fails. Pure."""

from collections.abc import Mapping

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
