"""What the bot asked one person in one place and waits for: kept for the buttons, for a typed yes, and to be dropped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import orjson

from core.conversation.memory.turn import session_of
from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.digest import digest, short
from core.language.intent import Intent
from core.language.understand import Understanding
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.world import World
from handlers.talk import lately as talk
from handlers.talk import whereabouts
from handlers.verb import Call

Mode = Literal["sure", "lacks", "which", "of", "title", "next"]
"""What is asked: whether to go on, what is missing, which of several is meant, which thing it is about, what is wrong, or whether to do the next."""

_OTHERWISE = "no_"
_MODES = ("sure", "lacks", "which", "of", "title", "next")


@dataclass(frozen=True)
class Order:
    """A verb and its arguments, as they were shown to whoever is asked whether to go on."""

    verb: str
    raw: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """One thing that is asked for: its words, what they ask for, the order if it is known, the ids that are offered for it.

    `otherwise` is what a no does, where that is not nothing.
    """

    text: str
    intent: Intent
    order: Order | None = None
    offered: tuple[str, ...] = ()
    otherwise: Order | None = None


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

    @property
    def may_be_taken_by_a_yes(self) -> bool:
        """Whether a yes does what is asked about, if only because nothing else can be chosen."""
        return self.wants_a_yes or (self.mode == "of" and len(self.offered) == 1)


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
    own = mark(call, nth)
    named = talk.unveiled(world, meant.text, meant.entities) if isinstance(meant, Understanding) else ()
    kept = {"text": talk.veiled(world, meant.text), "named": talk.named(named)}
    kept |= {"advised": "yes"} if isinstance(meant, Understanding) and meant.advised else {}
    kept |= {"offered": " ".join(meant.offered)} if isinstance(meant, Wanted) else {}
    kept |= _written(world, order, "") if order is not None else {}
    if isinstance(meant, Wanted) and meant.otherwise is not None:
        kept |= _written(world, meant.otherwise, _OTHERWISE)
    sessions.remember(unit, person, words(own), Turn(meant.intent.value, kept))
    if mode in _MODES:
        _supersede(unit, person, place)
        here = {"mark": own, "mode": mode, "message": place.message or ""}
        sessions.remember(unit, person, session("open", place), Turn(meant.intent.value, here))
        sessions.take(unit, person, session("agreed", place))
        whereabouts.note(unit, person, place)
    return own


def _supersede(unit: Unit, person: Person, place: Place) -> None:
    """An order that was shown here and not agreed to is over: nothing of it is what later words lean on."""
    asked = at(unit, person, place)
    if asked is not None and asked.mode == "sure":
        talk.let_go(unit, person, place)


def _written(world: World, order: Order, lead: str) -> dict[str, str]:
    raw = {name: talk.veiled(world, value) for name, value in order.raw.items()}
    return {f"{lead}verb": order.verb, f"{lead}raw": orjson.dumps(raw).decode()}


def mark(call: Call, nth: str = "") -> str:
    """The mark of what this call asks."""
    return short(digest(f"{call.key}{nth}"))


def find(unit: Unit, person: Person, place: Place) -> Pending | None:
    """What this person was asked here last and has not answered: in this thread, or beneath the message that begins it.

    In direct messages also what they were asked elsewhere just now, where nothing else was said since.
    """
    own, latest = at(unit, person, place), talk.latest(unit, person, place)[0]
    there = next(elsewhere(unit, person, place), None) if own is None and place.direct else None
    is_last = there is not None and (
        latest is None or there.at >= latest or there.mark == _named(unit, person, place)
    )
    return own or (there if is_last else None)


def elsewhere(unit: Unit, person: Person, place: Place) -> Iterator[Pending]:
    """What they were asked in other places just now, and did not answer, the latest first."""
    asked = (at(unit, person, one) for one in whereabouts.others(unit, person, place))
    return (one for one in asked if one is not None)


def name(unit: Unit, person: Person, place: Place, asked: Pending) -> None:
    """They are told here what they are asked there: until something else is said, a yes here is to that."""
    sessions.remember(unit, person, session("named", place), Turn("", {"mark": asked.mark}))


def _named(unit: Unit, person: Person, place: Place) -> str:
    """The mark of what they were told here last that they are asked elsewhere; empty where something else was said since."""
    kept, latest = sessions.last(unit, person, session("named", place)), talk.latest(unit, person, place)[0]
    return kept.said["mark"] if kept is not None and (latest is None or kept.at >= latest) else ""


def at(unit: Unit, person: Person, place: Place) -> Pending | None:
    """The same of this very place, or beneath the message that begins its thread; not of any other."""
    for where in (place, place.under(None)) if place.thread else (place,):
        asked = sessions.last(unit, person, session("open", where))
        if asked is None or (where is not place and asked.said.get("message") != place.thread):
            continue
        kept = sessions.last(unit, person, words(asked.said["mark"]))
        if kept is not None:
            mode, passed = cast("Mode", asked.said.get("mode", "sure")), "passed" in asked.said
            text, offered = kept.said["text"], tuple(kept.said.get("offered", "").split())
            return Pending(asked.said["mark"], mode, asked.intent, text, asked.at, where, passed, offered)
    return None


def order(unit: Unit, person: Person, asked: Pending) -> Order | None:
    """What a yes to this would do, as it was shown; None where a yes does nothing by itself."""
    kept = sessions.last(unit, person, words(asked.mark)) if asked.mode == "sure" else None
    return ordered(kept) if kept is not None else None


def otherwise(unit: Unit, person: Person, asked: Pending) -> Order | None:
    """What a no to this does; None where that is nothing."""
    kept = sessions.last(unit, person, words(asked.mark)) if asked.mode == "sure" else None
    return ordered(kept, _OTHERWISE) if kept is not None else None


def ordered(kept: Turn, lead: str = "") -> Order | None:
    """The order that is kept with the words of a question."""
    verb = kept.said.get(f"{lead}verb")
    return Order(verb, orjson.loads(kept.said[f"{lead}raw"])) if verb else None


def drop(unit: Unit, person: Person, asked: Pending) -> None:
    """It is not wanted any more; its buttons are over, too."""
    sessions.take(unit, person, session("open", asked.place))
    sessions.take(unit, person, words(asked.mark))
    if asked.mode == "next":
        sessions.take(unit, person, session("next", asked.place))


def close(unit: Unit, person: Person, asked: Pending) -> None:
    """It is answered, and no typed yes is to it any more; its buttons still are what they were."""
    sessions.take(unit, person, session("open", asked.place))


def pass_by(unit: Unit, person: Person, asked: Pending) -> None:
    """Whoever was asked talks to others: from now on an answer has to name the bot."""
    kept = sessions.last(unit, person, session("open", asked.place))
    if kept is not None and not asked.passed:
        turn = Turn(kept.intent, {**kept.said, "passed": "yes"})
        sessions.remember(unit, person, session("open", asked.place), turn)


def over(unit: Unit, call: Call, *, is_read: bool = False) -> None:
    """Something else was done in this place since it was asked: a yes that is typed now is to nothing.

    Where something was only looked at, an order still waits; which of what was listed is meant is no question any more. What this very call asks stays.
    """
    done = sessions.last(unit, call.person, session("agreed", call.place))
    if done is not None and done.said.get("key") != call.key:
        sessions.take(unit, call.person, session("agreed", call.place))
    asked, own = at(unit, call.person, call.place), mark(call)
    if asked is None or (asked.mark != own and not (is_read and asked.mode not in ("which", "of"))):
        _supersede(unit, call.person, call.place)
        sessions.take(unit, call.person, session("open", call.place))


def session(of: str, place: Place) -> str:
    """The name under which something of this kind is kept for a place: what is `open` there, `agreed` to, or `next`."""
    return f"{of}:{short(digest(session_of(place)))}"


def words(of: str) -> str:
    """The name under which the words are kept that this mark stands for."""
    return f"said:{of[:16]}"
