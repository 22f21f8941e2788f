"""Words of a program, answered as far as they only look; what would change something is shown, and not done."""

from collections.abc import Mapping
from typing import Any

from core.errors import Forbidden, Invalid, NotFound
from core.ids import parse_numbered
from core.language import quoted
from core.language.forbidding import forbids
from core.language.leaning.turns import Turn
from core.language.understand import Understanding
from core.oncall import moments
from core.people.permissions import may
from core.store.engine import Unit
from handlers import arguments
from handlers.caller import Caller
from handlers.cards.words import words as plain
from handlers.programs import meaning, told
from handlers.programs.deeds import seen
from handlers.programs.meaning import Words
from handlers.talk import following, wishes
from handlers.talk import lately as talk
from handlers.talk.reading import Understood, Verbs
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
_OWN = frozenset({"mine", "waiting"})
_OPEN_BOOK = ("incident.read", "runbook.list")


def answer(unit: Unit, caller: Caller, verbs: Verbs, said: Words, opinion: str = "") -> dict[str, Any]:
    """What was understood, and the answer to it, with the fields of `Told`. Nothing is changed, whatever was said.

    `confidence` is 1 where the words are a command or a sentence that is known, 0.9 where they mean something only after
    what was understood before in the session, from 0.75 to 0.99 where they were weighed and are sure, else 0.
    `opinion` is the intent that a language model takes them for where that is not sure.

    Raises:
        Forbidden: the person or the token may not look at this.
        Invalid: `now` is too far away.
    """
    if said.now is not None:
        unit.now = moments.within(said.now)
    try:
        understood, sure = meaning.understood(unit, caller, verbs, said, opinion)
    except (Invalid, NotFound) as error:
        return told.nothing(error.sentence())
    if understood is None:
        return told.nothing("I did not understand that. Say “help”.")
    heard = meaning.message(unit, caller, said)
    call = Call(inbound=heard, person=caller.person, world=caller.world, only_looks=True, token=caller.token)
    words, actions = _answered(unit, caller, call, verbs, understood)
    others = meaning.others(unit, caller, verbs, heard, understood)
    more = following.besides(unit, call, others) if others else ""
    return told.answer(
        understood.verb.name,
        sure,
        f"{words}\n\n{more}".strip(),
        meaning=understood.meant.intent.value if understood.meant is not None else None,
        entities=told.named(understood),
        actions=actions,
        further=[
            {"intent": meaning.verb_of(unit, caller, verbs, one), "text": talk.veiled(caller.world, one.text)}
            for one in others
        ],
    )


def _answered(
    unit: Unit, caller: Caller, call: Call, verbs: Verbs, understood: Understood
) -> tuple[str, list[dict[str, Any]]]:
    """The answer in words, and what would have to be done."""
    verb = understood.verb
    if verb.reads:
        return _look(unit, caller, call, understood), []
    _admit(caller, verb)
    refusal = _refusal(caller, understood, getattr(call.inbound, "text", ""))
    if refusal:
        return refusal, []
    words = f"Nothing was done. What you say would be `/{verb.command}`: {verb.help}"
    now = _before(unit, caller, call, verbs, understood)
    return f"{words}\n\n{now}".strip(), [_action(caller, understood)]


def _refusal(caller: Caller, understood: Understood, text: str) -> str:
    """Why a run that takes one thing is not shown where the words name two: one of them would be lost."""
    raw = understood.raw
    if understood.verb.name != "runbook.run":
        return ""
    try:
        book = wishes.find_book(caller.world, raw.get("runbook", ""), raw.get("service", ""))
        wishes.refuse_several(caller.world, book, text)
    except NotFound:
        return ""  # what is shown says which there are
    except Invalid as error:
        return error.sentence()
    return ""


def doubted(unit: Unit, caller: Caller, said: Words) -> Understanding | None:
    """What words mean of which nobody is sure, so that a language model may be asked what they ask for; None of all others."""
    text = said.text.lstrip()
    if (
        text.startswith("/")
        or quoted.is_only_quoted(text)
        or quoted.wants_to_be_obeyed(text)
        or forbids(text)
    ):
        return None
    meant = meaning.meaning(unit, caller, said)
    return None if meant.is_sure else meant


def remember(unit: Unit, caller: Caller, verbs: Verbs, said: Words, given: Mapping[str, Any]) -> None:
    """Keep what was said and answered in a session, so that the next words can lean on it."""
    verb = verbs.by_name.get(str(given["intent"]))
    if not said.session or verb is None:
        return
    words = meaning.message(unit, caller, said)
    meant = following.heard(unit, caller.world, caller.person, words, verb)
    turns = (Turn("user", meant.text, meant.intent.value, meant.entities), Turn("bot", str(given["answer"])))
    talk.note(unit, caller.world, caller.person, words.place, turns)


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
        case "health.show" if getattr(args, "about", "") == "work":
            _must_read(caller)
        case "wardroom.mine" | "wardroom.next" | "oncall.lately":
            _must_read(caller)
        case "oncall.page" | "oncall.pages":
            caller.token_must("incident.read")


def _must_read(caller: Caller) -> None:
    """A token has to be for incidents and for runs to be answered of both, as far as its person may see them.

    Raises:
        Forbidden: it is not.
    """
    for permission in _OPEN_BOOK:
        if may(caller.person, permission, caller.world.roles):
            caller.token_must(permission)


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


def _action(caller: Caller, understood: Understood) -> dict[str, Any]:
    verb, said = understood.verb, dict(understood.raw)
    if verb.name == "runbook.run":
        try:
            made = make_plan(caller.world, Wish.model_validate(arguments.typed(verb, said).model_dump()))
        except (Invalid, NotFound):
            pass
        else:
            wanted = {"name": made.runbook, "params": made.params, "digest": made.digest}
            return {"intent": verb.name, "arguments": wanted, "command": f"/{verb.command}"}
    return {"intent": verb.name, "arguments": said, "command": f"/{verb.command}"}
