"""Words of a program, answered as far as they only look; what would change something is shown, and not done."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import AwareDatetime, Field

from core.errors import Forbidden, Invalid, NotFound
from core.ids import new_id, parse_numbered
from core.language import quoted
from core.language.forbidding import forbids
from core.language.intent import Intent
from core.language.leaning.turns import Turn
from core.language.understand import DECIDES, Understanding
from core.oncall import moments
from core.people.permissions import may
from core.place import Actor, Place
from core.store.engine import Unit
from handlers import arguments
from handlers.caller import Caller
from handlers.cards.words import words as plain
from handlers.inbound import Message
from handlers.programs.deeds import seen
from handlers.talk import following, grasp, quoting, wishes
from handlers.talk import lately as talk
from handlers.talk.reading import Understood, Verbs, understand
from handlers.talk.refraining import refused
from handlers.talk.wishes import Wish, make_plan
from handlers.verb import Args, Call, Verb

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
_REFERRED = 0.9
_OWN = frozenset({"mine", "waiting"})
_OPEN_BOOK = ("incident.read", "runbook.list")


class Words(Args):
    """What is said to the bot; `now` asks for the answer as of then, `session` says which words came before."""

    text: str = Field(min_length=1, max_length=2_000)
    session: str = Field(default="", max_length=64)
    now: AwareDatetime | None = None


def answer(unit: Unit, caller: Caller, verbs: Verbs, said: Words, opinion: str = "") -> dict[str, Any]:
    """What was understood, and the answer to it. Nothing is changed, whatever was said.

    `confidence` is 1 where the words are a command or a sentence that is known, 0.9 where they mean something only after
    what was understood before in the session, between 0.75 and 1 where they were weighed and are sure, else 0.
    `opinion` is the intent that a language model takes them for where that is not sure.

    Raises:
        Forbidden: the person or the token may not look at this.
        Invalid: `now` is too far away.
    """
    if said.now is not None:
        unit.now = moments.within(said.now)
    try:
        understood, sure = _understood(unit, caller, verbs, said, opinion)
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


def doubted(unit: Unit, caller: Caller, said: Words) -> Understanding | None:
    """What words mean of which nobody is sure, so that a language model may be asked what they ask for; None of all others."""
    text = said.text.lstrip()
    if text.startswith("/") or quoted.is_foreign(text) or quoted.wants_to_be_obeyed(text) or forbids(text):
        return None
    meant = _meant(unit, caller, said)
    return None if meant.is_sure else meant


def remember(unit: Unit, caller: Caller, verbs: Verbs, said: Words, told: Mapping[str, Any]) -> None:
    """Keep what was said and answered in a session, so that the next words can lean on it."""
    verb = verbs.by_name.get(str(told["intent"]))
    if not said.session or verb is None:
        return
    words = _message(unit, caller, said, said.text)
    meant = following.heard(unit, caller.world, caller.person, words, verb)
    turns = (Turn("user", meant.text, meant.intent.value, meant.entities), Turn("bot", str(told["answer"])))
    talk.note(unit, caller.world, caller.person, words.place, turns)


def _message(unit: Unit, caller: Caller, said: Words, text: str, opinion: str = "") -> Message:
    return Message(
        key=f"ask:{new_id(unit.now)}",
        actor=Actor(platform="api", user=caller.person.id, name=caller.person.name),
        place=Place(platform="api", channel="ask", thread=said.session or None, direct=True),
        text=text,
        addressed=True,
        opinion=opinion or None,
    )


def _understood(
    unit: Unit, caller: Caller, verbs: Verbs, said: Words, opinion: str
) -> tuple[Understood | None, float]:
    """What is meant, and how sure that is; with what came before it in the session, where it needs that.

    Raises:
        Invalid: it means nothing.
    """
    if not said.text.lstrip().startswith("/"):
        quoting.check(caller.world, said.text)
        if forbids(said.text):
            raise refused()
    try:
        return understand(caller.world, verbs, _message(unit, caller, said, said.text)), 1.0
    except (Invalid, NotFound):
        if said.text.lstrip().startswith("/"):
            raise  # a command that there is not, or a wrong argument: nothing to guess at
        meant = _meant(unit, caller, said, opinion)
        weighed = _weighed(caller, verbs, meant)
        if weighed is not None and meant.how != "alone":
            return weighed, _REFERRED
        named = wishes.named_in(caller.world, said.text)
        if named is not None:
            return Understood(verbs.by_name["runbook.run"], named), 1.0
        if weighed is None:
            raise
        return weighed, meant.confidence


def _meant(unit: Unit, caller: Caller, said: Words, opinion: str = "") -> Understanding:
    """What the words mean: after what was said before in the session, where there is one; else by the opinion on them."""
    if said.session:
        words = _message(unit, caller, said, said.text, opinion)
        return grasp.meaning(unit, caller.world, caller.person, words)
    meant = grasp.known(unit, caller.world, caller.person, said.text, opinion)
    return replace(meant, confidence=DECIDES, advised=True) if opinion else meant


def _weighed(caller: Caller, verbs: Verbs, meant: Understanding) -> Understood | None:
    """What the words most likely ask for, where that is sure; a question back, which needs an answer, is none."""
    if not meant.is_sure or meant.intent is Intent.CLARIFICATION:
        return None
    found = grasp.decide(caller.world, verbs.by_name, meant, is_sure=True)
    if found is None:
        return None
    raw = wishes.spelt_out(caller.world, found.raw) if found.verb.name == "runbook.run" else found.raw
    return Understood(found.verb, raw, meant)


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
