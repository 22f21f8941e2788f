"""What a message means: the intent, what it names, what is missing, and what else it asks for. Pure.

Source: the co-pilot design's intent classifier (2.1): patterns, then a classifier, then entities, references, completeness.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from core.language import clarify, patterns
from core.language.classify import Classifier, classifier
from core.language.clauses import clauses
from core.language.entities import find
from core.language.entity import Entity, EntityType, Names
from core.language.intent import Intent
from core.language.leaning.finder import Finder
from core.language.leaning.frame import frame
from core.language.leaning.orders import ordered
from core.language.leaning.said import Said
from core.language.leaning.turns import Turn
from core.language.moments.span import Facts
from core.language.normalise import decode
from core.language.overheard import is_overheard
from core.language.references import resolve
from core.language.signs import signs, speaks_of_people

DECIDES = 0.75
"""From here on the classifier decides."""
OVERHEARS = 0.85
"""From here on it decides where nobody has spoken to the bot: to answer people who talk to each other is worse than silence."""
ASKS = 0.45
"""From here on, and below DECIDES, whoever spoke is asked which of the best guesses is meant."""
_GUESSES = 4
_NOBODY = Names()


@dataclass(frozen=True)
class Guess:
    """An intent that may be meant, and how likely that is."""

    intent: Intent
    confidence: float


@dataclass(frozen=True)
class Request:
    """Another thing that the same message asks for: what, and in which words."""

    intent: Intent
    text: str


@dataclass(frozen=True)
class Understanding:
    """What a message means.

    `confidence` is the share of such messages of which that is true. `missing` is what has to be asked for, in order.
    `guesses` are the likeliest intents, best first. `others` are further requests of the same message, in order.
    `text` is the piece of the message that asks for this, as it reads. `how` says whether it leans on what was said before:
    `alone`, `answer`, `correction`, `fragment`, `further`, or `order`: what came before says what is asked for with “it”.
    `advised` says that the intent is a second opinion's; `guesses` are the classifier's all the same.
    """

    intent: Intent
    confidence: float
    text: str
    entities: tuple[Entity, ...] = ()
    missing: tuple[EntityType, ...] = ()
    guesses: tuple[Guess, ...] = ()
    others: tuple[Request, ...] = ()
    how: str = "alone"
    advised: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it may be acted upon without asking which of several things is meant."""
        return self.confidence >= DECIDES

    @property
    def is_worth_asking(self) -> bool:
        """Whether it may be asked which of the best guesses is meant: it is likely enough, or surely one of several requests."""
        return self.guesses[0].intent not in _SAID and _is_worth_asking(self.confidence, self.guesses)

    def value(self, *kinds: EntityType) -> str:
        """The first thing of one of these kinds, as text; empty if there is none."""
        return next((str(one.value) for one in self.entities if one.type in kinds), "")


_SAID = frozenset({Intent.NONE, Intent.CLARIFICATION})
Second = Callable[[str, Sequence[Guess]], Guess | None]
"""A second opinion, asked where the classifier is unsure: what it takes the text for, after the guesses; None: it has none.

It answers at once: whoever asks a language model does that before, and gives here what came of it (`opined`)."""


def opined(intent: Intent) -> Second:
    """The second opinion that was asked before, and came to this; it is as good as a classifier that is just sure."""
    return lambda _text, _guesses: Guess(intent, DECIDES)


def understand(  # noqa: PLR0913 - it knows no store and no clock, so all that a meaning hangs on is said
    text: str,
    *,
    now: datetime,
    zone: str = "UTC",
    names: Names = _NOBODY,
    history: Sequence[Turn] = (),
    addressed: bool | None = None,
    llm: Second | None = None,
    facts: Facts | None = None,
) -> Understanding:
    """What `text` means, in some tenths of a millisecond; it never raises, and is all that one needs to use the language room alone.

        from datetime import UTC, datetime
        from core.language.entity import Names
        from core.language.leaning.turns import Turn
        from core.language.understand import understand
        at = datetime(2026, 3, 18, 14, 30, tzinfo=UTC)
        names = Names(services={"checkout": ("cart",), "payments": ()}, environments={"production": ("prod",)})
        meant = understand("p95 of cart in prod, last 2 hours", now=at, names=names)
        meant.intent, meant.confidence, [(one.type, one.value) for one in meant.entities]
        before = (Turn("user", meant.text, meant.intent, meant.entities),)
        then = understand("and payments?", now=at, names=names, history=before)

    Args:
        text: the message as it came, markup included; only its first 4,000 characters are looked at.
        now: the present moment, with a zone; without one it counts as UTC.
        zone: the IANA name of the zone of whoever speaks, for days and clock times; one that nobody knows counts as UTC.
        names: the services, environments, runbooks and so on that are known, with aliases.
        history: what was said before in that thread, or by that person in the channel, oldest first; words lean on what a turn says it meant.
        addressed: whether it was surely said to the bot; None if nobody knows. If it was not, whatever is unsure, or speaks of people, is NONE.
        llm: a second opinion for what is unsure; without one the guesses stand. It may choose an intent, and nothing else.
        facts: when what can be named instead of a time was, as in “since the last deploy”: `deploy`, `incident`, `INC-12`.
    """
    guesses, said, others = _weighed(classifier(), text, names, addressed=addressed)
    best = guesses[0]

    @cache
    def named(intent: str) -> tuple[Entity, ...]:
        return find(said, now=now, zone=zone, names=names, intent=intent, facts=facts)

    heard = Said(said, best.intent.value, named(_open(best)), best.confidence) if history else None
    after = resolve(heard, history, Finder(now, zone, names, facts)) if heard else None
    if after is not None and after.how in _LEANS:
        best = Guess(Intent(after.intent), _LEANING)
    advice = _advice(llm, said, guesses, best) if addressed is not False else None
    intent = _settled(best := advice or best, guesses, addressed=addressed is not False)
    leans = after if after is not None and after.how != "alone" and after.intent == intent else None
    entities = leans.entities if leans else named(intent.value)
    return Understanding(
        intent=intent,
        confidence=best.confidence,
        text=said,
        entities=entities,
        missing=clarify.missing(intent, {one.type for one in entities}),
        guesses=guesses,
        others=_in_full(others, entities) if intent is not Intent.NONE else (),
        how=leans.how if leans else "alone",
        advised=advice is not None,
    )


def _advice(llm: Second | None, said: str, guesses: Sequence[Guess], best: Guess) -> Guess | None:
    return llm(said, guesses) if llm is not None and best.confidence < DECIDES else None


_LEANS = frozenset({"answer", "correction", "fragment", "order"})
_LEANING = 0.9


def _open(best: Guess) -> str:
    """For which intent things are looked for at first: what is between people may still be an answer to the bot."""
    return "" if best.intent is Intent.NONE else best.intent.value


def _settled(best: Guess, guesses: Sequence[Guess], *, addressed: bool) -> Intent:
    if not addressed and (best.confidence < OVERHEARS or best.intent is Intent.CLARIFICATION):
        return Intent.NONE
    return best.intent if _is_worth_asking(best.confidence, guesses) else Intent.HELP


def _is_worth_asking(confidence: float, guesses: Sequence[Guess]) -> bool:
    # “is the latency still so high” is told by figures or by reasons, and surely wants one of them.
    requests = sum(one.confidence for one in guesses if one.intent not in _SAID | {Intent.HELP})
    return confidence >= ASKS or requests >= DECIDES


def as_intent(
    text: str,
    intent: Intent,
    *,
    now: datetime,
    zone: str = "UTC",
    names: Names = _NOBODY,
    facts: Facts | None = None,
) -> Understanding:
    """What `text` means where it is known what it asks for, because somebody was asked and said so."""
    text = decode(text)
    entities = find(text, now=now, zone=zone, names=names, intent=intent.value, facts=facts)
    there = {one.type for one in entities}
    return Understanding(intent, 1.0, text, entities, clarify.missing(intent, there), (Guess(intent, 1.0),))


def _weighed(
    model: Classifier, raw: str, names: Names, *, addressed: bool | None
) -> tuple[tuple[Guess, ...], str, tuple[Request, ...]]:
    """The guesses, the words they are about, and the other requests in the message."""
    text = decode(raw)
    tokens = model.tokens(text, names)
    is_theirs = addressed is False and speaks_of_people(text.casefold())
    if is_theirs or is_overheard(raw, text, tokens, names, addressed=addressed is True):
        return (Guess(Intent.NONE, patterns.SURE),), text, ()
    pieces = clauses(text)
    if len(pieces) == 1:
        return _guesses(model, text, tokens, names), text, ()
    weighed = [(piece, _guesses(model, piece, model.tokens(piece, names), names)) for piece in pieces]
    asked = next((at for at, (_, guesses) in enumerate(weighed) if _asks(guesses[0])), None)
    if asked is None:
        return _guesses(model, text, tokens, names), text, ()
    first, guesses = weighed[asked]
    near = [kind for shape, kind in _IDS.items() if shape in tokens]
    intents = [
        (_further(guesses[0], piece, other[0], near), piece, _asks(other[0]))
        for piece, other in weighed[asked + 1 :]
    ]
    later = tuple(
        Request(intent, piece)
        for intent, piece, is_sure in intents
        if (intent is not guesses[0].intent and guesses[0].intent not in _TOLD)
        or (is_sure and _is_whole(piece))
    )
    # What was told before the request may name what it is about; what is asked for afterwards does not.
    return guesses, text[: text.index(first) + len(first)] if later else text, later


def _is_whole(piece: str) -> bool:
    """Whether a later piece asks or orders by itself, and does not only say more about the first."""
    shape = frame(piece, ())
    return (shape.asks_openly or shape.orders or shape.looks) and not shape.corrects


# What follows “new incident!” or “note for INC-7.” tells of it, unless it asks or orders by itself.
_TOLD = frozenset({Intent.INCIDENT_START, Intent.INCIDENT_UPDATE})
_IDS = {"_inc_": EntityType.INCIDENT_ID, "_exe_": EntityType.EXECUTION_ID}


def _further(first: Guess, piece: str, guess: Guess, near: Sequence[EntityType]) -> Intent:
    """What a later piece asks for, also of “it”; that of the first piece if it asks for nothing else."""
    if _asks(guess):
        return guess.intent
    return Intent(ordered(piece, Turn("user", "", first.intent.value), near) or first.intent)


_IT = re.compile(r"\b(?:it|that|them|this)\b", re.IGNORECASE)
_THINGS = frozenset(
    (
        EntityType.SERVICE,
        EntityType.MODEL,
        EntityType.WORKFLOW,
        EntityType.INCIDENT_ID,
        EntityType.EXECUTION_ID,
    )
)


def _in_full(others: tuple[Request, ...], entities: tuple[Entity, ...]) -> tuple[Request, ...]:
    """Later requests with the name of what the first one is about in the place of “it”, so that each stands alone."""
    things = {str(one.value) for one in entities if one.type in _THINGS}
    if len(things) != 1:
        return others
    name = things.pop()
    return tuple(Request(one.intent, _IT.sub(lambda _: name, one.text, count=1)) for one in others)


def _asks(guess: Guess) -> bool:
    return guess.intent not in _SAID and guess.confidence >= DECIDES


def _guesses(model: Classifier, text: str, tokens: list[str], names: Names) -> tuple[Guess, ...]:
    shares = model.shares(tokens, signs(text, names))
    found = tuple(Guess(intent, share) for intent, share in list(shares.items())[:_GUESSES])
    plain = patterns.match(tokens)
    if plain is None:
        return found
    return (Guess(plain, patterns.SURE), *(one for one in found if one.intent is not plain))
