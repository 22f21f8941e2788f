"""What runs ask people and tell them: the cards that stay current, and how one answers."""

from collections.abc import Mapping

from core.errors import Forbidden, Invalid, NotFound
from core.ids import parse_numbered
from core.runbooks.asking import records
from core.runbooks.asking import units as asking
from core.runbooks.asking.records import Asked
from core.runbooks.question import values_of
from core.runbooks.telling import records as notes
from core.runbooks.telling import units as telling
from core.source import suggestion
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.caller import Caller
from handlers.cards import question as cards
from handlers.cards.card import Card, say
from handlers.cards.form import Form
from handlers.verb import Call, OnObject, Reply, Verb

_LOOKS = "runbook.status"


class Answers(OnObject):
    """Which question; the number of a choice, or what is written into its fields, in their order."""

    choice: int = 0
    a1: str = ""
    a2: str = ""
    a3: str = ""
    a4: str = ""
    a5: str = ""


def reply(unit: Unit, call: Call, args: Answers) -> Reply:
    """Answer what a run asks."""
    asked = records.get(unit, _id(args.id))
    asked = asking.answer(unit, call.world, asked.id, call.person, _given(asked, args))
    left = asked.question.answers - len(asked.answers)
    wanted = "1 more answer is" if left == 1 else f"{left} more answers are"
    more = f" {wanted} wanted." if asked.state == "OPEN" else f" {asked.execution} goes on."
    return Reply(card=say(f"Noted, thank you: {asked.id}.{more}"))


def looked_at(unit: Unit, caller: Caller, question_id: str) -> Asked:
    """A question, for who is asked and for who may look at runs.

    Raises:
        NotFound: there is none, or it is not theirs to see.
        Forbidden: the token was made for something else.
    """
    asked = records.get(unit, question_id)
    if caller.person.id in asked.people:
        caller.token_must(cards.VERB, _LOOKS)
        return asked
    try:
        caller.must(_LOOKS)
    except Forbidden:
        raise NotFound(f"There is no question {question_id} for you.", "A run names what it asks.") from None
    return asked


def answered(unit: Unit, caller: Caller, question_id: str, given: Mapping[str, str]) -> Asked:
    """Answer a question by a program, in the name of whoever is asked. The same answer again changes nothing.

    Raises:
        NotFound: there is none, or it is not theirs to see.
        Forbidden: others are asked, or the token was made for something else.
        Conflict: it is over.
        Invalid: an answer is missing or is of the wrong kind, or nothing of that name is asked.
    """
    asked = looked_at(unit, caller, question_id)
    caller.token_must(cards.VERB)
    names = [item.name for item in asked.question.items]
    for name in given:
        if name not in names:
            raise Invalid(f"{asked.id} asks nothing called “{one_line(name, 40)}”.", suggestion(name, names))
    values = values_of(asked.question, given)
    if any(one.person == caller.person.id and one.values == values for one in asked.answers):
        return asked
    return asking.answer(unit, caller.world, asked.id, caller.person, given)


def question(unit: Unit, world: World, ref: str) -> Card:
    """A question as it stands now."""
    return cards.card(world, records.get(unit, ref))


def note(unit: Unit, world: World, ref: str) -> Card:
    """What a run told."""
    return cards.note_card(world, notes.get(unit, ref))


def _form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    del world
    if known.get("choice") or known.get("a1"):
        return None
    asked = records.get(unit, _id(known.get("id", "")))
    return cards.form(asked) if asked.state == "OPEN" else None


def _given(asked: Asked, args: Answers) -> dict[str, str]:
    if not args.choice:
        written = (args.a1, args.a2, args.a3, args.a4, args.a5)
        return {item.name: text for item, text in zip(asked.question.items, written, strict=False)}
    choices = asked.question.buttons
    if not 0 < args.choice <= len(choices):
        raise Invalid(f"{asked.id} has no choice {args.choice}.", "Press one of its buttons.")
    return {asked.question.items[0].name: choices[args.choice - 1]}


def _id(text: str) -> str:
    return parse_numbered(text, asking.PREFIX)


VERBS = (
    Verb(
        name=cards.VERB,
        command="runbook reply",
        help="Answer what a run asks you.",
        example="/runbook reply ASK-1 version 1.4.2",
        args=Answers,
        run=reply,
        order=("id",),
        rest="a1",
        looks=_form,
        form_on="always",
        permission="",
    ),
)

VIEWS = {asking.VIEW: question, telling.VIEW: note}
