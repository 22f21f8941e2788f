"""What the bot remembers, and what people do with it: tell it a fact, find again, look at all of it, erase it."""

import re

from core.conversation.learning import records as habits
from core.conversation.learning.habit import Kind
from core.conversation.memory import records, units
from core.conversation.memory.turn import Tier
from core.errors import Forbidden, Invalid, NotFound
from core.language.intent import Intent
from core.people.person import Person
from core.runbooks.wishing import records as wishes
from core.stems import terms
from core.store.engine import Unit
from core.text import message, one_line
from handlers.cards import learning
from handlers.cards import memory as cards
from handlers.cards.card import Card, Code, say
from handlers.talk import pending
from handlers.talk.heard import Raw
from handlers.talk.pending import Order, Wanted
from handlers.talk.remembering import here, mind_of
from handlers.verb import Args, Call, Reply, Verb

_ROOM = 1_500  # tokens of what is shown
_HITS = 5
_MEMORY = "M-"
_DIGITS = 18
_LAST = ("preference", "default")
_EVERY = ("preferences", "defaults")
_ALL = r"me|everything|all|(?:all (?:of )?)?my data|(?:everything|all|what) (?:that )?you (?:know|keep|remember|have)"


class Fact(Args):
    """What is to be remembered."""

    fact: str


class Question(Args):
    """What is looked for."""

    question: str


class Page(Args):
    """Which page, from 1."""

    page: int = 1


class Which(Args):
    """`me`, the id of one thing, what a fact is `about`, or whose `preference`; `sure` after the question; `value` from a menu."""

    what: str = ""
    about: str = ""
    preference: str = ""
    sure: str = ""
    value: str = ""


def remember(unit: Unit, call: Call, args: Fact) -> Reply:
    """Keep a fact until it is erased; it is recalled where it was told."""
    kept = units.learn(unit, mind_of(call.world), here(_mine(call)), args.fact)
    blanked = (
        ""
        if kept.text == message(args.fact)
        else f" without what looks like a secret in it: “{kept.text}”. If it is one, change it: it has been in a chat"
    )
    return Reply(
        card=say(
            f"I remember that, here{blanked}. ",
            Code(text=f"/wardroom forget {_MEMORY}{kept.id}"),
            " erases it.",
        )
    )


def recall(unit: Unit, call: Call, args: Question) -> Reply:
    """What was said here that has to do with this."""
    question = message(args.question)
    found = units.recall(unit, mind_of(call.world), here(_mine(call)), question, _ROOM)[:_HITS]
    hits = [cards.Hit(one.said.id, one.said.speaker, one.said.at, one.said.text) for one in found]
    return Reply(card=cards.found(question, hits))


def show(unit: Unit, call: Call, args: Page) -> Reply:
    """Everything that is kept about oneself."""
    return Reply(card=_page(unit, _mine(call), args.page))


def forget(unit: Unit, call: Call, args: Which) -> Reply:
    """Erase one thing, or all of it after asking once."""
    what = (args.value or args.what).strip()
    person = _mine(call).person
    if args.about:
        return _asked_which(unit, call, args.about)
    if args.preference:
        return _unpreferred(unit, call, args.preference.lower())
    if re.fullmatch(_ALL, what, re.IGNORECASE):
        count = len(_rows(unit, person.id))
        if args.sure.lower() not in ("yes", "sure"):
            _ask(unit, call, {"what": "me", "sure": "yes"})
            return Reply(card=cards.sure(count))
        units.forget(unit, person)
        wishes.forget(unit, person.id, unit.now)
        things = "1 thing is" if count == 1 else f"{count} things are"
        return Reply(card=say(f"Done: {things} erased. {cards.STAYS}", tone="good"))
    if not what:
        raise Invalid(
            "What shall I forget?", "`/wardroom forget me`, or one thing: `/wardroom memory` shows them."
        )
    _erase(unit, person, what)
    return Reply(card=_page(unit, call, 1))


def _ask(unit: Unit, call: Call, order: Raw) -> None:
    """A typed yes does it, as the button does."""
    words = getattr(call.inbound, "text", "") or "forget me"
    pending.keep(unit, call, Wanted(words, Intent.CLARIFICATION), "sure", Order(cards.FORGET, order))


def _asked_which(unit: Unit, call: Call, about: str) -> Reply:
    """The fact of one's own that is about this, before it goes.

    Raises:
        NotFound: there is none.
    """
    wanted = set(terms(about))
    facts = records.of_person(unit, call.person.id, (Tier.FACT,))
    found = [one for one in facts if wanted and wanted <= set(terms(one.text))]
    if not found:
        raise NotFound(
            f"I keep no fact of yours about “{one_line(about, 60)}”.",
            "`/wardroom memory` shows what there is.",
        )
    if len(found) == 1:
        _ask(unit, call, {"what": f"{_MEMORY}{found[0].id}"})
    return Reply(card=cards.which_fact([(f"{_MEMORY}{one.id}", one.text) for one in found[:_HITS]]))


def _unpreferred(unit: Unit, call: Call, named: str) -> Reply:
    """What one prefers is forgotten: what is named, all of it, or what was said last.

    Raises:
        NotFound: there is nothing of that.
    """
    kept = habits.find(unit, call.person.id, (Kind.PREFERENCE,))
    found = [one for one in kept if named in _LAST + _EVERY or named in (one.key, one.value)]
    if not found:
        raise NotFound("I keep no such preference of yours.", "`/wardroom memory` shows what there is.")
    gone = found if named in _EVERY else found[-1:]
    habits.erase(unit, call.person.id, [one.id for one in gone])
    return Reply(card=say(f"Forgotten: {'; '.join(learning.words(one) for one in gone)}", tone="good"))


def _erase(unit: Unit, person: Person, what: str) -> None:
    """One thing, by the id that its page shows."""
    name = what.upper()
    prefix = learning.PREFIX if name.startswith(learning.PREFIX) else _MEMORY
    number = name.removeprefix(prefix)
    if not number.isdecimal() or len(number) > _DIGITS:
        raise NotFound(
            f"I keep nothing with the id “{what[:40]}”.", "`/wardroom memory` shows what there is."
        )
    if prefix == _MEMORY:
        units.erase(unit, person, int(number))
    elif not habits.erase(unit, person.id, [int(number)]):
        raise NotFound("There is no such thing in what I keep about you.", "`/wardroom memory` shows it.")


def _page(unit: Unit, call: Call, number: int) -> Card:
    rules = call.world.memory
    return cards.page(
        _rows(unit, call.person.id), number, cards.Rules(rules.turns.days, rules.summaries.days)
    )


def _rows(unit: Unit, person: str) -> list[cards.Row]:
    """Everything that is kept about somebody, newest first."""
    rows = [
        cards.Row(f"{_MEMORY}{row.id}", cards.kind(row.tier), row.at, row.text)
        for row in records.of_person(unit, person)
    ]
    rows += [
        cards.Row(f"{learning.PREFIX}{one.id}", learning.what(one), one.at, learning.words(one))
        for one in habits.find(unit, person)
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _mine(call: Call) -> Call:
    if not call.person.is_human:
        raise Forbidden("I remember what people say, and nothing of programs.", "Ask as a person.")
    return call


# What a sentence has that tells a fact.
_SAYS = r"is|are|has|have|was|were|lives?|runs?|starts?|begins?|ends?|needs?|likes?|means?|owns?"
_SAID = r"(?:what did (?:i|we|you) (?:say|tell you) about|do you remember|what do you remember (?:about|of))"

VERBS = (
    Verb(
        name="wardroom.memory",
        private=True,
        command="wardroom memory",
        help="Show everything that I keep about you, with a way to erase each thing.",
        example="/wardroom memory",
        args=Page,
        run=show,
        order=("page",),
        reads=True,
        permission="",
        when_named=True,
        patterns=(r"what do you (?:know|remember|keep) about me[?.!]*",),
    ),
    Verb(
        name="wardroom.remember",
        private=True,
        command="wardroom remember",
        help="Tell me a fact to remember here.",
        example="/wardroom remember the replica of orders is in Frankfurt",
        args=Fact,
        run=remember,
        rest="fact",
        permission="",
        when_named=True,
        patterns=(
            r"(?:please )?remember that (?P<fact>\S.*)",
            rf"(?:please )?remember[:,]? (?P<fact>(?!that\b|to\b|me\b|when\b|what\b|how\b|it\b|this\b)\S.* (?:{_SAYS}) \S.*)",
        ),
    ),
    Verb(
        name="wardroom.recall",
        private=True,
        command="wardroom recall",
        help="Find what was said to me here, or by me.",
        example="/wardroom recall where is the replica of orders?",
        args=Question,
        run=recall,
        rest="question",
        reads=True,
        permission="",
        when_named=True,
        patterns=(rf"{_SAID} (?P<question>\S.*)",),
    ),
    Verb(
        name=cards.FORGET,
        private=True,
        command="wardroom forget",
        help="Erase everything that I keep about you (I ask once more), or one thing of it.",
        example="/wardroom forget me",
        args=Which,
        run=forget,
        order=("what", "sure"),
        permission="",
        when_named=True,
        patterns=(
            rf"(?:please )?forget (?P<what>{_ALL})(?: (?:about|of|on) me)?[.!]*",
            r"(?:please )?(?:delete|erase|remove) (?P<what>(?:all (?:of )?)?my data)[.!]*",
            r"(?:please )?(?:forget|drop|remove|delete|clear|erase) (?:all )?(?:of )?(?:my |the )?(?P<preference>preferences|defaults)[.!]*",
            r"(?:please )?forget (?:(?:the|my|that) )?fact (?:about|on|of|that) (?P<about>\S.*?)[.!]*",
            r"(?:please )?(?:forget|drop|remove|delete|clear) (?:my |the |that |this )?(?:last )?(?P<preference>preference|default)[.!]*",
            r"(?:please )?(?:forget|drop|remove|delete|clear) (?:my |the )?(?P<preference>[\w.-]+) (?:preference|default)[.!]*",
            rf"(?:please )?forget that (?P<about>\S.* (?:{_SAYS}) .*?)[.!]*",
        ),
    ),
)
