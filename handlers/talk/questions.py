"""Questions in one's own words: what no rule understands is answered by a language model, where there is one."""

from typing import Annotated

from pydantic import Field

from core.conversation.answering import records, units
from core.conversation.answering.inquiry import State
from core.conversation.answering.units import VIEW
from core.errors import Invalid, NotFound
from core.ids import parse_numbered
from core.store.engine import Unit
from core.text import clean
from core.world import World
from handlers.cards import answer as cards
from handlers.cards.card import Card, Who
from handlers.cards.form import Form, FormField
from handlers.verb import NOTHING, Args, Call, OnObject, Reply, Verb

_LONGEST = 1_000
_HELP = "`/wardroom help` shows what I can do."


class Ask(Args):
    """The question; `hint` is what is said to it without a model."""

    question: Annotated[str, Field(min_length=1, max_length=4_000)]
    hint: str = ""


def ask(unit: Unit, call: Call, args: Ask) -> Reply:
    """Have it answered.

    Raises:
        Invalid: no language model is configured, or it is too long.
        TooMany: several questions of this person wait for their answers.
    """
    question = clean(args.question)
    if not call.world.llm_model:
        raise Invalid(args.hint or f"I did not understand “{question[:80]}”. {_HELP}")
    if len(question) > _LONGEST:
        raise Invalid(f"A question has at most {_LONGEST:,} characters.", "Say it shorter.")
    return _asked(unit, call, question, args.hint or _HELP)


def besides(unit: Unit, call: Call, question: str, card: Card) -> Reply:
    """The answer of a model to what no page says, where whoever asks may have one; `card` says that none does."""
    is_asked = bool(call.world.llm_model) and not call.only_looks and call.person.is_human
    if not is_asked or not call.may("ask.question"):
        return Reply(card=card)
    return ask(unit, call, Ask(question=question, hint=card.summary))


def again(unit: Unit, call: Call, args: OnObject) -> Reply:
    """Have the same question answered anew."""
    before = records.get(unit, parse_numbered(args.id, "ASK"))
    if not before.question:
        raise NotFound(f"{before.id} was erased.", "Ask it in other words, or the same.")
    return _asked(unit, call, before.question, before.hint, anew=True)


def stop(unit: Unit, call: Call, args: OnObject) -> Reply:
    """Want no answer any more; the message says so, and what was asked of the model ends."""
    units.stop(unit, parse_numbered(args.id, "ASK"), call.person)
    return NOTHING


def _asked(unit: Unit, call: Call, question: str, hint: str, *, anew: bool = False) -> Reply:
    cache = call.world.llm.cache
    asked = units.Asked(question, hint, call.person, call.key, call.place, cache, anew)
    inquiry = units.ask(unit, asked)
    if inquiry.state is State.ANSWERED:  # before; its card stands further up, where nobody would look for it
        return Reply(card=live(unit, call.world, inquiry.id), ref=inquiry.id)
    return Reply(view=VIEW, ref=inquiry.id)


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    inquiry = records.get(unit, ref)
    person = world.people.get(inquiry.by)
    who = Who(name=person.name if person else inquiry.by, ids=dict(person.accounts) if person else {})
    return cards.card(inquiry, who, unit.now)


def _form(_world: World, known: dict[str, str]) -> Form | None:
    if known.get("question"):
        return None
    field = FormField(name="question", label="What do you want to know?", kind="long", max_length=_LONGEST)
    return Form(title="Ask", verb="ask.question", fields=(field,), submit="Ask")


VERBS = (
    Verb(
        name="ask.question",
        command="ask",
        help="Ask about your systems in your own words.",
        example="/ask which services are unhealthy?",
        args=Ask,
        run=ask,
        rest="question",
        form=_form,
    ),
    Verb(
        name="ask.again",
        command="ask again",
        help="Have the same question answered anew, from what is there now.",
        example="/ask again ASK-1",
        args=OnObject,
        run=again,
        order=("id",),
        permission="ask.question",
    ),
    Verb(
        name="ask.stop",
        command="ask stop",
        help="Stop an answer of yours that is still coming.",
        example="/ask stop ASK-1",
        args=OnObject,
        run=stop,
        order=("id",),
        permission="ask.question",
    ),
)

VIEWS = {VIEW: live}
"""Which card shows an answer."""
