"""Words of a program, answered as far as they only look; what would change something is shown, and not done."""

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, Field

from core.errors import Forbidden, Invalid, NotFound
from core.ids import new_id, parse_numbered
from core.oncall import moments
from core.people.permissions import may
from core.place import Actor, Place
from core.store.engine import Unit
from handlers import arguments
from handlers.caller import Caller
from handlers.cards.words import words as plain
from handlers.inbound import Message
from handlers.pipeline import Understood, Verbs, understand
from handlers.programs import seen
from handlers.verb import Args, Call, Verb
from handlers.wishes import Wish, make_plan

# Which verb shows what another one would change.
_SHOWN_BY: Mapping[str, str] = {
    "runbook.run": "runbook.plan",
    "runbook.cancel": "runbook.status",
    **dict.fromkeys(
        ("runbook.answer", "runbook.pause", "runbook.resume", "runbook.retry", "runbook.rollback"),
        "runbook.status",
    ),
    **dict.fromkeys(
        ("approval.approve", "approval.reject", "approval.abstain", "approval.withdraw", "approval.change"),
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


class Words(Args):
    """What is said to the bot; `now` asks for the answer as of then."""

    text: str = Field(min_length=1, max_length=2_000)
    session: str = Field(default="", max_length=64)
    now: AwareDatetime | None = None


def answer(unit: Unit, caller: Caller, verbs: Verbs, said: Words) -> dict[str, Any]:
    """What was understood, and the answer to it. Nothing is changed, whatever was said.

    `confidence` is 1 where the words are a command or a sentence that is known, and 0 where they are neither:
    nothing between is guessed.

    Raises:
        Forbidden: the person or the token may not look at this.
        Invalid: `now` is too far away.
    """
    if said.now is not None:
        unit.now = moments.within(said.now)
    message = Message(
        key=f"ask:{new_id(unit.now)}",
        actor=Actor(platform="api", user=caller.person.id, name=caller.person.name),
        place=Place(platform="api", channel="ask", thread=said.session or None, direct=True),
        text=said.text,
        addressed=True,
    )
    try:
        understood = understand(caller.world, verbs, message)
    except (Invalid, NotFound) as error:
        return _told("none", 0.0, {}, error.sentence())
    if understood is None:
        return _told("none", 0.0, {}, "I did not understand that. Say “help”.")
    call = Call(inbound=message, person=caller.person, world=caller.world)
    verb, raw = understood.verb, understood.raw
    if verb.reads:
        return _told(verb.name, 1.0, raw, _look(unit, caller, call, understood))
    _admit(caller, verb)
    words = f"Nothing was done. What you say would be `/{verb.command}`: {verb.help}"
    before = _before(unit, caller, call, verbs, understood)
    return _told(verb.name, 1.0, raw, f"{words}\n\n{before}".strip(), _action(caller, understood))


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
    }
