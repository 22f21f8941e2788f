"""Who is on call, and what people do about it: look, take over for a time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.catalogue.names import resolve
from core.errors import Conflict, Invalid, NotFound
from core.language import times
from core.language.intent import Intent
from core.oncall import moments, units
from core.oncall.schedule import Override, Schedule
from core.oncall.swapping.units import alone
from core.people.person import Person
from core.source import suggestion
from core.store import outbox
from core.store.engine import Unit
from core.text import as_reason, one_line
from core.world import World
from handlers.cards import oncall as cards
from handlers.cards.card import Bold, Card, Code, Text, line, literals, plain, say
from handlers.cards.link import calendar_url
from handlers.cards.oncall import Watch
from handlers.oncall import facts as page_facts
from handlers.talk import heard
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person, people


class Show(Args):
    """For which team, or for the owner of which service, and when; for all, and now, if it is not said. `past` is a word that says it is over."""

    team: str = ""
    at: str = ""
    past: str = ""


class Which(Args):
    """For which team."""

    team: str


class Take(Args):
    """Who is on call for a team, for how long, and why."""

    team: str
    person: str
    span: str
    reason: str = ""


def show(unit: Unit, call: Call, args: Show) -> Reply:
    """Who is on call, until when, and who follows."""
    asked = _moment(args.at, unit.now, call.person.timezone, past=bool(args.past))
    wanted = [_schedule_for(call.world, args.team)] if args.team else list(call.world.schedules.values())
    if not wanted:
        raise NotFound("There is no on-call schedule.", "An administrator writes one under `schedules:`.")
    watches = [_watch(unit, call.world, each, asked) for each in wanted]
    card = cards.overview(call.world, watches, asked if args.at else None)
    called, more = ((), 0) if args.at else page_facts.going_on(unit, call.world)
    lines = [line(Bold(text="Paging: "), *one) for one in called]
    lines += [literals(f"and {more} more: `/oncall pages`")] if more else []
    parts = (*card.parts, *(Text(line=one) for one in lines))
    said = " ".join((card.summary, *(plain(one) for one in called), *([plain(lines[-1])] if more else [])))
    return Reply(card=card.model_copy(update={"parts": parts, "summary": said}))


def _moment(words: str, now: datetime, zone: str, *, past: bool = False) -> datetime:
    """The moment that is asked about; of a day or a week in words the middle of its first day, or now if that is in it.

    Raises:
        Invalid: it is no time.
    """
    found = times.find(words, now=now, zone=zone) if past else ()
    try:
        if not found:
            return moments.moment(words, now, zone)
    except Invalid:
        found = times.find(words, now=now, zone=zone, forward=True)
        if not found:
            raise
    span = found[0]
    if span.start <= now < span.end:
        return now
    return moments.within(span.start + min(_HALF_A_DAY, (span.end - span.start) / 2))


_HALF_A_DAY = timedelta(hours=12)


def override(unit: Unit, call: Call, args: Take) -> Reply:
    """Let somebody be on call for a time, and tell the team."""
    world = call.world
    schedule = schedule_of(world, args.team)
    is_me = args.person.casefold() in ("me", "myself")
    person = call.person if is_me else find_person(world, call.inbound.actor.platform, args.person)
    begins, ends = moments.span(args.span, unit.now, schedule.zone)
    made = Override(schedule.name, person.id, begins, ends, call.person.id, as_reason(args.reason))
    before = units.override(unit, schedule, person, made)
    watch = Watch(schedule, teams_of(world, schedule), ())
    return told(unit, call, watch, cards.overridden(world, watch, made, before), (person,))


def calendar(_unit: Unit, call: Call, args: Which) -> Reply:
    """The address under which calendar programs read who is on call, for the one person who asks."""
    world = call.world
    schedule = schedule_of(world, args.team)
    address = calendar_url(world.public_url, world.secret_key, schedule.name)
    if not address:
        raise Conflict(
            "There is no address at which calendars could read this.",
            "Ask an administrator to set WARDROOM_SECRET_KEY and WARDROOM_PUBLIC_URL.",
        )
    words = (
        f"Subscribe to this address in your calendar to see who is on call for {args.team}. "
        "Whoever has it can read the schedule, and nothing else; it stays the same."
    )
    parts = (Text(line=line(words)), Text(line=line(Code(text=address))))
    return Reply(card=Card(parts=parts, summary=f"{words} {address}"))


def schedule_of(world: World, words: str) -> Schedule:
    """The schedule of a team, or the one that is called so.

    Raises:
        NotFound: there is none; says which there are.
    """
    wanted = words.strip().casefold()
    for name, team in world.teams.items():
        if name.casefold() == wanted and team.schedule is not None:
            return world.schedules[team.schedule]
    for name, schedule in world.schedules.items():
        if name.casefold() == wanted:
            return schedule
    known = [*(name for name, team in world.teams.items() if team.schedule), *world.schedules]
    what = f"“{one_line(words, 40)}” has no on-call schedule."
    raise NotFound(what, suggestion(wanted, known).replace("`", "“", 1).replace("`", "”", 1))


def _schedule_for(world: World, words: str) -> Schedule:
    """The schedule that is meant by a team, by itself, or by a service: that of the team which owns it.

    Raises:
        NotFound: there is none; says which there are, or who owns the service.
    """
    try:
        return schedule_of(world, words)
    except NotFound as error:
        try:
            service = resolve(words, world.services)
        except Invalid:
            raise error from None
        team = world.teams.get(service.owner or "")
        if team is None:
            raise NotFound(
                f"{service.name} belongs to no team, so nobody is on call for it.", error.mend
            ) from None
        if team.schedule is None:
            what = f"{service.name} belongs to {service.owner}, which has no on-call schedule."
            raise NotFound(what, error.mend) from None
        return world.schedules[team.schedule]


def teams_of(world: World, schedule: Schedule) -> tuple[str, ...]:
    """The teams that this schedule is for."""
    return tuple(name for name, team in world.teams.items() if team.schedule == schedule.name)


def _watch(unit: Unit, world: World, schedule: Schedule, at: datetime) -> Watch:
    ahead = units.ahead(unit, schedule, at, count=3)
    return Watch(schedule, teams_of(world, schedule), ahead, units.copies(unit, schedule))


def told(unit: Unit, call: Call, watch: Watch, card: Card, put: Iterable[Person] = ()) -> Reply:
    """The answer to what changed: it is told where the teams are; where none has a channel, here for all to see.

    Whoever was `put` on call by somebody else is told alone as well: a channel is easily overlooked.
    """
    places = {
        (place.platform, place.channel): place
        for name in watch.teams
        for place in call.world.teams[name].places
    }
    for person in put:
        if person.id != call.person.id:
            place = next(alone(unit, call.world, call.place, person), None)
            places |= {(place.platform, place.channel): place} if place else {}
    for place in places.values():
        outbox.say(unit, place, card.model_dump(mode="json"))
    if not any(not place.direct for place in places.values()):
        return Reply(card=card, public=True)
    said = next(part.line for part in card.parts if isinstance(part, Text))
    return Reply(card=say("Done, and told in the channel of ", watch.title, ": ", *said))


def teams(world: World, typed: str) -> list[tuple[str, str]]:
    """Every team with a schedule, to choose from; the schedules where no team has one."""
    del typed
    return [(name, name) for name, team in world.teams.items() if team.schedule] or [
        (name, name) for name in world.schedules
    ]


VERBS = (
    Verb(
        name="oncall.show",
        command="oncall show",
        help="Show who is on call for a team, until when, and who follows.",
        example="/oncall show platform sat 09:00",
        intents=(Intent.STATUS_QUERY,),
        hears=heard.oncall,
        args=Show,
        run=show,
        reads=True,
        order=("team",),
        rest="at",
        aliases=("oncall",),
        permission="",
        patterns=(
            r"who(?:'s| is)? on[ -]?call(?: (?:now|right now))?[?.!]*",
            r"who(?:'s| is)? on[ -]?call (?:for|in|at) (?:the )?(?P<team>[\w.-]+)(?: team)?(?: (?:now|right now))?[?.!]*",
            r"who(?: (?:is|gets|would be|will be|do you|would you|should i|do i|do we)) (?:paged?|called|call|woken(?: up)?) (?:for|if|when) (?:the )?(?P<team>[\w.-]+)(?: (?:is|goes|breaks|fails|has|gets)(?: (?:down|an incident|slow|degraded|broken))?)?[?.!]*",
        ),
        choices={"team": teams},
    ),
    Verb(
        name="oncall.calendar",
        private=True,
        command="oncall calendar",
        help="Get the address at which your calendar reads who is on call for a team.",
        example="/oncall calendar platform",
        args=Which,
        run=calendar,
        reads=True,
        order=("team",),
        permission="",
        choices={"team": teams},
    ),
    Verb(
        name="oncall.override",
        command="oncall override",
        help="Let somebody be on call for a time, whatever the schedule says; the team is told.",
        example="/oncall override platform bo 4h Ana is at the dentist",
        args=Take,
        run=override,
        shown_first=True,
        order=("team", "person", "span"),
        rest="reason",
        choices={"team": teams, "person": people},
    ),
)
