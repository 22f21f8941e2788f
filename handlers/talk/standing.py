"""What stands open between somebody and the bot in one place: shown, explained, put off and dropped."""

from typing import Literal

from core.conversation.answering import units as answering
from core.language.clarify import MEANINGS, QUESTIONS, missing
from core.language.intent import Intent
from core.people.person import Person
from core.place import Place
from core.runbooks.units import runs
from core.runbooks.wishing import records as rows
from core.runbooks.wishing import units as wishing
from core.runbooks.wishing.wish import Wish
from core.store.engine import Unit
from core.text import cut, moment
from core.world import World
from handlers.cards import standing as cards
from handlers.cards.card import Button, Card, say
from handlers.cards.wish import VERB as TELL
from handlers.inbound import Message
from handlers.talk import begun, consenting, pending, unweighed, whereabouts
from handlers.talk import lately as talk
from handlers.talk.begun import Begun
from handlers.talk.grasp import CHOOSE
from handlers.talk.lacking import question
from handlers.talk.pending import Pending
from handlers.verb import NOTHING, Args, Call, Reply, Verb

OPEN = "ask.open"


class What(Args):
    """What is said to it: nothing, that it is dropped, stopped, refused, put off or not what was meant, why it is asked, or yes."""

    said: Literal["show", "drop", "stop", "no", "later", "wait", "why", "yes", "wrong"] = "show"


def run(unit: Unit, call: Call, args: What) -> Reply:
    """Do that to what is open here, or was said just now and is still weighed; where nothing is, say so in a line."""
    stopped = unweighed.dropped(unit, call) if args.said in ("drop", "stop") else ""
    if stopped:
        return Reply(card=say(f"Stopped: “{cut(stopped, 120)}”. Nothing of it was done."))
    return _answered(unit, call, args)


def _answered(unit: Unit, call: Call, args: What) -> Reply:
    asked, wish = here(unit, call.person, call.place, anywhere=_anywhere(call))
    if asked is None and wish is None and not _is_to_us(unit, call, args.said):
        return NOTHING
    is_shown = args.said == "show" or (args.said == "yes" and (asked or wish))
    match "show" if is_shown else args.said:
        case "show":
            return Reply(card=_shown(unit, call, asked, wish))
        case "why":
            return Reply(card=_why(call.world, asked, wish))
        case "later" | "wait":
            return Reply(card=_put_off(unit, call, asked, wish))
        case "drop" | "stop" | "no" | "wrong":
            return Reply(card=_dropped(unit, call, asked, wish, args.said))
    return Reply(card=_unasked(unit, call, "I asked you nothing here that a yes would answer."))


def _is_to_us(unit: Unit, call: Call, said: str) -> bool:
    """Whether words are to the bot where it asks nothing: in a thread, people say such things to each other, and “hm” to nobody."""
    among = isinstance(call.inbound, Message) and call.place.thread and not call.place.direct
    if said in ("show", "why") or (not among and said != "wait"):
        return True
    if said in ("yes", "no"):
        return False
    return _last(unit, call) is not None or answering.open_here(unit, call.person, call.place) is not None


def here(unit: Unit, person: Person, place: Place, *, anywhere: bool) -> tuple[Pending | None, Wish | None]:
    """What this person was asked here and has not answered; of two questions the newer one."""
    asked = pending.find(unit, person, place)
    wish = rows.latest(unit, person.id, place, anywhere=anywhere)
    wish = wish if wish is not None and wish.state == "open" else None
    if asked is not None and wish is not None:
        return (asked, None) if asked.at > wish.at else (None, wish)
    return asked, wish


def _dropped(unit: Unit, call: Call, asked: Pending | None, wish: Wish | None, said: str) -> Card:
    asked = asked if asked is not None and (said == "no" or _is_here(call, asked.place)) else None
    wish = wish if wish is not None and _is_here(call, wish.place) else None
    if asked is not None:
        return _unwanted(unit, call, asked, said)
    if wish is not None:
        talk.let_go(unit, call.person, call.place)
        wishing.end(unit, rows.get(unit, wish.id, lock=True))
        return say(f"Dropped: {_wanted(wish)}. Nothing was run.")
    return _called_off(unit, call, is_plain=said in ("drop", "stop"))


def _called_off(unit: Unit, call: Call, *, is_plain: bool) -> Card:
    """What was begun last is over, where a word alone may end it: an answer that is coming, or a run that has not begun."""
    asked = answering.open_here(unit, call.person, call.place) if is_plain else None
    if asked is not None:
        answering.stop(unit, asked.id, call.person)
        return say("Stopped: nothing more of that answer comes.")
    last = _last(unit, call)
    if last is None or not (last.may_drop and is_plain and _is_here(call, last.place)):
        nothing = _nothing if is_plain else _unasked
        return nothing(unit, call, "Nothing is open between us here, so there is nothing to drop.")
    told = next(
        (one.text for one in reversed(talk.history(unit, call.person, call.place)) if one.role == "bot"), ""
    )
    if told and last.id not in told:  # what was spoken of since is meant, or nobody knows what
        return _unasked(unit, call, "Nothing is open between us here, so nothing was dropped.")
    runs.cancel(unit, call.world, last.id, call.person)
    talk.let_go(unit, call.person, call.place)
    _forget(unit, call, last)
    return say(f"{last.id} is called off. It had not begun, so nothing was changed.")


def _is_here(call: Call, where: Place | None) -> bool:
    return whereabouts.is_same(where, call.place)


def _unwanted(unit: Unit, call: Call, asked: Pending, said: str) -> Card:
    """What was asked is not wanted; nothing of it is what later words lean on."""
    for where in (call.place, asked.place):
        talk.let_go(unit, call.person, where)
    pending.drop(unit, call.person, asked)
    if asked.mode == "next":
        return say("Dropped: the rest of what you asked for. Nothing of it was done.")
    if said == "wrong":
        dropped = f"Not that, then: “{cut(asked.text, 120)}” is dropped, and nothing was done."
        return say(f"{dropped} Say it again with what you mean.")
    return say(f"Dropped: “{cut(asked.text, 120)}”. Nothing was done.")


def _forget(unit: Unit, call: Call, last: Begun) -> None:
    """The wish that a run came of is over with it."""
    wish = rows.latest(unit, call.person.id, call.place, anywhere=_anywhere(call))
    if wish is not None and wish.execution == last.id:
        wishing.end(unit, rows.get(unit, wish.id, lock=True))


def _put_off(unit: Unit, call: Call, asked: Pending | None, wish: Wish | None) -> Card:
    if asked is not None:
        how = (
            "“yes” does it here, until you do something else" if asked.wants_a_yes else "you can still answer"
        )
        return say(f"All right, not now. Nothing was done; {how}, and “never mind” drops it.")
    if wish is not None:
        until = moment(wish.until)
        return say(
            f"All right, not now. Nothing was run; I still ask until {until}, and “never mind” drops it."
        )
    return _nothing(unit, call, "Nothing is open between us here that could wait.")


def _unasked(unit: Unit, call: Call, words: str) -> Card:
    """A yes or a no to nothing here: what waits for an answer of another kind is told first."""
    wanted = begun.wanted(unit, call.person)
    if wanted is not None:
        return cards.begun(wanted)
    agreed = consenting.agreed(unit, call.person, call.place)
    lead = f"You said yes to “{cut(agreed, 120)}” already." if agreed else ""
    return _nothing(unit, call, f"{lead} {words}".strip(), lead)


def _nothing(unit: Unit, call: Call, words: str, lead: str = "") -> Card:
    """Nothing is asked here: what was begun here last is told, or what is asked elsewhere, with what can be done about it."""
    last, there = _last(unit, call), _elsewhere(unit, call)
    if there is not None and (last is None or not _is_here(call, last.place)):
        return say(f"{words} {there.words}").model_copy(update={"controls": there.buttons})
    if last is None:
        return say(f"{words} Say what you want, or `/wardroom help`.")
    return cards.begun(last, lead)


def _elsewhere(unit: Unit, call: Call) -> Begun | None:
    """What this person is asked in another place, and a button that drops it."""
    asked = next(pending.elsewhere(unit, call.person, call.place), None)
    wish = rows.open_elsewhere(unit, call.person.id, call.place)
    if asked is not None and (wish is None or asked.at > wish.at):
        words = f"In {whereabouts.named(call.world, asked.place)} I still ask: {what(asked)}"
        args = {"intent": Intent.NONE.value}
        button = Button(
            label="Drop that",
            verb=CHOOSE,
            object=asked.mark,
            args=args,
            speak=f"Drop “{cut(asked.text, 60)}”",
        )
        return Begun("", call.person.id, asked.at, words, (button,))
    if wish is None or _is_here(call, wish.place):
        return None
    words = f"In {whereabouts.named(call.world, wish.place)} I still ask: {asks(call.world, wish)}"
    button = Button(
        label="Drop that",
        verb=TELL,
        object=wish.id,
        args={"said": "never mind"},
        speak=f"Drop {_wanted(wish)}",
    )
    return Begun("", call.person.id, wish.at, words, (button,))


def _why(world: World, asked: Pending | None, wish: Wish | None) -> Card:
    if wish is not None:
        return say(_why_wish(world, wish))
    if asked is None:
        return say("I ask you nothing here at the moment.")
    said = cut(asked.text, 120)
    if asked.mode == "next":
        return say(f"You asked for “{said}” in the same message. “yes” does it, “never mind” drops the rest.")
    if asked.wants_a_yes:
        return say(
            f"You said “{said}”, and that would change something. Such things are shown before they are done: "
            "“yes” does it, “never mind” drops it."
        )
    if asked.mode == "lacks":
        return say(f"You said “{said}”, and I cannot do it before I know: {_lacking(asked)}")
    return say(f"I am not sure what you mean by “{said}”, and nothing is done on a guess.")


def _why_wish(world: World, wish: Wish) -> str:
    if not wish.runbook:
        names = " or ".join(wish.candidates)
        return f"You said “{cut(wish.said, 120)}”, which may mean {names}. Nothing is run on a guess."
    asked = question(world, wish)
    if asked is None:
        return f"{wish.id} asks nothing any more."
    problem = f" {asked.problem}" if asked.problem else ""
    return f"{wish.runbook} cannot run without {asked.param}: {asked.label}.{problem}"


def _shown(unit: Unit, call: Call, asked: Pending | None, wish: Wish | None) -> Card:
    if asked is not None:
        return say(f"Open here: {what(asked)}")
    if wish is not None:
        return say(f"Open here: {asks(call.world, wish)}")
    return _nothing(unit, call, "Nothing is open between us here.")


def what(asked: Pending) -> str:
    """What a question waits for, as the rest of a sentence."""
    said = f"“{cut(asked.text, 80)}”"
    if asked.wants_a_yes:
        return f"{said} waits for your yes or no."
    if asked.mode == "of":
        return f"which incident {said} is about."
    if asked.mode == "title":
        return f"{said}: what is wrong?"
    return f"{said}: {_lacking(asked)}" if asked.mode == "lacks" else f"what you mean by {said}."


def undone(asked: Pending) -> str:
    """That what was shown before something else was asked for is not done, and how it still is."""
    return f"“{cut(asked.text, 80)}”, which I showed before, was not done. A press on its card still does it."


def _lacking(asked: Pending) -> str:
    """The question for what is missing; what it names is not looked at again, so the first that it needs is asked for."""
    intent = Intent(asked.intent)
    wanted = missing(intent, ())
    return QUESTIONS[wanted[0]] if wanted else f"{MEANINGS[intent]}?"


def asks(world: World, wish: Wish) -> str:
    """What a wish asks, in a sentence."""
    if not wish.runbook:
        return f"which runbook you mean, {' or '.join(wish.candidates)}?"
    asked = question(world, wish)
    return f"{wish.runbook}: {asked.label}?" if asked else f"{wish.runbook}."


def _wanted(wish: Wish) -> str:
    if not wish.runbook:
        return f"“{cut(wish.said, 120)}”"
    known = ", ".join(f"{name}={value}" for name, value in wish.params.items())
    return f"{wish.runbook} with {cut(known, 200)}" if known else wish.runbook


def _last(unit: Unit, call: Call) -> Begun | None:
    return begun.last(unit, call.person, call.place, anywhere=_anywhere(call))


def _anywhere(call: Call) -> bool:
    addressed = not isinstance(call.inbound, Message) or call.inbound.addressed
    return addressed and not call.place.thread


VERBS = (
    Verb(
        name=OPEN,
        command="wardroom open",
        help="Show what is open between us here, or say to it: drop, later, why.",
        example="/wardroom open drop",
        args=What,
        run=run,
        order=("said",),
        permission="",
        choices={"said": lambda _world, _typed: [(word, word) for word in ("show", "drop", "later", "why")]},
    ),
)
