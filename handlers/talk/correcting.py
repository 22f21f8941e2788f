"""What was shown, corrected before it is done: “no, INC-2”, “in staging, please”, “the other one”. It is shown anew; nothing is done."""

import re
from collections.abc import Mapping
from dataclasses import replace

from core.catalogue.names import Named, resolve
from core.errors import Invalid
from core.incidents import records as incidents
from core.incidents import severity
from core.incidents.said import read
from core.language.entity import Entity, EntityType
from core.language.leaning.frame import frame
from core.language.leaning.mending import mended
from core.language.understand import Understanding
from core.people.person import Person
from core.runbooks import told
from core.runbooks.definition import Runbook
from core.runbooks.params import Names, value_of
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Message
from handlers.talk import consenting, deeds, heard, names, pending, wishes
from handlers.talk.grasp import Grasped, ask_back, meaning
from handlers.talk.pending import Order, Pending
from handlers.verb import Verb

_RUN, _DECLARE = "runbook.run", "incident.declare"
_A_NAME = 2  # words
_ID = re.compile(r"[a-z]{2,4}-\d{1,9}", re.IGNORECASE)
_MENTION = re.compile(r"<@!?\w+>")
_SERVICES = ("service",)
_PLACES = ("environment", "where")
_GRADES = ("severity",)
_PEOPLE = ("person", "whom", "who", "to", "other", "team")
_TIMES = ("span", "at", "until", "when")
_KINDS = {
    "service": EntityType.SERVICE,
    "environment": EntityType.ENVIRONMENT,
    "severity": EntityType.SEVERITY,
    "id": EntityType.INCIDENT_ID,
}
_ADDED = (*_SERVICES, *_PLACES, *_GRADES)
"""What an order may be told that was not told it before."""


def corrected(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """The same order with what these words put in the place of what was shown; None where they say something of their own.

    The order that was shown is over by that, for its buttons too.
    """
    mend, order = mended(" ".join(said.text.split())), pending.order(unit, person, asked)
    verb = verbs.get(order.verb) if order is not None else None
    if mend is None or order is None or verb is None:
        return None
    value = _other(unit, world, order) if mend.is_other else mend.value
    before = _in_full(world, order)
    changes = _changes(world, verb, before, value) if value else {}
    # To “is it the same as INC-1?” another incident is a correction; all else begins with a no.
    if not changes or (pending.otherwise(unit, person, asked) is not None and changes.keys() != {"id"}):
        return None
    text = _retold(asked.text, _flat(before), _flat(changes))
    meant = consenting.retold(unit, world, person, text, asked)
    pending.drop(unit, person, asked)
    raw = {**before, **changes, **({"said": text} if "said" in order.raw else {})}
    return ask_back(world, verbs, _with(meant, changes), "sure", replace(verb, shown_first=True), raw)


def refuses(unit: Unit, world: World, person: Person, said: Message) -> bool:
    """Whether words say that what was shown is not meant, and nothing that it could be instead: “wrong one”, “no, zoe”."""
    mend = mended(" ".join(said.text.split()))
    if mend is None or not mend.value:
        return mend is not None
    is_order = frame(mend.value, ()).orders or heard.begins_with_doing(mend.value)
    is_name = mend.corrects and len(mend.value.split()) <= _A_NAME and not is_order
    return is_name and meaning(unit, world, person, said).how == "alone"


def _changes(world: World, verb: Verb, before: Mapping[str, str], value: str) -> dict[str, str]:
    """The arguments that these words tell anew; empty where a word of them fits none."""
    if verb.name == _RUN:
        return _of_a_run(world, before, value)
    whole = _fitting(world, verb, before, value)
    if whole:
        return whole
    found: dict[str, str] = {}
    for word in value.split():
        one = _fitting(world, verb, before, word)
        if not one or one.keys() & found.keys():
            return {}
        found |= one
    return found


def _fitting(world: World, verb: Verb, before: Mapping[str, str], value: str) -> dict[str, str]:
    """The argument of which this is a value, of those that are told or may be."""
    added = [name for name in _ADDED if name in verb.args.model_fields]
    for name in dict.fromkeys((*before, *added)):
        new = _value(world, name, before.get(name, ""), value)
        if new:
            return {name: new}
    return {}


def _value(world: World, name: str, old: str, value: str) -> str:
    """What this argument is told with these words; empty if they are of another kind."""
    if _ID.fullmatch(old):
        is_alike = _ID.fullmatch(value) and _kind(value) == _kind(old)
        return value.upper() if is_alike else ""
    if name in _SERVICES:
        return _known(value, world.services)
    if name in _PLACES:
        return _known(value, world.environments)
    if name in _GRADES:
        return _grade(value)
    if name in _PEOPLE:
        return value if names.is_known(world, value.lstrip("@")) or _MENTION.fullmatch(value) else ""
    return value if name in _TIMES and deeds.is_time(value) else ""


def _kind(named: str) -> str:
    return named.partition("-")[0].upper()


def _known(value: str, things: Mapping[str, Named]) -> str:
    try:
        return resolve(value, things).name
    except Invalid:
        return ""


def _grade(value: str) -> str:
    if value.isdigit():
        return ""  # “2” is the second of something rather than a grade
    try:
        return severity.label(severity.parse(value))
    except Invalid:
        return ""


def _in_full(world: World, order: Order) -> dict[str, str]:
    """What an order is told, each by its own name: of a run, where it is known which runbook runs, and of what is declared."""
    raw = dict(order.raw)
    if order.verb == _RUN:
        return wishes.spelt_out(world, raw) if raw.get("runbook") in world.runbooks else raw
    if order.verb != _DECLARE or "severity" in raw:
        return raw
    said = read(world.services, raw.get("title", ""), None, raw.get("service", ""))
    grade = {"severity": severity.label(said.severity)} if said.severity else {}
    return {**raw, "title": said.title, **grade}


def _of_a_run(world: World, before: Mapping[str, str], value: str) -> dict[str, str]:
    """What these words tell a run anew; nothing where it is not known yet which runbook runs."""
    book, known = world.runbooks.get(before.get("runbook", "")), wishes.names_of(world)
    new = told.read(value, book, known) if book else {}
    if book is None or not new or not told.says_only(value, book, known) or not _are_values(book, new, known):
        return {}
    now = wishes.spelt_out(world, {"runbook": book.name, "said": value})
    both = wishes.pairs(before.get("params", "")) | wishes.pairs(now.get("params", ""))
    return now | ({"params": " ".join(f'{name}="{one}"' for name, one in both.items())} if both else {})


def _flat(raw: Mapping[str, str]) -> dict[str, str]:
    """What is told, each by its own name."""
    apart = {name: value for name, value in raw.items() if name not in ("params", "runbook", "said")}
    return apart | wishes.pairs(raw.get("params", ""))


def _with(meant: Understanding, changes: Mapping[str, str]) -> Understanding:
    """The meaning with these in the place of what was named before."""
    new = {kind: changes[name] for name, kind in _KINDS.items() if changes.get(name)}
    kept = [
        one
        for one in meant.entities
        if one.type not in new or str(one.value).casefold() == new[one.type].casefold()
    ]
    there = {one.type for one in kept}
    told = (Entity(kind, value, "", 0, 0) for kind, value in new.items() if kind not in there)
    return replace(meant, entities=(*kept, *told))


def _are_values(book: Runbook, new: Mapping[str, str], known: Names) -> bool:
    """Whether it can be told all of this: what is named is known, and what is counted is a number."""
    try:
        for name, value in new.items():
            value_of(book.params[name], name, value, known)
    except Invalid:
        return False
    return True


def _other(unit: Unit, world: World, order: Order) -> str:
    """Of two the one that the order is not about: an open incident, else a service or an environment; empty where there are not two."""
    offered = {
        "id": [one.id for one in incidents.find(unit, only_open=True)],
        "service": list(world.services),
        "environment": list(world.environments),
    }
    for name, known in offered.items():
        old = order.raw.get(name, "").casefold()
        left = [one for one in known if one.casefold() != old]
        if len(known) == len(left) + 1 == 2:  # noqa: PLR2004 - of more than two, nobody says “the other one”
            return left[0]
    return ""


def _retold(text: str, old: Mapping[str, str], changes: Mapping[str, str]) -> str:
    """The words of the order with what is meant now in the place of what was; behind them, where they did not name it."""
    for name, new in changes.items():
        before = re.compile(rf"(?<![\w-]){re.escape(old.get(name) or new)}(?![\w-])", re.IGNORECASE)
        if old.get(name) == new or (not old.get(name) and before.search(text)):
            continue
        found = before.search(text)
        text = f"{text[: found.start()]}{new}{text[found.end() :]}" if found else f"{text} ({new})"
    return text
