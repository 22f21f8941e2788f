"""Percentages, lengths of time, numbers of replicas, and other numbers that matter. Pure."""

import re
from itertools import pairwise

from core.language.entity import EntityType
from core.language.finding.sheet import Sheet, whole
from core.language.numbers import length, number

_PERCENT = re.compile(
    r"(?<![\w.])(\d{1,6}(?:[.,]\d{1,4})?)\s?(?:%|percent\b|per cent\b|pct\b)", re.IGNORECASE
)
_COPIES = frozenset(
    "replica replicas pod pods instance instances copy copies node nodes worker workers container containers task tasks".split()
)
_SURE_COPIES = frozenset({"replica", "replicas"})
_MORE = frozenset({"more", "extra", "additional", "further"})
_FEWER = frozenset({"fewer", "less"})
_UP = frozenset("add increase grow bump raise expand up more extra additional another spin boost".split())
_DOWN = frozenset("remove decrease reduce shrink drop fewer less cut down lower kill".split())
_AWAY = frozenset((one, two) for one in ("take", "taking", "get", "pull") for two in ("away", "off", "out"))
_TIMES = {
    "double": "x2",
    "doubling": "x2",
    "triple": "x3",
    "treble": "x3",
    "quadruple": "x4",
    "halve": "x0.5",
    "twice": "x2",
    "thrice": "x3",
}
_SCALED = re.compile(
    r"(?<![\w.])(?:x\s?(\d{1,3}(?:\.\d{1,3})?)|(\d{1,3}(?:\.\d{1,3})?)\s?(?:x|times)(?![\w]))", re.IGNORECASE
)
_HALVED = re.compile(r"\b(?:(?:in|by|to) )?half\b(?! (?:an?|past|hour|of (?:the )?traffic))", re.IGNORECASE)
_STATUSES = re.compile(r"[1-5]\d\d")
_LASTING = frozenset("than over above under below for within > < last past every".split())
_IDLE = frozenset({"have", "got", "get", "what", "just", "me"})
_FOR_ONE = _LASTING | {"for", "in", "after", "about", "by", "only", "just"}
_CHOICE = frozenset(
    {"option", "number", "no", "choice", "step", "item", "#", "issue", "pr", "ticket", "port", "phase"}
)
_RANKED = frozenset(
    "top first last bottom slowest worst biggest latest newest highest largest most recent".split()
)
_GLUE = frozenset({"-", "_", "/", "\\", "=", ":", "#", "$", "€"})
_ABSOLUTE = frozenset({"to", "at", "=", "exactly", "of", "between", "and", "least", "most", ":"})
_OFTEN = frozenset({"once", "twice", "times", "per", "requests", "in"})


def amounts(sheet: Sheet) -> None:
    """Find amounts. Called last: what is left may be a number that matters."""
    for match in sheet.matches(_PERCENT):
        sheet.add(EntityType.PERCENTAGE, whole(float(match.group(1).replace(",", "."))), *match.span())
    _spelt_percent(sheet)
    _durations(sheet)
    if _scaling(sheet):
        _factors(sheet)
    _numbers(sheet)


def _spelt_percent(sheet: Sheet) -> None:
    words = sheet.words
    for index in range(len(words)):
        if words[index] in {"percent", "pct"} and index:
            for begin in (index - 3, index - 2, index - 1):
                found = number(words, begin) if begin >= 0 else None
                if found and found[1] == index and not words[begin].isdigit():
                    start, end = words.token(begin).start, words.token(index).end
                    if sheet.free(start, end):
                        sheet.add(EntityType.PERCENTAGE, whole(found[0]), start, end)
                        break


def _durations(sheet: Sheet) -> None:
    words = sheet.words
    index = 0
    while index < len(words):
        found = length(words, index)
        found = found if found and _may_begin(sheet, index) else None
        after = found[1] if found else index + 1
        start, end = words.token(index).start, words.token(after - 1).end
        if found and _is_status(sheet, index, after):
            after = index + 1
        elif (
            found
            and sheet.free(start, end)
            and not (words[index] in {"a", "an"} and words[index - 1] in _OFTEN)
            and not _is_idle(sheet, index, after)
        ):
            sheet.add(EntityType.DURATION, whole(found[0].seconds), start, end)
        index = after


def _is_idle(sheet: Sheet, index: int, after: int) -> bool:
    """Whether it is only a manner of speaking: `when you have a sec`, `what a day`, `one day`."""
    words = sheet.words
    if words[index] not in {"a", "one"} or after != index + 2:
        return False
    is_some_day = (
        words[index] == "one"
        and words[index + 1] == "day"
        and words[index - 1] not in _FOR_ONE
        and words[after] != "of"
    )
    return is_some_day or words[index - 1] in _IDLE


def _is_status(sheet: Sheet, index: int, after: int) -> bool:
    """Whether it is rather several answers of that status than seconds: `returns 500s`."""
    words = sheet.words
    plural = after == index + 2 and words[index + 1] == "s" and not words.spaced(index + 1)
    lasting = words[index - 1] in _LASTING
    return plural and bool(_STATUSES.fullmatch(words[index])) and int(words[index]) >= 400 and not lasting


def _may_begin(sheet: Sheet, index: int) -> bool:
    """Whether a number can begin there: not in the middle of a word or of another number."""
    words = sheet.words
    token, before = words.token(index), words.token(index - 1)
    if token.spaced or not token.word[:1].isalnum():
        return True
    return not (
        before.word.isalnum()
        or before.word in _GLUE - {"=", ":"}
        or (before.word == "." and words[index - 2].isdigit())
    )


def _scaling(sheet: Sheet) -> bool:
    """Whether the number of replicas is what is spoken of."""
    if sheet.intent:
        return sheet.intent == "SCALE" or bool(_SURE_COPIES & {token.word for token in sheet.words.tokens})
    said = {token.word for token in sheet.words.tokens}
    return (
        bool(said & _SURE_COPIES)
        or bool(said & _COPIES and said & (_UP | _DOWN | {"scale", "set", "give", "to"}))
        or "scale" in said
    )


def _factors(sheet: Sheet) -> None:
    words = sheet.words
    for token in words.tokens:
        if token.word in _TIMES and sheet.free(token.start, token.end):
            sheet.add(EntityType.REPLICA_COUNT, _TIMES[token.word], token.start, token.end)
    for match in sheet.matches(_SCALED):
        sheet.add(
            EntityType.REPLICA_COUNT, f"x{whole(float(match.group(1) or match.group(2)))}", *match.span()
        )
    for match in sheet.matches(_HALVED):
        sheet.add(EntityType.REPLICA_COUNT, "x0.5", *match.span())


def _numbers(sheet: Sheet) -> None:
    words, scaling = sheet.words, _scaling(sheet)
    index = 0
    while index < len(words):
        found = number(words, index)
        found = found if found and _may_begin(sheet, index) else None
        if not found and scaling and _is_one(sheet, index):
            found = 1.0, index + 1
        if not found or not sheet.free(words.token(index).start, words.token(found[1] - 1).end):
            index += 1
            continue
        _classify(sheet, index, *found, scaling=scaling)
        index = found[1]


def _is_one(sheet: Sheet, index: int) -> bool:
    """`another pod`, `a single replica`, and `a pod` that is added or removed."""
    words = sheet.words
    word = words[index]
    if word == "another":
        return number(words, index + 1) is None
    counted = words[index + 1] in _COPIES or (words[index + 1] in _MORE and words[index + 2] in _COPIES)
    changed = any(words[at] in _UP | _DOWN for at in range(max(0, index - 2), index))
    return counted and (word == "single" or (word in {"a", "an"} and changed))


def _classify(sheet: Sheet, index: int, value: float, after: int, *, scaling: bool) -> None:
    """What a number counts: replicas, or something else that matters, or nothing."""
    words = sheet.words
    following = (
        words[after + 1]
        if words[after] in _MORE | _FEWER | {"running", "total", "new", "ready"}
        else words[after]
    )
    glued = not words.spaced(after) and words[after].isalpha() and words[after] not in _COPIES
    glued = glued and not (words[after] == "s" and _is_status(sheet, index, after + 1))
    if glued:
        return
    copies = following in _COPIES
    if (
        scaling
        and (copies or sheet.intent == "SCALE" or _counted_before(sheet, index))
        and not (words[index] == "one" and words[index - 1] in {"the", "this", "that"})
    ):
        _replicas(sheet, index, value, after, copies=copies)
    elif _matters(sheet, index, after):
        start, end = words.token(index).start, words.token(after - 1).end
        sheet.add(EntityType.NUMERIC_VALUE, whole(value), start, end, sure=0.9)


def _counted_before(sheet: Sheet, index: int) -> bool:
    """`replicas=6`, `replica count to 4`, `pods: 3`, `between 3 and 9 replicas`."""
    words = sheet.words
    if any(words[at] in _SURE_COPIES for at in range(max(0, index - 4), index)):
        return True
    return words[index - 1] == "between" or (
        words[index - 1] in {"from", "min", "minimum", "max", "maximum"}
        and bool(_SURE_COPIES & {token.word for token in words.tokens})
    )


def _replicas(sheet: Sheet, index: int, value: float, after: int, *, copies: bool) -> None:
    words = sheet.words
    end = (
        after + (words[after] in _MORE | _FEWER | {"running", "total", "new", "ready"}) + copies
        if copies or words[after] in _MORE | _FEWER
        else after
    )
    start, finish = words.token(index).start, words.token(end - 1).end
    if words[index - 1] == "from" and any(
        words[at] in {"to", "up", "down", "-"} for at in range(after, after + 3)
    ):
        sheet.claim(start, finish)  # where it comes from is not what is asked for
        return
    count = whole(value)
    sign = _sign(sheet, index, after)
    sheet.add(EntityType.REPLICA_COUNT, f"{sign}{count}" if sign else count, start, finish)


def _sign(sheet: Sheet, index: int, after: int) -> str:
    """Whether so many come on top, or go."""
    words = sheet.words
    before = words[index - 1]
    if words[after] in _COPIES:
        after += 1  # 3 pods fewer
    if words[after] in _MORE or "another" in {words[index], before}:
        return "+"
    if words[after] in _FEWER or before in {"take", "taking"} or (words[index - 2], before) in _AWAY:
        return "-"
    if before in {"+", "-"} and words.spaced(index - 1) and not words.spaced(index):
        return before
    earlier = [words[at] for at in range(max(0, index - 8), index)]
    added = any(word in {"add", "remove", "spin", "drop", "kill", "extra"} for word in earlier[-3:])
    if before in _ABSOLUTE or not (added or before == "by"):
        return ""
    inward = any((one, two) == ("scale", "in") for one, two in pairwise(earlier))
    return "-" if inward or any(word in _DOWN for word in earlier) else "+"


def _matters(sheet: Sheet, index: int, after: int) -> bool:
    words = sheet.words
    word, before = words[index], words[index - 1]
    if not word[:1].isdigit():
        return (
            before in {"top", "bottom"}
            or words[after] in _RANKED
            or (before in {"first", "last"} and words[after] not in {"", "."})
        )
    if before in _CHOICE or (words[after] in {"st", "nd", "rd", "th", "xx"} and not words.spaced(after)):
        return False
    listed = index == 0 and words[after] in {".", ")"}
    return not (
        listed
        or (before in _GLUE - {"=", ":"} and not words.spaced(index))
        or (words[after] in {"-", "_", "/"} and not words.spaced(after) and not words.spaced(after + 1))
    )
