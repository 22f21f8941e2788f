"""What words tell a runbook: pairs, names, versions, numbers, and the answer to what it asks. Pure."""

import re
from collections.abc import Iterator

from core.catalogue.names import plain, resolve
from core.errors import Invalid
from core.language.leaning.choosing import chosen
from core.language.leaning.consent import Leaving, accepts, leaves
from core.language.numbers import SMALL
from core.runbooks import worded
from core.runbooks.definition import Param, Runbook
from core.runbooks.from_language import SMALL_WORDS, corrected, corrects, options
from core.runbooks.params import Names

_PAIR = re.compile(r"""([A-Za-z_]\w*)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s,]+))""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_KINDS = frozenset({"service", "database", "environment", "env", "cluster"})
_TELLS = frozenset({"is", "was", "are", "has", "looks", "seems", "failed", "works"})
_JOINTS = frozenset({"and", "then", "also", "plus"})
_WHERE, _WHAT = frozenset({"in", "on", "at"}), frozenset({"for", "of"})


def read(text: str, book: Runbook, names: Names, asked: str = "") -> dict[str, str]:
    """What a sentence, an answer or a correction says about the parameters of a runbook.

    Pairs, then versions and what else has a shape of its own, then names of the catalogue and choices, then a number where
    only one is wanted. What was `asked` is answered by the value in these words, whatever stands around it; words that
    hold none answer nothing. A name that nobody has is kept as it is, so that whoever said it is told the nearest.
    """
    rest = corrected(text) if corrects(text) else text.strip()
    rest = (worded.NOT_MEANT.sub(" ", rest).strip(" ,;") or rest).rstrip(" .!?")
    found = {
        match[1]: next(value for value in match.groups()[1:] if value is not None)
        for match in _PAIR.finditer(rest)
        if match[1] in book.params
    }
    if asked and asked not in found and worded.is_free(asked, book.params[asked]) and not corrects(text):
        return {**found, asked: rest} if rest else found
    left = _PAIR.sub(" ", rest)
    for name, value in worded.spotted(left, book.params).items():
        found.setdefault(name, value)
        left = left.replace(value, " ", 1)
    words = [word for piece in re.findall(r"[^\s,]+", left) if (word := _bare(piece))]
    known = dict(reversed(list(_named(words, book, names))))  # what is named first counts
    if asked and not worded.is_short(rest) and asked not in {**known, **found}:
        known = {name: value for name, value in known.items() if _is_known(value, book.params[name], names)}
    found = {**known, **found}
    if asked and not found and rest:
        value = _answered(rest, asked, book.params[asked], names)
        return {asked: value} if value else {}
    return found


def says_only(text: str, book: Runbook, names: Names, asked: str = "") -> bool:
    """Whether words are nothing but values of a runbook and what people put around these, so that they answer or correct.

    “my dog ate payments” names a service and answers nothing: whoever says it tells something of their own.
    """
    param = book.params.get(asked)
    if param is not None and worded.is_free(asked, param):
        return True
    choice = chosen(text, options(param, names)) if param is not None else None
    rest = f"{text[: choice.start]} {text[choice.end :]}" if choice is not None else text
    rest = _PAIR.sub(" ", rest)
    for value in (*read(text, book, names, asked).values(), *(several(text, book, names) or ())):
        rest = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    own = {word for name in book.params for word in name.casefold().split("_")}
    own |= SMALL.keys() if any(one.type in ("integer", "number") for one in book.params.values()) else set()
    rest = " ".join(word for word in rest.split() if word.strip(".,:;!?").casefold() not in own)
    return worded.is_filling(rest, of_a_name=param is not None and param.type == "service")


def several(text: str, book: Runbook, names: Names) -> tuple[str, str] | None:
    """Two services or places that are named together for a runbook that takes one: “restart checkout in staging, then payments”."""
    words = [_bare(piece) for piece in re.sub(r"[,&+]", " and ", text).split()]
    named = [(at, name) for at, word in enumerate(words) if word and (name := _meant(word, book, names))]
    for at, (place, name) in enumerate(named):
        if book.params[name].type not in ("service", "environment"):
            continue
        later = next((other for other, kind in named[at + 1 :] if kind == name), None)
        between = [] if later is None else words[place + 1 : later]
        if later is None or plain(words[place]) == plain(words[later]) or not _joins(between, book, names):
            continue
        if not _TELLS.intersection(words[later + 1 : later + 2]):
            return words[place], words[later]
    return None


def _joins(words: list[str], book: Runbook, names: Names) -> bool:
    """Whether words only join what stands before and behind them, and may say where the first of it is."""
    said = [word.casefold() for word in words if word]
    rest = (word for word in said if word not in _JOINTS | _WHERE | _WHAT | _KINDS | {"the", "to"})
    return bool(_JOINTS.intersection(said)) and all(_meant(word, book, names) for word in rest)


def _answered(said: str, asked: str, param: Param, names: Names) -> str:
    """The answer in these words: a choice by its place, a number or what fits with words around it; empty if there is none.

    A word or two that are none of these are kept, so that whoever said them is told what would be.
    """
    choice = chosen(said, options(param, names))
    if choice is not None:
        return choice.text
    if param.type == "boolean" and (accepts(said) or leaves(said) is Leaving.REFUSES):
        return "true" if accepts(said) else "false"
    if param.type == "string":
        return worded.value(said, asked, param)
    if param.type in ("integer", "number") and len(said.split()) > 1:
        figures = [
            word for word in re.findall(r"-?[\w.]+", said) if _NUMBER.fullmatch(word) or word.lower() in SMALL
        ]
        if len(figures) == 1:
            return str(SMALL.get(figures[0].lower(), figures[0]))
    return said if worded.is_short(said) else ""


def _bare(piece: str) -> str:
    """A word without what punctuation stands around it; what else touches it is a part of it: no name is cut out of `checkout;rm`."""
    return re.sub(r"['’]s$", "", piece.strip(".:;!?()[]<>{}\"'“”‘’`*_#@…–—-"))


def _named(words: list[str], book: Runbook, names: Names) -> Iterator[tuple[str, str]]:
    place = 0
    before = ""
    while place < len(words):
        taken = 1
        for length in (3, 2, 1):
            span = " ".join(words[place : place + length])
            hit = _meant(span, book, names)
            # “by 2” says by how many more or fewer, and not how many.
            is_change = before == "by" and _NUMBER.fullmatch(span) is not None
            if hit is not None and not is_change and place + length <= len(words):
                yield hit, span
                taken = length
                break
        else:
            unknown = _unknown(words[place], before, book)
            if unknown is not None:
                yield unknown, words[place]
        last = words[place + taken - 1].casefold()
        before = before if last in _KINDS else last  # “of service payment” is of payment
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


def _is_known(value: str, param: Param, names: Names) -> bool:
    """Whether it is there, so that a sentence that answers nothing is not read for names that nobody has: “sings of spring”."""
    return param.type in ("integer", "number") or _is_one(value, param, names)


def _unknown(word: str, before: str, book: Runbook) -> str | None:
    """The parameter for which a name stands that nobody has: “in stagng”."""
    if word.casefold() in SMALL_WORDS | _KINDS:
        return None
    wanted = "environment" if before in _WHERE else "service" if before in _WHAT else ""
    return next((name for name, param in book.params.items() if param.type == wanted), None)
