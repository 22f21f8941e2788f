"""The part of a check that looks at who is paged, whether anybody is where it matters, and what has to report."""

from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from core.errors import ConfigError

if TYPE_CHECKING:
    from bot.settings import Settings
    from core.world import World

_SHOWN = 5
_NONE = "`paging: {urgency: {critical: none, high: none}}` says that you want none."


def parts(settings: "Settings") -> list[Part]:
    """Who is paged, who cannot be reached, what would page nobody; a configuration with mistakes is told of elsewhere."""
    from bot.configuration import load_world

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    return [*_called(world), *_gaps(world), *_heartbeats(world)]


def _called(world: "World") -> list[Part]:
    if not (world.escalations or any(team.schedule for team in world.teams.values())):
        return []
    known = ", ".join(world.escalations)
    known = known or "teams with a schedule call who is on call, who is next, everybody"
    without = _out_of_reach(world)
    if without and not any(p.platform == "local" for c in world.channels.values() for p in c.places):
        detail = f"{', '.join(without)} can be reached by nothing"
        mend = "Add slack, discord, or an address and a channel with `email` or `sms`."
        return [Part("paging", Status.WARN, detail, mend)]
    return [Part("paging", Status.OK, known)]


def _out_of_reach(world: "World") -> list[str]:
    from core.paging.contacts.units import outlet_of

    return [
        person.name
        for person in world.people.values()
        if person.is_human and person.active and not set(person.accounts) - {"local"}
        if not (person.phone and outlet_of(world.channels, "sms"))
        if not (person.email and outlet_of(world.channels, "email"))
    ]


def _gaps(world: "World") -> list[Part]:
    """Grave incidents that would page nobody: those of no service, and those of a service whose owner is not called."""
    from core.incidents.severity import label
    from core.paging.config import Attached, unpaged

    def missing(attached: Attached) -> str:
        return " or ".join(label(one) for one in unpaged(world.paging, world.escalations, attached))

    grades = missing(Attached())
    if not grades:
        return []
    if not (world.escalations or world.schedules):
        detail = f"a {grades} incident pages nobody: there is no schedule and no escalation"
        mend = f"Write `escalations:`, and name one in `paging: {{escalation: …}}`. {_NONE}"
        return [Part("paging", Status.WARN, detail, mend)]
    silent = [
        one.name
        for one in world.services.values()
        if missing(Attached("", one.escalation or "", world.teams.get(one.owner or "")))
    ]
    more = f" and {len(silent) - _SHOWN} more" if len(silent) > _SHOWN else ""
    of = f", nor does one of {', '.join(silent[:_SHOWN])}{more}" if silent else ""
    known = next(iter(world.escalations), "")
    how = (
        f"Say who is paged for what belongs to nobody: `paging: {{escalation: {known}}}`."
        if known
        else "Write one under `escalations:`, and name it for what belongs to nobody: `paging: {escalation: …}`."
    )
    return [Part("paging", Status.WARN, f"a {grades} incident without a service pages nobody{of}", how)]


def _heartbeats(world: "World") -> list[Part]:
    from core.incidents.heartbeats.heartbeat import address

    if not world.heartbeats:
        return []
    has_address = all(address(world.public_url, world.secret_key, name) for name in world.heartbeats)
    mend = "Set WARDROOM_SECRET_KEY and WARDROOM_PUBLIC_URL: addresses are made of them."
    status = Status.OK if has_address else Status.WARN
    return [Part("heartbeats", status, ", ".join(world.heartbeats), "" if has_address else mend)]
