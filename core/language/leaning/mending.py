"""Words that only put another value in the place of one that was taken: “no, INC-2”, “INC-2 please”, “not INC-1 but INC-2”. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 80
_MOST = 4  # words of a value
_REFUSES = frozenset(["not", "wrong", "other"])
_CORRECTS = _REFUSES | frozenset(
    "no nope nah sorry sry oops ups whoops wait actually argh correction mean meant ment wanted instead rather".split()
)
_AROUND = _CORRECTS | frozenset(
    "yes yep yeah ok okay oh ah well hm but i i'm it it's that that's this one ones is isn't was wasn't be should have been use take "
    "make want the a an to for in on at of with about talking thinking please pls thanks then of course just my bad mistake said go "
    "incident run service environment env person team page".split()
)
_AGAINST = re.compile(r"not|isn't|wasn't|(?:instead|rather)(?= (?:of|than) )", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;:.!–—]\S*")
_MARKS = ".,;:!–—\"'`“”()*_"
_STOPS = (",", ";", ":", ".", "!", "–", "—")


@dataclass(frozen=True)
class Mend:
    """What is meant instead, as it was said, or `is_other`: of two the one that was not taken.

    Where neither is said, the words only refuse what was taken. `corrects`: they say themselves that it was wrong.
    """

    value: str = ""
    is_other: bool = False
    corrects: bool = False


def mended(text: str) -> Mend | None:
    """What words say that only put another value in the place of one; None if they ask, or say something of their own."""
    if len(text) > _LONGEST or text.rstrip().endswith("?"):
        return None
    said = text.replace("’", "'")
    every = {found.group().strip(_MARKS).casefold() for found in _WORD.finditer(said)}
    meant = list(_meant(said))
    is_other = any(word.casefold() == "other" for word in meant)
    value = [word for word in meant if word.casefold() not in _AROUND]
    if len(value) > _MOST or (is_other and value) or not (value or every & _REFUSES):
        return None
    return Mend(" ".join(value), is_other, bool(every & _CORRECTS))


def _meant(text: str) -> Iterator[str]:
    """The words without those that name what is not meant: `INC-1` in “not INC-1 but INC-2” and in “INC-2 instead of INC-1”."""
    is_against = False
    for found in _WORD.finditer(text):
        word = found.group().strip(_MARKS)
        if _AGAINST.match(text, found.start()) and word.casefold() in (
            "not",
            "isn't",
            "wasn't",
            "instead",
            "rather",
        ):
            is_against = True
            continue
        if word.casefold() == "but":
            is_against = False
            continue
        if word and not is_against:
            yield word
        is_against = is_against and not found.group().endswith(_STOPS)
