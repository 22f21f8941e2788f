"""When whoever asks is on call: now and until when, or next and how long that is from now."""

from core.incidents.review.markdown import span
from core.store.engine import Unit
from core.text import moment
from handlers.cards.card import say
from handlers.oncall import duty
from handlers.verb import Call, Nothing, Reply, Verb


def mine(unit: Unit, call: Call, args: Nothing) -> Reply:
    """The shift they are in, and the next."""
    del args
    found = duty.of(unit, call.world, call.person)
    said = [
        f"You are on call for {title} until {moment(until)}, another {span(until - unit.now)}."
        if until is not None
        else f"You are on call for {title}, with no end in sight."
        for title, until in found.on_call
    ]
    if found.next is not None:
        title, begins = found.next
        said.append(
            f"You are on call {'next ' if said else ''}for {title} from {moment(begins)}, in {span(begins - unit.now)}."
        )
    if not said:
        said = ["I know of no shift of yours, now or soon."]
    if found.away is not None:
        said.append(f"You are away until {moment(found.away)}.")
    return Reply(card=say(f"{' '.join(said)} `/oncall show` says who else is."))


VERBS = (
    Verb(
        name="oncall.mine",
        command="oncall mine",
        help="Show when you are on call: until when, or when next and how long that is from now.",
        example="/oncall mine",
        args=Nothing,
        run=mine,
        reads=True,
        permission="",
    ),
)
