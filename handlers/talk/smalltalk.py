"""A word back to a greeting, to thanks and the like, the time, and a plain word about what is not done here."""

from core.language.moments.zones import zone_called
from core.language.smalltalk import PATTERN, Small, small_talk
from core.language.times import zone_of
from core.store.engine import Unit
from core.text import one_line
from handlers.cards.card import say
from handlers.inbound import Message
from handlers.talk import pending, standing
from handlers.verb import NOTHING, Args, Call, Reply, Verb
from handlers.whom import called

_CAN = (
    "I say how services are, run runbooks, collect approvals, and handle incidents, alerts and paging. "
    "`/wardroom help` shows all of it."
)
# Among people, these are for each other: a thread that the bot takes part in is theirs, too.
_ASKS = frozenset({Small.TIME, Small.ELSEWHERE, Small.WHO})


_THERE = (
    r"(?:(?:can you |please )?tell me )?(?:what(?:'s|’s| is) the (?:current |local )?time|what time (?:is it|it is)|how late is it|time)(?: (?:right )?now)?"
    r" (?:in|for|at) (?P<where>[^\W\d_][\w .'’/+-]{0,40}?)(?: (?:right )?now| at the moment| please)?[\s?.!]*"
)


class Said(Args):
    """What is said; `where` is the place, or the person, whose time it asks for."""

    said: str = ""
    where: str = ""


def chat(unit: Unit, call: Call, args: Said) -> Reply:
    """Answer in a sentence; nothing where people say it to each other, and nothing is done in any case."""
    if args.where:
        return Reply(card=say(_time_there(unit, call, args.where)))
    kind = small_talk(args.said) or Small.HELLO
    if kind is Small.BLAME and _waits(unit, call):  # “that's wrong” is said of what was shown
        return standing.run(unit, call, standing.What(said="wrong"))
    here = call.place
    if isinstance(call.inbound, Message) and here.thread and not here.direct and kind not in _ASKS:
        return NOTHING
    if kind is Small.NOD and _waits(unit, call):
        return Reply(card=say("Nothing was done yet. Press “Go on”, or say yes or no."))
    return Reply(card=say(_answer(unit, call, kind)))


def _answer(unit: Unit, call: Call, kind: Small) -> str:
    world = call.world
    match kind:
        case Small.HELLO:
            service = next(iter(world.services), "")
            example = f", for example “is {service} healthy?”" if service else ""
            return f"Hello {call.person.name}. Say what you need{example}, or `/wardroom help`."
        case Small.TIME:
            return _time(unit, call)
        case Small.WHO:
            return f"I am the operations bot of {world.workspace}, a program. {_CAN}"
    return _WORDS[kind]


def _waits(unit: Unit, call: Call) -> bool:
    """Whether this person was asked here whether to go on, and has not said so."""
    asked = pending.find(unit, call.person, call.place)
    return asked is not None and asked.wants_a_yes


_WORDS = {
    Small.HOW: "I am up and running. `/status` shows how the services are.",
    Small.ELSEWHERE: f"That is nothing that I can do. {_CAN}",
    Small.BLAME: "I am sorry. Say in other words what you want, or look at `/wardroom help`.",
    Small.THERE: "Yes, I am here.",
    Small.THANKS: "You are welcome.",
    Small.PRAISE: "Thank you.",
    Small.NOD: "Good.",
    Small.SORRY: "No harm done.",
    Small.BYE: "Goodbye.",
}


def _time_there(unit: Unit, call: Call, where: str) -> str:
    """The time at a place, or where a person is, and beside it that of whoever asks."""
    people = called(call.world, call.inbound.actor.platform, where)
    zone = people[0].timezone if len(people) == 1 else where
    found = zone_called(zone)
    if found is None:
        return (
            f"I know no time zone of “{one_line(where, 40)}”. Name a larger city near it, "
            "for example: what time is it in New York?"
        )
    name, there = found
    then, here = unit.now.astimezone(there), unit.now.astimezone(zone_of(call.person.timezone))
    whose = f"for {people[0].name} ({name})" if len(people) == 1 else f"there ({name})"
    beside = f"{here:%H:%M} on {here:%A}" if then.utcoffset() != here.utcoffset() else "the same"
    return f"It is {then:%H:%M} on {then:%A} {whose}, and {beside} where you are ({call.person.timezone})."


def _time(unit: Unit, call: Call) -> str:
    zone = call.person.timezone
    now = unit.now.astimezone(zone_of(zone))
    told = f"It is {now:%H:%M} on {now:%A}, {now.day} {now:%B} {now.year} ({zone})."
    return (
        told if zone != "UTC" else f"{told} `/wardroom prefer zone Europe/Berlin` sets another zone for you."
    )


VERBS = (
    Verb(
        name="wardroom.chat",
        command="wardroom chat",
        help="Get a word back to a greeting or to thanks, or the time where you are.",
        example="/wardroom chat what time is it?",
        args=Said,
        run=chat,
        rest="said",
        reads=True,
        permission="",
        when_named=True,
        patterns=(rf"(?P<said>{PATTERN})", _THERE),
    ),
)
