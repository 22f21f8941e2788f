"""What the bot asked one person in one place and waits for: kept for the buttons, for a typed yes, and to be dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

import orjson

from core.conversation.memory.turn import session_of
from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.digest import digest, short
from core.errors import Conflict
from core.language.clarify import missing
from core.language.intent import Intent
from core.language.leaning.consent import Leaving, accepts, leaves
from core.language.understand import Understanding
from core.people.person import Person
from core.place import Place
from core.runbooks.wishing import records as wishes
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Click, Message
from handlers.talk import lately as talk
from handlers.talk import whereabouts
from handlers.talk.grasp import CHOOSE, Grasped, ask_back, decide, known, ordered
from handlers.verb import Call, Verb

Mode = Literal["sure", "lacks", "which", "of", "title", "next"]
"""What is asked: whether to go on, what is missing, which of several is meant, which thing it is about, what is wrong, or whether to do the next."""

Next = tuple[str, str, str]
"""Mark, intent and words of one thing that was asked for besides."""
_MODES = ("sure", "lacks", "which", "of", "title", "next")


@dataclass(frozen=True)
class Order:
    """A verb and its arguments, as they were shown to whoever is asked whether to go on."""

    verb: str
    raw: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """One thing that is asked for: its words, what they ask for, the order if it is known, the ids that are offered for it."""

    text: str
    intent: Intent
    order: Order | None = None
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pending:
    """What is asked where and since when, of which words and ids; `passed`: its person said something else to others since."""

    mark: str
    mode: Mode
    intent: str
    text: str
    at: datetime
    place: Place
    passed: bool = False
    offered: tuple[str, ...] = ()

    @property
    def wants_a_yes(self) -> bool:
        """Whether a yes or a no answers it."""
        return self.mode in ("sure", "next")


def keep(
    unit: Unit,
    call: Call,
    meant: Understanding | Wanted,
    mode: str = "",
    order: Order | None = None,
    *,
    nth: str = "",
) -> str:
    """Keep words for the buttons under a card; returns the mark that they carry. What is asked may be answered in words in this place.

    `nth` tells apart what is kept for one call. Secrets are taken out of the words and of the order.
    """
    person, place, world = call.person, call.place, call.world
    mark = short(digest(f"{call.key}{nth}"))
    named = talk.unveiled(world, meant.text, meant.entities) if isinstance(meant, Understanding) else ()
    kept = {"text": talk.veiled(world, meant.text), "named": talk.named(named)}
    kept |= {"advised": "yes"} if isinstance(meant, Understanding) and meant.advised else {}
    kept |= {"offered": " ".join(meant.offered)} if isinstance(meant, Wanted) else {}
    if order is not None:
        raw = {name: talk.veiled(world, value) for name, value in order.raw.items()}
        kept |= {"verb": order.verb, "raw": orjson.dumps(raw).decode()}
    sessions.remember(unit, person, _kept(mark), Turn(meant.intent.value, kept))
    if mode in _MODES:
        here = {"mark": mark, "mode": mode, "message": place.message or ""}
        sessions.remember(unit, person, _open(place), Turn(meant.intent.value, here))
        whereabouts.note(unit, person, place)
    return mark


def queue(unit: Unit, call: Call, left: Sequence[Next]) -> None:
    """Keep what else was asked for, in order; a typed yes begins the first of it, unless something else is asked first."""
    person, place = call.person, call.place
    is_next = not _is_asked(unit, call)
    rows, message = orjson.dumps([list(one) for one in left]).decode(), place.message or ""
    kept = {"left": rows, "due": "" if is_next else "yes", "message": message}
    sessions.remember(unit, person, _next(place), Turn("", kept))
    if is_next and left:
        here = {"mark": left[0][0], "mode": "next", "message": message}
        sessions.remember(unit, person, _open(place), Turn(left[0][1], here))
        whereabouts.note(unit, person, place)


def due(unit: Unit, call: Call) -> list[Next]:
    """What else was asked for and is offered now that what came before it is done; nothing while that is still asked about."""
    where = _queued(unit, call.person, call.place)
    kept = sessions.last(unit, call.person, _next(where)) if where is not None else None
    if where is None or kept is None or not kept.said["due"] or _is_asked(unit, call):
        return []
    sessions.take(unit, call.person, _next(where))
    left = [(mark, intent, text) for mark, intent, text in orjson.loads(kept.said["left"])]
    return [one for one in left if sessions.last(unit, call.person, _kept(one[0])) is not None]


def again(unit: Unit, call: Call) -> None:
    """The first of several wishes was answered or corrected: what else was asked for is offered after it once more."""
    asked = _at(unit, call.person, call.place)
    if asked is not None and asked.mode == "next":
        _one_less(unit, call.person, asked.place, call.place)


def _is_asked(unit: Unit, call: Call) -> bool:
    """Whether something is asked here that comes before what else was asked for."""
    asked = find(unit, call.person, call.place)
    if asked is not None and asked.mode != "next":
        return True
    wish = wishes.latest(unit, call.person.id, call.place, anywhere=not call.place.thread)
    return wish is not None and wish.state == "open"


def find(unit: Unit, person: Person, place: Place) -> Pending | None:
    """What this person was asked here last and has not answered: in this thread, or beneath the message that begins it.

    In direct messages also what they were asked elsewhere just now, where they were asked nothing of their own.
    """
    elsewhere = (_at(unit, person, one) for one in whereabouts.others(unit, person, place))
    return _at(unit, person, place) or next((one for one in elsewhere if one is not None), None)


def _at(unit: Unit, person: Person, place: Place) -> Pending | None:
    for where in (place, place.under(None)) if place.thread else (place,):
        asked = sessions.last(unit, person, _open(where))
        if asked is None or (where is not place and asked.said.get("message") != place.thread):
            continue
        kept = sessions.last(unit, person, _kept(asked.said["mark"]))
        if kept is not None:
            mode, passed = cast("Mode", asked.said.get("mode", "sure")), "passed" in asked.said
            text, offered = kept.said["text"], tuple(kept.said.get("offered", "").split())
            return Pending(asked.said["mark"], mode, asked.intent, text, asked.at, where, passed, offered)
    return None


def drop(unit: Unit, person: Person, asked: Pending) -> None:
    """It is not wanted any more; its buttons are over, too."""
    sessions.take(unit, person, _open(asked.place))
    sessions.take(unit, person, _kept(asked.mark))
    if asked.mode == "next":
        sessions.take(unit, person, _next(asked.place))


def pass_by(unit: Unit, person: Person, asked: Pending) -> None:
    """Whoever was asked talks to others: from now on an answer has to name the bot."""
    kept = sessions.last(unit, person, _open(asked.place))
    if kept is not None and not asked.passed:
        turn = Turn(kept.intent, {**kept.said, "passed": "yes"})
        sessions.remember(unit, person, _open(asked.place), turn)


def over(unit: Unit, call: Call, *, is_read: bool = False) -> None:
    """Something else was done in this place since it was asked: a yes that is typed now is to nothing.

    Where something was only looked at, an order still waits; which of what was listed is meant is no question any more. What this very call asks stays.
    """
    done = sessions.last(unit, call.person, _agreed(call.place))
    if done is not None and done.said.get("key") != call.key:
        sessions.take(unit, call.person, _agreed(call.place))
    asked, own = _at(unit, call.person, call.place), short(digest(call.key))
    if asked is None or (asked.mark != own and not (is_read and asked.mode not in ("which", "of"))):
        sessions.take(unit, call.person, _open(call.place))


def answer(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message
) -> Grasped | None:
    """A yes or a plain no to whether to go on, typed instead of pressed."""
    is_yes, is_no = accepts(said.text), leaves(said.text) is Leaving.REFUSES
    asked = find(unit, person, said.place) if is_yes or is_no else None
    if asked is None or not asked.wants_a_yes:
        return None
    sessions.take(unit, person, _open(asked.place))
    if is_yes:
        sessions.remember(unit, person, _agreed(asked.place), Turn("", {"text": asked.text, "key": said.key}))
    args = {"intent": asked.intent if is_yes else Intent.NONE.value}
    args |= {"sure": "yes"} if asked.mode == "sure" else {}
    click = Click(key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.mark, args=args)
    return chosen(unit, world, verbs, person, click, asked.place)


def agreed(unit: Unit, person: Person, place: Place) -> str:
    """The words that this person said yes to here just now; empty if there are none."""
    kept = sessions.last(unit, person, _agreed(place))
    return kept.said["text"] if kept is not None and unit.now - kept.at <= whereabouts.FRESH else ""


def chosen(
    unit: Unit,
    world: World,
    verbs: Mapping[str, Verb],
    person: Person,
    click: Click,
    place: Place | None = None,
) -> Grasped:
    """What is meant by a press of a button under a question of ours. What was shown is what is done.

    `place` is where it was asked, if it is answered elsewhere.

    Raises:
        Conflict: the question is over, or it was somebody else's.
    """
    asked = sessions.take(unit, person, _kept(click.object))
    if asked is None:
        raise Conflict("That question is over.", "Say again what you want.")
    text, value = asked.said["text"], click.args.get("value", "")
    intent = click.args.get("intent") or asked.intent
    _one_less(unit, person, place or click.place, click.place)
    if intent not in Intent.__members__ or intent == Intent.NONE:
        return Grasped(verbs[CHOOSE], {"id": click.object})
    is_sure, order = click.args.get("sure") == "yes", _order(asked)
    meant = _with(known(unit, world, person, f"{text} {value}".strip(), intent), asked.said)
    if order is not None and intent == asked.intent and order.verb in verbs:
        verb, raw = verbs[order.verb], {**order.raw, **({click.args.get("as", "id"): value} if value else {})}
        if is_sure or not verb.shown_first:
            return Grasped(verb, raw, meant)
        return ask_back(world, verbs, ordered(verb, text), "sure", verb, raw)
    # What a model took the words for is still to be agreed to by whoever only says what was missing.
    meant = replace(meant, advised="advised" in asked.said and intent == asked.intent)
    return decide(world, verbs, meant, is_sure=is_sure) or ask_back(world, verbs, meant, "known")


def _one_less(unit: Unit, person: Person, asked: Place, answered: Place) -> None:
    """Once one of what else was asked for is chosen, the rest of it is due, and offered where the answer was given."""
    where = _queued(unit, person, asked)
    kept = sessions.take(unit, person, _next(where)) if where is not None else None
    if kept is not None:
        turn = Turn("", {**kept.said, "due": "yes", "message": answered.message or ""})
        sessions.remember(unit, person, _next(answered), turn)


def _queued(unit: Unit, person: Person, place: Place) -> Place | None:
    """Where what else was asked for is kept: here, beside the message that begins this thread, or where direct messages lead."""
    if sessions.last(unit, person, _next(place)) is not None:
        return place
    if not place.thread:
        there = whereabouts.others(unit, person, place)
        return next((one for one in there if sessions.last(unit, person, _next(one)) is not None), None)
    kept = sessions.last(unit, person, _next(place.under(None)))
    is_above = kept is not None and kept.said.get("message") == place.thread
    return place.under(None) if is_above else None


def _order(kept: Turn) -> Order | None:
    return Order(kept.said["verb"], orjson.loads(kept.said["raw"])) if kept.said.get("verb") else None


def _with(meant: Understanding, said: Mapping[str, str]) -> Understanding:
    """With what was known when it was asked about, where the words do not say otherwise."""
    there = {one.type for one in meant.entities}
    more = tuple(one for one in talk.entities(said.get("named", "[]")) if one.type not in there)
    named = (*meant.entities, *more)
    return replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))


def _open(place: Place) -> str:
    return f"open:{short(digest(session_of(place)))}"


def _agreed(place: Place) -> str:
    return f"agreed:{short(digest(session_of(place)))}"


def _next(place: Place) -> str:
    return f"next:{short(digest(session_of(place)))}"


def _kept(mark: str) -> str:
    return f"said:{mark[:16]}"
