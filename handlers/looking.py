"""Words of a program, answered as far as they only look; what would change something is shown, and not done."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime, Field

from core.catalogue.names import resolve
from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.errors import Forbidden, Invalid, NotFound
from core.ids import new_id, parse_numbered
from core.language import follow_up
from core.language.intent import Intent
from core.oncall import moments
from core.people.permissions import may
from core.place import Actor, Place
from core.store.engine import Unit
from core.wiring import World
from handlers import arguments, grasp, wishes
from handlers.caller import Caller
from handlers.cards.words import words as plain
from handlers.inbound import Message
from handlers.programs import seen
from handlers.reading import Understood, Verbs, understand
from handlers.verb import Args, Call, Verb
from handlers.wishes import Wish, make_plan

# Which verb shows what another one would change.
_SHOWN_BY: Mapping[str, str] = {
    "runbook.run": "runbook.plan",
    "runbook.cancel": "runbook.status",
    **dict.fromkeys(("runbook.start", "runbook.save", "runbook.discard"), "runbook.drafts"),
    **dict.fromkeys(
        ("runbook.answer", "runbook.pause", "runbook.resume", "runbook.retry", "runbook.rollback"),
        "runbook.status",
    ),
    **dict.fromkeys(
        ("approval.approve", "approval.reject", "approval.abstain", "approval.withdraw", "approval.change"),
        "approval.show",
    ),
    **dict.fromkeys(
        ("approval.do", "approval.report"),
        "approval.show",
    ),
    **dict.fromkeys(
        (
            "incident.update",
            "incident.severity",
            "incident.ack",
            "incident.resolve",
            "incident.reopen",
            "incident.timeline",
        ),
        "incident.show",
    ),
    "oncall.override": "oncall.show",
    "oncall.swap": "oncall.show",
}
# What “it” can mean where no id was named, the most telling first.
_THINGS = ("service", "runbook", "team")
_ID = re.compile(r"\b(?:AP|DR|INC|RUN)-[1-9][0-9]{0,11}\b", re.IGNORECASE)
_REFERRED = 0.9
_OWN = frozenset({"mine", "waiting"})
_OPEN_BOOK = ("incident.read", "runbook.list")


class Words(Args):
    """What is said to the bot; `now` asks for the answer as of then, `session` says which words came before."""

    text: str = Field(min_length=1, max_length=2_000)
    session: str = Field(default="", max_length=64)
    now: AwareDatetime | None = None


def answer(unit: Unit, caller: Caller, verbs: Verbs, said: Words) -> dict[str, Any]:
    """What was understood, and the answer to it. Nothing is changed, whatever was said.

    `confidence` is 1 where the words are a command or a sentence that is known, 0.9 where they mean something only after
    what was understood before in the session, between 0.75 and 1 where they were weighed and are sure, else 0.

    Raises:
        Forbidden: the person or the token may not look at this.
        Invalid: `now` is too far away.
    """
    before = sessions.last(unit, caller.person, said.session)
    if said.now is not None:
        unit.now = moments.within(said.now)
    try:
        understood, sure = _understood(unit, caller, verbs, said, before)
    except (Invalid, NotFound) as error:
        return _told("none", 0.0, {}, error.sentence())
    if understood is None:
        return _told("none", 0.0, {}, "I did not understand that. Say “help”.")
    heard = _message(unit, caller, said, said.text)
    call = Call(inbound=heard, person=caller.person, world=caller.world, only_looks=True)
    verb, raw = understood.verb, _named(understood)
    if verb.reads:
        return _told(verb.name, sure, raw, _look(unit, caller, call, understood))
    _admit(caller, verb)
    words = f"Nothing was done. What you say would be `/{verb.command}`: {verb.help}"
    now = _before(unit, caller, call, verbs, understood)
    return _told(verb.name, sure, raw, f"{words}\n\n{now}".strip(), _action(caller, understood))


def turn_of(told: Mapping[str, Any]) -> Turn | None:
    """What is remembered of an answer, so that the next words can refer to it; None if nothing was understood."""
    said = {str(one["name"]): str(one["value"]) for one in told["entities"]}
    return Turn(str(told["intent"]), said) if told["intent"] != "none" else None


def _message(unit: Unit, caller: Caller, said: Words, text: str) -> Message:
    return Message(
        key=f"ask:{new_id(unit.now)}",
        actor=Actor(platform="api", user=caller.person.id, name=caller.person.name),
        place=Place(platform="api", channel="ask", thread=said.session or None, direct=True),
        text=text,
        addressed=True,
    )


def _understood(
    unit: Unit, caller: Caller, verbs: Verbs, said: Words, before: Turn | None
) -> tuple[Understood | None, float]:
    """What is meant, and how sure that is; with what came before it in the session, where it needs that.

    Raises:
        Invalid: it means nothing.
    """
    thing = _thing(before) if before else ""
    spelt = follow_up.spelt_out(said.text, thing) if thing else None
    if spelt is not None:
        with suppress(Invalid, NotFound):
            return understand(caller.world, verbs, _message(unit, caller, said, spelt)), _REFERRED
    try:
        return understand(caller.world, verbs, _message(unit, caller, said, said.text)), 1.0
    except (Invalid, NotFound):
        again = _again(caller.world, verbs, before, said.text) if before is not None else None
        if again is not None:
            return again, _REFERRED
        named = wishes.named_in(caller.world, said.text)
        if named is not None:
            return Understood(verbs.by_name["runbook.run"], named), 1.0
        weighed = _weighed(unit, caller, verbs, said)
        if weighed is None:
            raise
        return weighed, weighed.meant.confidence if weighed.meant else 1.0


def _weighed(unit: Unit, caller: Caller, verbs: Verbs, said: Words) -> Understood | None:
    """What the words most likely mean, where that is sure; a question back, which needs an answer, is none."""
    meant = grasp.known(unit, caller.world, caller.person, said.text, "")
    if not meant.is_sure or meant.intent is Intent.CLARIFICATION:
        return None
    found = grasp.decide(caller.world, verbs.by_name, meant, is_sure=True)
    return Understood(found.verb, found.raw, meant) if found is not None else None


def _again(world: World, verbs: Verbs, before: Turn, text: str) -> Understood | None:
    """The last question, asked about something else that is named."""
    verb, name = verbs.by_name.get(before.intent), follow_up.named(text)
    if verb is None or name is None:
        return None
    for kind, known in _kinds(world):
        if kind not in verb.args.model_fields:
            continue
        with suppress(Invalid):
            return Understood(verb, {**before.said, kind: resolve(name, known, kind).name})
    changed = {key: _ID.sub(name.upper(), value, count=1) for key, value in before.said.items()}
    return Understood(verb, changed) if _ID.fullmatch(name) and changed != before.said else None


def _thing(before: Turn) -> str:
    """What “it” means after this: the id that was named, or else what it was about."""
    ids = (found.group() for value in before.said.values() if (found := _ID.search(value)))
    return next(ids, "") or next((before.said[kind] for kind in _THINGS if before.said.get(kind)), "")


def _kinds(world: World) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    teams = {name: _Named(name) for name in (*world.teams, *world.schedules)}
    books = {name: _Named(name) for name in world.runbooks}
    return (
        ("environment", world.environments),
        ("service", world.services),
        ("team", teams),
        ("runbook", books),
    )


@dataclass(frozen=True)
class _Named:
    """Something that has one name."""

    name: str
    aliases: tuple[str, ...] = ()


def _look(unit: Unit, caller: Caller, call: Call, understood: Understood) -> str:
    """What a verb that changes nothing answers, in words; what is missing or unknown is said in words, too."""
    verb = understood.verb
    _admit(caller, verb)
    try:
        args = arguments.typed(verb, understood.raw)
        _check_sight(unit, caller, verb, args)
        card = verb.run(unit, call, args).card
    except (Invalid, NotFound) as error:
        return error.sentence()
    return plain(card, controls=False) if card is not None else ""


def _admit(caller: Caller, verb: Verb) -> None:
    if verb.needs():
        caller.must(verb.needs())


def _check_sight(unit: Unit, caller: Caller, verb: Verb, args: Args) -> None:
    """People in a channel see each other's requests there; a program sees its own, as everywhere else.

    Raises:
        Forbidden, NotFound: it is not theirs to see.
    """
    match verb.name:
        case "approval.show" | "approval.details":
            seen(unit, caller, parse_numbered(getattr(args, "id", ""), "AP"))
        case "approval.list" if getattr(args, "which", "").lower() not in _OWN:
            caller.must("approval.list")
        case "wardroom.mine" if caller.token.scopes:
            for permission in _OPEN_BOOK:
                if may(caller.person, permission, caller.world.roles):
                    caller.must(permission)


def _before(unit: Unit, caller: Caller, call: Call, verbs: Verbs, understood: Understood) -> str:
    """How the thing is now that would be changed, as far as the caller may see it."""
    shown = verbs.by_name.get(_SHOWN_BY.get(understood.verb.name, ""))
    if shown is None:
        return ""
    known = {name: value for name, value in understood.raw.items() if name in shown.args.model_fields}
    try:
        return _look(unit, caller, call, Understood(shown, known))
    except Forbidden:
        return ""


def _named(understood: Understood) -> dict[str, str]:
    """What the words name: the things that were found in them, or the arguments of a command."""
    if understood.meant is None:
        return understood.raw
    return {one.type.value: str(one.value) for one in understood.meant.entities}


def _action(caller: Caller, understood: Understood) -> list[dict[str, Any]]:
    verb, said = understood.verb, dict(understood.raw)
    if verb.name == "runbook.run":
        try:
            made = make_plan(caller.world, Wish.model_validate(arguments.typed(verb, said).model_dump()))
        except (Invalid, NotFound):
            pass
        else:
            wanted = {"name": made.runbook, "params": made.params, "digest": made.digest}
            return [{"intent": verb.name, "arguments": wanted, "command": f"/{verb.command}"}]
    return [{"intent": verb.name, "arguments": said, "command": f"/{verb.command}"}]


def _told(
    intent: str,
    confidence: float,
    raw: Mapping[str, str],
    words: str,
    actions: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "intent": intent,
        "confidence": confidence,
        "entities": [{"name": name, "value": value} for name, value in raw.items()],
        "answer": words,
        "query": None,
        "actions": actions or [],
        "by": "rules",
        "sources": [],
    }
