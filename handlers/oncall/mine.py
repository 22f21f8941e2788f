"""When somebody is on call: now and until when, or next and how long that is from now."""

from core.incidents.review.markdown import span
from core.store.engine import Unit
from core.text import moment
from handlers.cards.card import say
from handlers.oncall import duty
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person, people


class Whose(Args):
    """Of whom; nothing: of whoever asks."""

    whose: str = ""


def mine(unit: Unit, call: Call, args: Whose) -> Reply:
    """The shift they are in, and the next."""
    is_own = args.whose.casefold() in ("", "me", "i", "my")
    person = call.person if is_own else find_person(call.world, call.inbound.actor.platform, args.whose)
    who, whose = ("You are", "yours") if person == call.person else (f"{person.name} is", "theirs")
    found = duty.of(unit, call.world, person)
    said = [
        f"{who} on call for {title} until {moment(until)}, another {span(until - unit.now)}."
        if until is not None
        else f"{who} on call for {title}, with no end in sight."
        for title, until in found.on_call
    ]
    if found.next is not None:
        title, begins = found.next
        said = said or [f"{who} not on call now."]
        said.append(f"{who} on call next for {title} from {moment(begins)}, in {span(begins - unit.now)}.")
    if not said:
        name = "" if whose == "yours" else f"{person.name} is not on call. "
        said = [f"{name}I know of no shift of {whose}, now or soon."]
    if found.away is not None:
        said.append(f"{who} away until {moment(found.away)}.")
    return Reply(card=say(f"{' '.join(said)} `/oncall show` says who else is."))


VERBS = (
    Verb(
        name="oncall.mine",
        command="oncall mine",
        help="Show when you are on call, or somebody else: until when, or when next and how long that is from now.",
        example="/oncall mine",
        args=Whose,
        run=mine,
        reads=True,
        order=("whose",),
        choices={"whose": people},
        permission="",
    ),
)
