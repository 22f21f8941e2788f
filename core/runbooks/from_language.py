"""What words mean for runbooks: which one is meant, and what has to be asked next. Pure.

Source: the co-pilot design's workflows from language (3.4): a template with parameters; what is missing is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import process

from core.catalogue.names import plain
from core.errors import Invalid
from core.runbooks import worded
from core.runbooks.definition import Param, Runbook
from core.runbooks.params import Names, value_of
from core.runbooks.secrecy import MASK
from core.text import one_line

MOST = 5
"""Of so many runbooks one is chosen by a button."""
_ALIKE = 70
_LONGEST = 80
_POLITE = (
    r"(?:(?:please|pls|kindly|hey|can|could|would|you|we|i|want|to|need|let's|lets|run|start|the|a)\s+)*"
)
_FIRST = re.compile(rf"{_POLITE}(?P<word>[\w-]+)", re.IGNORECASE)
_WANTED = (
    r"\b(?:run|start|do|begin|kick\s?off|trigger|execute|launch|make|redo|repeat|retry|try|use|want|need|(?:what|how)\s+about(?=\s+an?(?:other)?\s))\s+"
    r"(?:(?:a|an|the|this|that|another|our|new|next)\s+){0,2}"
)
_TOLD_OF = r"(?:\b(?:an?|the|this|that|our|my|your|his|her|their|no|every|bad|broken|failed|wrong|last|latest|recent|previous|first|second)|['’]s)\s+"
_BECAME = r"\s+(?:of\s+\S+\s+)?(?:broke|failed|went|caused|was|were|is|has|had|did|finished|succeeded|looks|seems|took|killed)\b"
_CORRECTS = re.compile(
    r"(?:no|nope|not that|actually|sorry|wait|rather|correction)\b[\s,:;.!-]*"
    r"(?:(?:i\s+mean[t]?|i\s+want(?:ed)?|make\s+it|use|but|rather|it\s+is|it's)\s+)?|i\s+meant\s+",
    re.IGNORECASE,
)
_NOT_KEPT = (
    "What you said here looked like a secret, and I keep none. What a run is told stands on its card: "
    "a secret belongs in the configuration. If it is none, say it once more."
)
SMALL_WORDS = frozenset(
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
"""Words that name nothing by themselves."""


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
    whole = [book for book in books.values() if is_named(book, text) and not _is_told_of(text, book.name)]
    if whole:
        most = max(len(book.name.split("-")) for book in whole)
        return [book for book in whole if len(book.name.split("-")) == most]
    if begins in SMALL_WORDS or _is_told_of(text, begins):
        return []
    return [book for name, book in books.items() if begins in name.split("-")]


def tells_of_one(text: str) -> bool:
    """Whether a sentence tells of what was done with one of the words for it."""
    words = ["deploy", "deployment", "release", "rollout", "restart", "reboot", "rollback", "failover"]
    return any(_is_told_of(text, word) for word in words)


def _is_told_of(text: str, word: str) -> bool:
    """Whether a word stands for what was done, and asks for nothing: “it was a bad deploy”, “the restart of checkout failed”."""
    told, name = text.strip(" .!?"), re.escape(word)
    if re.search(rf"{_WANTED}{name}\b", told, re.IGNORECASE) or re.fullmatch(
        rf"{_TOLD_OF}{name}", told, re.IGNORECASE
    ):
        return False
    return re.search(rf"{_TOLD_OF}{name}\b|\b{name}{_BECAME}", told, re.IGNORECASE) is not None


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
        if value and MASK in value and not worded.is_free(name, param):
            problem = _NOT_KEPT
        elif value:
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


def corrected(text: str) -> str:
    """What words say after they took something back."""
    return _CORRECTS.sub("", text.strip(), count=1)
