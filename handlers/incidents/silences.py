"""Keeping alerts quiet by chat: for a time, for an incident, and hearing them again."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from core.errors import Conflict, Invalid
from core.ids import parse_numbered
from core.incidents.muting import units as muting
from core.incidents.muting.units import Wish
from core.incidents.rooms import units as rooms
from core.incidents.silences import records as silences
from core.incidents.silences.silence import Matcher, end_of, parse
from core.incidents.units import PREFIX
from core.language.entities import find
from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.quantity import parse_duration
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import alerts as cards
from handlers.cards import quieted as words
from handlers.cards.card import Code, When, say
from handlers.verb import Args, Call, Nothing, Reply, Verb

_TIMES = frozenset({EntityType.DURATION, EntityType.TIME_RANGE})
_SILENCE = re.compile(r"(?i)(?:sil)?-?\d+")
_INCIDENT = re.compile(r"(?i)inc-?\d+|\d+")


class Quiet(Args):
    """For how long, and which alerts: labels, and then the reason; or `said` in words."""

    span: str = ""
    labels: str = ""
    said: str = ""


class QuietIncident(Args):
    """For how long, of which incident (that of the thread if it is not said), and why."""

    span: str = ""
    id: str = ""
    reason: str = ""


class OnSilence(Args):
    """Which silence."""

    id: str


def silence(unit: Unit, call: Call, args: Quiet) -> Reply:
    """Keep alerts with these labels, or of this service, quiet."""
    if args.said:
        return _in_words(unit, call, args.said)
    if not args.span:
        return _in_words(unit, call, "")
    matchers, reason = parse(args.labels)
    return _silenced(unit, call, Wish(matchers, _span(args.span), reason))


def _in_words(unit: Unit, call: Call, said: str) -> Reply:
    """What is said without labels: “checkout until Friday evening”, “INC-3 for two hours”.

    Raises:
        Invalid: it does not say for how long, or of what.
    """
    world, zone = call.world, call.person.timezone
    found = find(said, now=unit.now, zone=zone, names=world.names, intent=Intent.RUNBOOK_EXECUTE.value)
    lasts = next((_lasting(one, unit.now) for one in found if one.type in _TIMES), None)
    incident = next((str(one.value) for one in found if one.type is EntityType.INCIDENT_ID), "")
    service = next((str(one.value) for one in found if one.type is EntityType.SERVICE), "")
    what = incident or service
    if lasts is None or not what:
        example = what or next(iter(world.services), "checkout")
        lacks = "for how long" if what else "of what" if lasts is not None else "of what, and for how long"
        raise Invalid(
            f"Nothing is kept quiet yet: say {lacks}.",
            f"For example “silence {example} for 2 hours”, or with labels `/alerts silence 2h service={example}`.",
        )
    matchers = muting.shared_by(unit, incident) if incident else (Matcher("service", service),)
    return _silenced(unit, call, Wish(matchers, lasts, incident=incident))


def _lasting(one: Entity, now: datetime) -> timedelta:
    if isinstance(one.value, Mapping):
        return datetime.fromisoformat(one.value["end"]) - now
    return timedelta(seconds=float(one.value))


def silence_incident(unit: Unit, call: Call, args: QuietIncident) -> Reply:
    """Keep alerts quiet that have in common what those of an incident have."""
    args = _in_order(args)
    incident = parse_numbered(args.id, PREFIX) if args.id else rooms.about(unit, call.place)
    if incident is None:
        raise Invalid("I do not know which incident you mean.", "Say its id: `/incident silence 2h INC-4`.")
    if not args.span:
        raise Invalid(
            "For how long shall its alerts be quiet?",
            f"Say a time before it, as in `/incident silence 2h {incident}`; 30m and 1d are times, too.",
        )
    matchers = muting.shared_by(unit, incident)
    return _silenced(unit, call, Wish(matchers, _span(args.span), args.reason, incident))


def _in_order(args: QuietIncident) -> QuietIncident:
    """As people say it, too: the incident before the time, no incident, or neither."""
    is_id = [bool(_INCIDENT.fullmatch(word)) for word in (args.span, args.id)]
    if is_id[0]:
        return args.model_copy(update={"span": args.id, "id": args.span})
    if args.id and not is_id[1]:
        return args.model_copy(update={"id": "", "reason": f"{args.id} {args.reason}".strip()})
    return args


def unsilence(unit: Unit, call: Call, args: OnSilence) -> Reply:
    """End a silence, named by its id or by whose alerts it keeps quiet."""
    silence_id = _silence_of(unit, call, args.id)
    ended = muting.unsilence(unit, call.world, silence_id, call.person)
    return Reply(card=say(f"{silence_id} is over. {words.heard_again(ended)}"))


def _silence_of(unit: Unit, call: Call, named: str) -> str:
    """The id of the silence that is meant.

    Raises:
        Conflict: nothing keeps the alerts of what is named quiet, or more than one silence does.
    """
    if _SILENCE.fullmatch(named):
        return parse_numbered(named, muting.PREFIX)
    found = find(named, now=unit.now, zone=call.person.timezone, names=call.world.names)
    kinds = (EntityType.INCIDENT_ID, EntityType.SERVICE)
    what = next((str(one.value) for one in found if one.type in kinds), named.strip())
    about = [
        one.id
        for one in silences.active(unit)
        if what == one.incident or Matcher("service", what) in one.matchers
    ]
    if len(about) == 1:
        return about[0]
    shown = "`/alerts silences` shows what is kept quiet now."
    if not about:
        raise Conflict(f"No silence keeps alerts of {one_line(what, 60)} quiet.", shown)
    raise Conflict(
        f"{len(about)} silences keep alerts of {one_line(what, 60)} quiet: {', '.join(about)}.",
        f"Say which: `/alerts unsilence {about[0]}`.",
    )


def listed_silences(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """What is kept quiet now."""
    return Reply(card=cards.silences(silences.active(unit), _open_windows(call.world, unit.now)))


def _silenced(unit: Unit, call: Call, wish: Wish) -> Reply:
    """Keep them quiet, and say which, until when, and what becomes of the pages of their incidents."""
    begun = muting.silence(unit, call.world, call.person, wish)
    made = begun.silence
    labels = " ".join(str(one) for one in made.matchers)
    card = say(
        Code(text=made.id),
        f" keeps alerts quiet with {labels} until ",
        When(at=made.ends, style="date_time"),
        f". {words.kept_quiet(begun)}",
    )
    return Reply(card=card)


def _span(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except (ValueError, OverflowError):
        raise Invalid(
            f"“{one_line(text, 40)}” is no time.", "Say for how long, as in 30m, 2h or 1d."
        ) from None


def _open_windows(world: World, now: datetime) -> list[tuple[str, datetime]]:
    found = ((window.name, end_of(window, world.timezone, now)) for window in world.alerts.windows)
    return [(name, ends) for name, ends in found if ends is not None]


_HEAR = r"(?:un-?silence|un-?mute|stop\s+(?:silencing|muting)|(?:end|lift|stop|remove)\s+the\s+(?:silence|mute)\s+(?:of|on|for))"

VERBS = (
    Verb(
        name="alert.silence",
        command="alerts silence",
        help="Keep alerts with these labels quiet for a time: they are kept and shown, and told to nobody.",
        example="/alerts silence 2h service=checkout alertname=High* we are moving it",
        args=Quiet,
        run=silence,
        order=("span",),
        rest="labels",
        permission="incident.silence",
        when_named=True,
        patterns=(
            r"(?:please |can you |could you )?(?:silence|mute|snooze|quiet|quieten|suppress)\s+(?P<said>(?:(?:all|the|our|any|those|these)\s+)*(?:\S+\s+)?(?:alerts?|alarms?|notifications?)\b.*)",
            r"(?:please |can you |could you )?(?:silence|mute|snooze)\s+(?P<said>(?:the\s+)?(?!me\b|us\b|you\b|him\b|her\b|them\b|yourself\b)[\w.-]+)[.!]*",
            r"(?:please |can you |could you )?(?:silence|mute|snooze)\s+(?P<said>[\w -]{2,60}?\s+(?:for|until|till)\s+\S.*)",
        ),
    ),
    Verb(
        name="alert.silences",
        command="alerts silences",
        help="Show what is kept quiet now, until when, by whom and why.",
        example="/alerts silences",
        args=Nothing,
        run=listed_silences,
        reads=True,
        permission="incident.read",
    ),
    Verb(
        name="alert.unsilence",
        command="alerts unsilence",
        help="End a silence now; what still fires is told.",
        example="/alerts unsilence SIL-3",
        args=OnSilence,
        run=unsilence,
        rest="id",
        permission="incident.silence",
        shown_first=True,
        when_named=True,
        patterns=(
            r"(?:please )?(?:end|stop|cancel|lift|remove|delete)\s+(?:the\s+)?(?:silence\s+)?(?P<id>sil-\d+)[.!]*",
            rf"(?:please )?{_HEAR}\s+(?:(?:all|the|alerts?|alarms?|of|for)\s+)*(?P<id>[\w.-]*\w)(?:\s+(?:alerts?|alarms?))?(?:\s+(?:again|now))?[.!]*",
        ),
    ),
    Verb(
        name="incident.silence",
        command="incident silence",
        help="Keep the alerts of an incident quiet for a time.",
        example="/incident silence 2h INC-1 we know",
        args=QuietIncident,
        run=silence_incident,
        order=("span", "id"),
        rest="reason",
    ),
)
