"""What words mean for runbooks: which one is meant, what it is told, and what has to be asked next. Pure.

Source: the co-pilot design's workflows from language (3.4): a template with parameters; what is missing is asked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import process

from core.catalogue.names import plain, resolve
from core.errors import Invalid
from core.language.leaning.choosing import chosen
from core.language.numbers import SMALL
from core.runbooks.definition import Param, Runbook
from core.runbooks.params import Names, value_of
from core.text import one_line

MOST = 5
"""Of so many runbooks one is chosen by a button."""
_ALIKE = 70
_LONGEST = 80
_POLITE = (
    r"(?:(?:please|pls|kindly|hey|can|could|would|you|we|i|want|to|need|let's|lets|run|start|the|a)\s+)*"
)
_FIRST = re.compile(rf"{_POLITE}(?P<word>[\w-]+)", re.IGNORECASE)
_CORRECTS = re.compile(
    r"(?:no|nope|not that|actually|sorry|wait|rather|correction)\b[\s,:;.!-]*"
    r"(?:(?:i\s+mean[t]?|i\s+want(?:ed)?|make\s+it|use|but|rather|it\s+is|it's)\s+)?|i\s+meant\s+",
    re.IGNORECASE,
)
_GIVES_UP = re.compile(r"(?:cancel|never\s?mind|forget\s+it|stop|abort|nothing)\s*[.!]*", re.IGNORECASE)
_PAIR = re.compile(r"""([A-Za-z_]\w*)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s,]+))""")
_VERSION = r"v?\d+(?:\.\d+)+[\w.+-]*|latest|previous|[0-9a-f]{7,40}"
_NOT_MEANT = re.compile(r"\bnot\s+(?:(?:the|in|on|for)\s+)?[\w.-]+\s*(?:[,;:]|but\b|$)", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "it",
        "is",
        "in",
        "on",
        "at",
        "to",
        "for",
        "of",
        "with",
        "by",
        "from",
        "and",
        "please",
        "now",
        "then",
        "me",
        "us",
        "you",
        "once",
        "today",
        "sure",
    ]
)
_WHERE, _WHAT = frozenset({"in", "on", "at"}), frozenset({"for", "of"})


@dataclass(frozen=True)
class Question:
    """What has to be known next: a parameter, what can be chosen, and why the last answer was not taken."""

    param: str
    label: str
    options: tuple[str, ...] = ()
    problem: str = ""


def candidates(books: Mapping[str, Runbook], words: str) -> list[Runbook]:
    """The runbooks that are meant by a name, or by a word or two of it."""
    wanted = "-".join(words.strip().casefold().split())
    if wanted in books:
        return [books[wanted]]
    joined = wanted.replace("-", "")
    return [
        book
        for name, book in books.items()
        if wanted in name.split("-") or joined in name.split("-") or name.startswith(f"{wanted}-")
    ]


def alike(books: Mapping[str, Runbook], words: str) -> list[Runbook]:
    """The runbooks whose names are spelt most like these words, the nearest first."""
    wanted = "-".join(words.strip().casefold().split())[:_LONGEST]
    found = process.extract(wanted, list(books), limit=MOST, score_cutoff=_ALIKE)
    return [books[name] for name, _, _ in found]


def matching(books: Mapping[str, Runbook], text: str) -> list[Runbook]:
    """The runbooks that a sentence is about: it has every word of their name, or begins with one of them."""
    first = _FIRST.match(text)
    begins = plain(first["word"]) if first else ""
    whole = [book for book in books.values() if is_named(book, text)]
    if whole:
        most = max(len(book.name.split("-")) for book in whole)
        return [book for book in whole if len(book.name.split("-")) == most]
    return [book for name, book in books.items() if begins in name.split("-") and begins not in _SMALL]


def is_named(book: Runbook, text: str) -> bool:
    """Whether a sentence has the name of a runbook, every word of it, or words that its file says mean it."""
    if any(trigger.chat and _has(text, trigger.chat) for trigger in book.triggers):
        return True
    said = {plain(word) for word in re.findall(r"[\w-]+", text)}
    return book.name in said or set(book.name.split("-")) <= said


def _has(text: str, phrase: str) -> bool:
    wanted, said = plain(phrase), plain(text.strip(" .!?"))
    return bool(wanted) and f"-{wanted}-" in f"-{said}-"


def question(book: Runbook, given: Mapping[str, str], names: Names) -> Question | None:
    """The first parameter that is wrong or missing; None if everything is there."""
    for name, param in book.params.items():
        value, problem = given.get(name), ""
        if value:
            try:
                value_of(param, name, value, names)
                continue
            except Invalid as error:
                problem = error.sentence()
        elif not param.required or param.default is not None:
            continue
        label = one_line(param.description, 60) or name.replace("_", " ").capitalize()
        return Question(name, label, options(param, names), problem)
    return None


def options(param: Param, names: Names) -> tuple[str, ...]:
    """What can be chosen for a parameter; nothing where any text or number will do."""
    match param.type:
        case "service":
            return tuple(names.services)
        case "environment":
            return tuple(names.environments)
        case "boolean":
            return ("true", "false")
    return param.choices


def corrects(text: str) -> bool:
    """Whether words take back what was said before: “no, in staging”."""
    return _CORRECTS.match(text) is not None


def gives_up(text: str) -> bool:
    """Whether words say that nothing should be done after all."""
    return _GIVES_UP.fullmatch(_CORRECTS.sub("", text.strip(), count=1)) is not None


def read(text: str, book: Runbook, names: Names, asked: str = "") -> dict[str, str]:
    """What a sentence, an answer or a correction says about the parameters of a runbook.

    Pairs, then names of the catalogue and choices, then a number where only one is wanted. Where nothing else was
    understood, the words are the answer to what was `asked`. A name that nobody has is kept as it is, so that
    whoever said it is told the nearest.
    """
    rest = _CORRECTS.sub("", text.strip(), count=1) if corrects(text) else text.strip()
    rest = (_NOT_MEANT.sub(" ", rest).strip(" ,;") or rest).rstrip(" .!?")
    found: dict[str, str] = {}
    for match in _PAIR.finditer(rest):
        if match[1] in book.params:
            found[match[1]] = next(value for value in match.groups()[1:] if value is not None)
    words = re.findall(r"[\w.-]+", _PAIR.sub(" ", rest))
    for name, value in _named(words, book, names):
        found.setdefault(name, value)
    if asked and not found and rest:
        found[asked] = _answered(rest, asked, book.params[asked], names)
    return found


def _answered(said: str, asked: str, param: Param, names: Names) -> str:
    """The answer in these words: a choice by its place, a number or what fits with words around it, or else all of them."""
    choice = chosen(said, options(param, names))
    if choice is not None:
        return choice.text
    if param.type in ("integer", "number") and len(said.split()) > 1:
        figures = [
            word for word in re.findall(r"-?[\w.]+", said) if _NUMBER.fullmatch(word) or word.lower() in SMALL
        ]
        if len(figures) == 1:
            return str(SMALL.get(figures[0].lower(), figures[0]))
    pattern = param.pattern or (_VERSION if param.type == "string" and "version" in asked else "")
    fitting = [
        word
        for word in re.findall(r"[\w.:/+-]+", said)
        if pattern and re.fullmatch(pattern, word.strip(".:"))
    ]
    return fitting[0].strip(".:") if len(fitting) == 1 else said


def _named(words: list[str], book: Runbook, names: Names) -> Iterator[tuple[str, str]]:
    place = 0
    before = ""
    while place < len(words):
        taken = 1
        for length in (3, 2, 1):
            span = " ".join(words[place : place + length])
            hit = _meant(span, book, names)
            if hit is not None and place + length <= len(words):
                yield hit, span
                taken = length
                break
        else:
            unknown = _unknown(words[place], before, book)
            if unknown is not None:
                yield unknown, words[place]
        before = words[place + taken - 1].casefold()
        place += taken


def _meant(span: str, book: Runbook, names: Names) -> str | None:
    """The parameter of which these words are a value that exists."""
    for name, param in book.params.items():
        if _is_one(span, param, names):
            return name
    numbers = [name for name, param in book.params.items() if param.type in ("integer", "number")]
    return numbers[0] if len(numbers) == 1 and _NUMBER.fullmatch(span) else None


def _is_one(span: str, param: Param, names: Names) -> bool:
    try:
        match param.type:
            case "service":
                return resolve(span, names.services).name != ""
            case "environment":
                return resolve(span, names.environments).name != ""
    except Invalid:
        return False
    return any(plain(choice) == plain(span) for choice in param.choices)


def _unknown(word: str, before: str, book: Runbook) -> str | None:
    """The parameter for which a name stands that nobody has: “in stagng”."""
    if word.casefold() in _SMALL:
        return None
    wanted = "environment" if before in _WHERE else "service" if before in _WHAT else ""
    return next((name for name, param in book.params.items() if param.type == wanted), None)
