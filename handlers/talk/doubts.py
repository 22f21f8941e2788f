"""What the bot asks back: which of several things is meant, what is missing, whether to go on; and what it cannot do."""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field, Json

from core.incidents import records as incidents
from core.incidents.ending import units as ending
from core.language.clarify import MEANINGS, missing
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning.consent import accepts
from core.language.understand import Understanding
from core.runbooks import records as runs
from core.store.engine import Unit
from core.text import cut
from core.world import World
from handlers.cards import meaning as cards
from handlers.cards.card import Card, Code, Text, line, say
from handlers.inbound import Message
from handlers.paging_plans import plan_of
from handlers.talk import begun, declaring, instead, pending, standing
from handlers.talk import lately as talk
from handlers.talk.grasp import known
from handlers.talk.pending import Order, Pending, keep
from handlers.verb import Args, Call, OnObject, Reply, Verb
from handlers.whom import find_person, refuse_second

_MENU = 25
_NONE = {
    EntityType.EXECUTION_ID: "There has been no run, so there is none that this could be about.",
    EntityType.INCIDENT_ID: "No incident is open, so there is none that this could be about. `/incident list all` shows those that are over.",
}


class Meaning(Args):
    """The words; the rest says what they were taken for, and what of that is asked."""

    carried: ClassVar[frozenset[str]] = frozenset(
        {"revision", "digest", "intent", "mode", "would", "named", "advised", "verb", "order", "what"}
    )

    said: str
    intent: str = ""
    mode: str = "known"
    would: str = ""
    named: str = ""
    advised: Literal["", "yes"] = ""
    verb: str = ""
    order: Json[dict[str, str]] = Field(default_factory=dict)
    what: str = ""


def show(unit: Unit, call: Call, args: Meaning) -> Reply:
    """What words are taken for; nothing is done."""
    args = _veiled(call.world, args)
    if over := begun.over(unit, args.verb, args.order):
        return Reply(card=say(over))
    if begun.is_resolved(unit, args.verb, args.order):
        over = args.order["id"]
        closes = {"verb": "incident.close", "order": {"id": over}, "would": f"/incident close {over}"}
        args = args.model_copy(update={**closes, "what": "Close it for good"})
    meant = known(unit, call.world, call.person, args.said, args.intent)
    meant = replace(meant, advised=bool(args.advised))
    if args.named:
        named = talk.entities(args.named)
        meant = replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))
    lacks = meant.missing[0] if args.mode == "lacks" and meant.missing else None
    if lacks in _NONE and not _choices(unit, call.world, lacks):
        return Reply(card=say(_NONE[lacks]))
    order = Order(args.verb, args.order) if args.verb else None
    before = None if call.only_looks else _passed_over(unit, call, meant, order)
    mark = "" if call.only_looks else keep(unit, call, meant, args.mode, order)
    card = _card(unit, call, args, meant, mark)
    return Reply(card=card if before is None else _with(card, before))


def _passed_over(unit: Unit, call: Call, meant: Understanding, order: Order | None) -> Pending | None:
    """What was shown here before and not agreed to; the same, asked again, is over instead, and its card with it.

    So is the same that was asked elsewhere in this channel: beside its threads, or in another one.
    """
    text, channel = talk.veiled(call.world, meant.text), (call.place.platform, call.place.channel)
    for one in pending.elsewhere(unit, call.person, call.place):
        is_near = (one.place.platform, one.place.channel) == channel
        if is_near and one.text == text and order == pending.order(unit, call.person, one):
            pending.drop(unit, call.person, one)
    asked = pending.at(unit, call.person, call.place)
    if asked is None or asked.mode != "sure" or asked.mark == pending.mark(call):
        return None
    if asked.text == text:
        pending.drop(unit, call.person, asked)
        return None
    return asked


def _with(card: Card, before: Pending) -> Card:
    told = Text(line=line(words := standing.undone(before)), small=True)
    return card.model_copy(update={"parts": (*card.parts, told), "summary": f"{card.summary} {words}"})


def _veiled(world: World, args: Meaning) -> Meaning:
    """The same without secrets: what is kept until somebody agrees is what they are shown, and what is done."""
    order = {name: talk.veiled(world, value) for name, value in args.order.items()}
    said, would = talk.veiled(world, args.said), talk.veiled(world, args.would)
    return args.model_copy(update={"said": said, "would": would, "order": order})


def leave(_unit: Unit, _call: Call, _args: OnObject) -> Reply:
    """Nothing is wanted after all."""
    return Reply(
        card=say("All right, nothing was done. Say it in other words, or ", Code(text="/wardroom help"), ".")
    )


def _card(unit: Unit, call: Call, args: Meaning, meant: Understanding, mark: str) -> Card:
    words = _own_words(call, meant)
    match args.mode:
        case "which":
            return cards.which(meant, mark, words)
        case "lacks" if meant.missing:
            return cards.lacks(meant, mark, _choices(unit, call.world, meant.missing[0]), words)
        case "sure":
            title, about = _title(meant, args), _about(unit, call, args)
            return cards.sure(meant, mark, args.would, title, about, words=words)
    if meant.intent is Intent.CLARIFICATION:
        return say(
            f"I asked you nothing here that “{cut(meant.text, 80)}” would answer. Say the whole of what you want, or ",
            Code(text="/wardroom help"),
            ".",
        )
    return cards.known(meant, instead.words(call.world, meant), instead.buttons(call.world, meant), mark)


def _own_words(call: Call, meant: Understanding) -> str:
    """What was said, where it is understood only with what was said before; empty where it says itself what it means, or is a yes."""
    said = call.inbound.text if isinstance(call.inbound, Message) else ""
    words = talk.veiled(call.world, " ".join(said.split()))
    return "" if accepts(said) or meant.text.casefold() in words.casefold() else words


def _title(meant: Understanding, args: Meaning) -> str:
    """What would be done: by the intent, or in the words of what a sentence names exactly."""
    return f"{MEANINGS[meant.intent]}?" if not args.what else f"{args.what}?"


def _about(unit: Unit, call: Call, args: Meaning) -> str:
    """What the order is about, so that nobody closes or ends what they took for another, or calls a namesake.

    Raises:
        NotFound: it names what there is not.
    """
    if args.verb == "incident.declare":
        told = [args.order.get(name, "") for name in ("title", "severity", "service")]
        return declaring.described(call.world, *told)
    if args.verb == "incident.resolve":
        return _ended(unit, call.world, args.order.get("id", "").upper())
    named, hands_over = args.order.get("id", "").upper(), args.verb == "oncall.handover"
    whom = args.order.get("person" if hands_over else "whom", "")
    if not whom:
        return begun.described(unit, named) if named else ""
    platform = call.inbound.actor.platform
    plan = plan_of(call.world, platform, whom)
    name = plan.name or find_person(call.world, platform, whom).name
    refuse_second(call.world, platform, name, args.order.get("text", ""))
    return f"{name} for {begun.described(unit, named)}" if hands_over else name


def _ended(unit: Unit, world: World, named: str) -> str:
    """The incident that would be resolved, and what speaks against that."""
    if not named:
        return ""
    doubt = ending.doubts(unit, world, incidents.get(unit, named))
    described = begun.described(unit, named)
    return f"{described}. But {doubt[0].lower()}{doubt[1:].rstrip('.')}" if doubt else described


def _choices(unit: Unit, world: World, wanted: EntityType) -> list[str]:
    """What can be chosen for what is missing."""
    match wanted:
        case EntityType.SERVICE:
            return list(world.services)[:_MENU]
        case EntityType.ENVIRONMENT:
            return list(world.environments)[:_MENU]
        case EntityType.INCIDENT_ID:
            return [one.id for one in incidents.find(unit, only_open=True)][:_MENU]
        case EntityType.EXECUTION_ID:
            return [one.id for one in runs.find(unit)][:_MENU]
    return []


VERBS = (
    Verb(
        name="ask.meaning",
        command="wardroom meaning",
        help="Show what I take words for; nothing is done.",
        example="/wardroom meaning roll payments back in production",
        args=Meaning,
        run=show,
        reads=True,
        rest="said",
        permission="",
    ),
    Verb(
        name="ask.choose",
        command="wardroom choose",
        help="Choose what was meant, under a question of mine.",
        example="/wardroom choose 1a2b3c4d",
        args=OnObject,
        run=leave,
        order=("id",),
        permission="",
    ),
)
