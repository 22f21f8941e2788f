"""The part of a check that looks at alerts: who sends them, where they go, what they are told by."""

from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from core.errors import ConfigError

if TYPE_CHECKING:
    from bot.settings import Settings
    from core.world import World

_ALL = "true"
_CHAT = "Give it slack, discord or local: incidents are shown in chats."


def parts(settings: "Settings") -> list[Part]:
    """How alerts are routed, and each thing about it that would surprise somebody at night.

    A configuration with mistakes is told of elsewhere.
    """
    from bot.configuration import load_world

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    return [_routes(world), *_unreached(world), *_keys(world), *_senders(world), *_remedies(world)]


def _routes(world: "World") -> Part:
    from core.notify.routing import alarm

    config = world.alerts
    mute = sorted(
        {
            name
            for route in (*config.routes, *([config.otherwise] if config.otherwise else []))
            for name in route.notify
            if not world.channels[name].places
        }
    )
    places = alarm(world.channels, world.notices.alarm)
    windows = f", windows: {len(config.windows)}" if config.windows else ""
    rest = "the rest goes where operators are"
    detail = f"routes: {len(config.routes)}{windows}; {rest}"
    if not places:
        return Part(
            "alerts",
            Status.WARN,
            f"routes: {len(config.routes)}; the rest is kept, and shown in no chat",
            _NOWHERE,
        )
    if mute:
        return Part("alerts", Status.WARN, f"{detail}; {', '.join(mute)}: no chat, so not told there", _CHAT)
    return Part("alerts", Status.OK, detail)


_NOWHERE = "Name a channel with a chat under `channels:`, and in `notifications: {alarm: …}`."


def _unreached(world: "World") -> list[Part]:
    """Routes that are never taken, since one before them takes everything, or the same."""
    before: dict[str, int] = {}
    lost = []
    for number, route in enumerate(world.alerts.routes, start=1):
        match = route.match.strip()
        first = before.get(_ALL, before.get(match))
        if first is not None:
            lost.append(
                f"route {number} is never taken: route {first} before it takes {'everything' if _ALL in before else 'the same'}"
            )
        before.setdefault(match, number)
    mend = "Routes are tried in their order: put those that take less before those that take more."
    return [Part("alerts", Status.WARN, "; ".join(lost), mend)] if lost else []


def _keys(world: "World") -> list[Part]:
    from bot.web.hooks.known import keys_of

    try:
        signing = keys_of(world)
    except ConfigError as error:
        problem = error.problems[0]
        return [Part("alert hooks", Status.FAIL, f"{problem.file}: {problem.what}", problem.mend)]
    named = ", ".join(sorted(signing))
    return [Part("alert hooks", Status.OK, f"signed: {named}")] if named else []


def _remedies(world: "World") -> list[Part]:
    """What may begin by itself for incidents, and how often."""
    config = world.remediation
    if not config.rules:
        return []
    books = ", ".join(dict.fromkeys(rule.runbook for rule in config.rules))
    limits = f"at most {config.per_incident} for an incident and {config.per_hour} an hour"
    return [Part("remediation", Status.OK, f"may begin by itself: {books}; {limits}")]


def _senders(world: "World") -> list[Part]:
    """Whether anybody may send without signing."""
    from core.people.permissions import may

    allowed = [
        person.id
        for person in world.people.values()
        if may(person, "alert.send", world.roles) or may(person, "incident.declare", world.roles)
    ]
    if allowed:
        return [Part("alert senders", Status.OK, f"tokens of {', '.join(sorted(allowed)[:8])}")]
    mend = "Give a role `alert.send`, then: wardroom token create --person NAME --scope alert.send"
    return [Part("alert senders", Status.WARN, "nobody may send alerts by a token", mend)]
