"""“How do I …?”, answered from the documentation, the commands, and what whoever asks may do."""

import re
from dataclasses import dataclass
from functools import cache

from core.incidents.rooms import units as rooms
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.understand import Understanding
from core.people.permissions import may
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.cards import howto as cards
from handlers.manual.finding import Command, Found, Manual
from handlers.manual.pages import Passage
from handlers.talk import heard, questions
from handlers.talk.grasp import HOW
from handlers.verb import Args, Call, Reply, Verb

_COMMANDS = 3
_NAMED = 5
_PAGES = 2
_LONG = 25  # words; who says more tells something
# What is worth being said beside the best answer, as a share of how well that fits.
_BESIDE = 0.8
_TOLD = 0.7
# A command that one may use goes before one that fits a little better.
_MINE = 0.05
# Who asks what something is wants to read; who asks how it is done wants to do it.
_READS = re.compile(
    r"\W*(?:what(?:'s|’s)? (?:is|are|does|happens|do)\b|how (?:does|do|is|are|long|often|many)\b(?! (?:i|we|you|one|people)\b)|why|when|explain|who|can (?:a|an|the|two)\b)",
    re.IGNORECASE,
)
_READING = 0.06
_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok|hey|hi|please)\W+)?(?:what|how|why|when|where|who|which|can|could|may|must|should|is|are|do|does|will|explain|describe)\b"
    r"|\b(?:how (?:do|can|could|should|to) (?:i|we|you|one)|(?:know|explain|show me|tell me|understand) how|what (?:can|should|do) (?:i|we) do)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:how (?:do|can|could|should|to|does)|what happens|may|can|could|should)\b", re.IGNORECASE
)
# “Why did it fail?” is about what was spoken of.
_OF_IT = re.compile(
    r"\W*(?:(?:so|and|but) )?(?:why|when|who|where) (?:did|is|was|has|have) (?:it|this|that|they)\b",
    re.IGNORECASE,
)
_THINGS = frozenset((EntityType.SERVICE, EntityType.INCIDENT_ID, EntityType.EXECUTION_ID))
_LOOKED_AT = frozenset(
    (Intent.STATUS_QUERY, Intent.LOG_QUERY, Intent.METRIC_QUERY, Intent.EXPLAIN, Intent.WORKFLOW_STATUS)
)
_WHEN = re.compile(
    r"\b(?:for |in |until |since )?(?:\d+ ?(?:m|h|d|min|minutes?|hours?|days?|weeks?)|today|tomorrow|(?:next|this) week)\b",
    re.IGNORECASE,
)
_SENTENCES = (
    r"(?P<question>how (?:do|can|could|would|should|may|might|must) (?:i|we|you|one|people|somebody) \S.*)",
    r"(?P<question>how (?:to|does one) \S.*)",
    r"(?P<question>where (?:do|can) (?:i|we) (?:set|find|see|change|configure|say|enter|look|write|put|get) .*)",
    r"(?:(?:i|we) (?:want|need|would like) to know|can you explain|tell me|show me|explain(?: to me)?) (?P<question>how (?:to|i can|we can|i|we) \S.*)",
    r"(?:is there (?:a |any )?(?:way|command|possibility)|is it possible|which command is|what(?:'s| is) the (?:command|way|best way)|what do i (?:have|need) to (?:type|say|do)) (?P<question>(?:to|for) \S.*)",
    r".{1,200}?[,;.:!] (?:so )?(?P<question>how (?:do|can|could|would|should) (?:i|we) \S.*)",
    r"(?P<question>what happens (?:when|if|after|to) \S.*)",
    r"(?P<question>(?:i(?: am|'m)|[a-z]+ is) (?:sick|ill|away|off|on vacation|on holiday|on leave|out of office|out)\b.*)",
    r"(?P<question>(?:please )?(?:put|get) [@\w.-]+ on[ -]?call\b.*)",
    r"(?P<question>(?:please )?(?:(?:do not|don't|never) )?(?:page|call|wake|notify|bother) me\b(?: (?:by|via|at|on|when|if|only|in|with|during|before|after|over|up)\b.*)?[.!]*)",
    r"(?P<question>(?:please )?(?:can i have|can i get|request|i need|we need|i want|get me|ask for) (?:an |the |some )?(?:approval|sign-?off)\b.*)",
    r"(?P<who>who) (?:can|may|is allowed to|is able to|has (?:the )?(?:right|permission) to) (?P<question>(?!see\b)\S.*)",
    r"(?:why (?:can'?t|can ?not|may) (?:i|we)(?: not)?) (?P<question>(?!see\b)\S.*)",
    r"help (?:me|us) (?:to )?(?P<question>(?:set up|write|make|create|configure|understand|connect|install) \S.*)",
)  # fmt: skip
# These answer or lead on by themselves, and explain nothing that one could want to do.
_NOT_SAID = frozenset(
    {
        "wardroom.chat",
        "ask.meaning",
        "ask.choose",
        "ask.again",
        "ask.stop",
        "runbook.tell",
        "wardroom.noticed",
    }
)


_EVERYBODY = "everybody who is known here, and where certain people are asked, these alone"
# The incident that examples name; in the thread of one they name that.
_SOME_INCIDENT, _ANOTHER = "INC-1", "INC-2"


class Question(Args):
    """What somebody wants to know how to do; `who`: they ask who may do it."""

    question: str
    who: str = ""


@dataclass(frozen=True)
class Answers:
    """What is said: commands, and a passage, one of which leads; and passages where to read on."""

    commands: tuple[Verb, ...]
    told: Passage | None
    leads: bool
    more: tuple[Passage, ...]


def howto_verbs(all_verbs: tuple[Verb, ...]) -> tuple[Verb, ...]:
    """The verb that says how the others are used."""
    by_command = {verb.command: verb for verb in all_verbs if verb.name not in _NOT_SAID}

    @cache
    def manual() -> Manual:
        return Manual(Command(verb.command, verb.help, verb.example) for verb in by_command.values())

    def answer(unit: Unit, call: Call, args: Question) -> Reply:
        question = message(args.question)
        reads = _READS.match(question) is not None
        found = _chosen(call, by_command, manual().find(_without_names(call.world, question)), reads=reads)
        return _answered(unit, call, args, found)

    def hears(world: World, meant: Understanding) -> dict[str, str] | None:
        if meant.intent is Intent.HELP and meant.is_sure:
            return heard.how(world, meant)
        if _is_of_one(meant):
            return None
        if meant.intent is Intent.CLARIFICATION or len(meant.text.split()) > _LONG:
            return None
        said = _without_names(world, meant.text, kinds=False)
        asked, defined = _ASKS.search(meant.text) is not None, _READS.match(meant.text) is not None
        is_known = manual().is_about(said, asked=asked, defined=defined)
        return {"question": meant.text} if is_known else None

    return (
        Verb(
            name=HOW,
            command="wardroom how",
            help="Answer how something is done here: from the documentation, and from what you may do.",
            example="/wardroom how do I silence an alert?",
            args=Question,
            run=answer,
            rest="question",
            intents=(Intent.HELP,),
            hears=hears,
            reads=True,
            permission="",
            when_named=True,
            patterns=_SENTENCES,
        ),
    )


def _answered(unit: Unit, call: Call, args: Question, found: Answers) -> Reply:
    """What was found, as whoever asks may do it; what no page says may be a question for a model."""
    here = rooms.about(unit, call.place) or _SOME_INCIDENT
    best = found.commands[:1] if args.who else found.commands
    question = message(args.question)
    shown = tuple(_shown(call, verb, here, is_asked=bool(args.who)) for verb in best)
    card = cards.answer(
        question, shown, cards.Told(found.told, found.more, leads=found.leads), call.world.public_url
    )
    is_known = bool(shown) or found.told is not None
    return Reply(card=card) if is_known else questions.besides(unit, call, question, card)


def _is_of_one(meant: Understanding) -> bool:
    """Whether a thing that is known, or was spoken of, is asked about as it is now: no page says that."""
    if _HOW.search(meant.text):
        return False
    named = any(one.type in _THINGS and one.text for one in meant.entities)
    return (named and meant.intent in _LOOKED_AT) or _OF_IT.match(meant.text) is not None


def _without_names(world: World, question: str, *, kinds: bool = True) -> str:
    """The question with what something is in the place of its name, or nothing, and without times: no page speaks of one's own."""
    names = world.names
    sorts = ((names.runbooks, "runbook"), (names.services, "service"), (names.people, "somebody"))
    known = {
        word.casefold(): kind
        for named, kind in sorts
        for name, others in named.items()
        for word in (name, *others)
    }
    question = _WHEN.sub(" ", question)
    several = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    if not several:
        return question
    return re.sub(
        rf"(?<![\w-])(?:{several})(?![\w-])",
        lambda one: known[one[0].casefold()] if kinds else " ",
        question,
        flags=re.IGNORECASE,
    )


def _chosen(call: Call, by_command: dict[str, Verb], found: list[Found], *, reads: bool) -> Answers:
    commands = [(by_command[one.what.words], one.score) for one in found if isinstance(one.what, Command)]
    passages = [(one.what, one.score) for one in found if isinstance(one.what, Passage)]
    mine = [(verb, score + _MINE * _may(call, verb)) for verb, score in commands]
    mine.sort(key=lambda one: -one[1])
    best_command = mine[0][1] - _MINE if mine else 0.0
    best_passage = passages[0][1] + (_READING if reads else 0.0) if passages else 0.0
    best = max(best_command, best_passage)
    said = tuple(verb for verb, score in mine[:_COMMANDS] if score - _MINE >= _BESIDE * best)
    told = passages[0][0] if passages and best_passage >= _TOLD * best else None
    pages = {one.page: one for one, _ in reversed(passages)}
    more = tuple(one for one, _ in passages if pages[one.page] is one)[:_PAGES]
    return Answers(said, told, best_passage > best_command, more)


def _may(call: Call, verb: Verb) -> bool:
    return may(call.person, verb.needs(), call.world.roles)


def _shown(call: Call, verb: Verb, incident: str, *, is_asked: bool = False) -> cards.Shown:
    example = verb.example if _ANOTHER in verb.example else verb.example.replace(_SOME_INCIDENT, incident)
    if is_asked:
        able = _who_may(call.world, verb.needs()) if verb.needs() else _EVERYBODY
        return cards.Shown(example, verb.help, verb.needs(), able, is_asked=True)
    if _may(call, verb):
        return cards.Shown(example, verb.help)
    return cards.Shown(example, verb.help, verb.needs(), _who_may(call.world, verb.needs()))


def _who_may(world: World, needs: str) -> str:
    able = [one.name for one in world.people.values() if one.is_human and may(one, needs, world.roles)]
    if len(able) > _NAMED:
        return f"{', '.join(able[:_NAMED])} and {len(able) - _NAMED} others"
    return ", ".join(able)
