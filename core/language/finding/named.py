"""Services, models, runbooks, workflows and environments, by names, aliases, short forms and with mistakes. Pure."""

from core.language.entity import EntityType
from core.language.finding.lexicon import SORTS, Known, Lexicon, lexicon, nearest, stem
from core.language.finding.sheet import Sheet
from core.language.finding.usage import Place, is_name, may_be_short

_ARTICLES = frozenset({"the", "a", "this", "our"})
_SORT_OF = {word: kind for kind, words in SORTS.items() for word in words}
_NO_MISTAKE = frozenset(
    "cached caching staying stale clean cleaner cleaned cleared searched searching searches researcher checking checked "
    "starch pavement invest invested drawn rotated released releases restarted started service services models modern "
    "bath patch clutter users using payed paid deployed deploying product products stating starting station user"
    .split()
)  # fmt: skip


def names(sheet: Sheet) -> None:
    """Find what the catalogue knows: the longest name first wherever one begins, then what is called by its sort."""
    known = lexicon(sheet.names)
    stems = [_stemmed(sheet, known, index) for index in range(len(sheet.words))]
    index = 0
    while index < len(stems):
        found = _at(sheet, known, stems, index)
        index = found or index + 1
    _by_sort(sheet, known, stems)
    _alone(sheet, known, stems)


def _stemmed(sheet: Sheet, known: Lexicon, index: int) -> str:
    """The stem of a word, its mistakes mended if it is almost the part of a name."""
    word = sheet.words[index]
    plain = stem(word)
    if plain in known.parts or len(word) < 5 or not word.isalpha() or word in _NO_MISTAKE:
        return plain
    close = nearest(plain, known.parts)
    return close or plain


def _at(sheet: Sheet, known: Lexicon, stems: list[str], index: int) -> int | None:
    """Note the longest name that begins there; the index after it."""
    for name in known.first.get(stems[index], ()):
        after = _reach(sheet, stems, name, index)
        if after and _fits(sheet, name, index, after):
            return _note(sheet, name, stems, index, after)
    joined = known.joined.get(sheet.words[index])
    if joined and _fits(sheet, joined, index, index + 1):
        return _note(sheet, joined, stems, index, index + 1)
    return _begun(sheet, known, stems, index)


def _reach(sheet: Sheet, stems: list[str], name: Known, index: int) -> int | None:
    """The index after the name if it stands there, whatever joins its parts."""
    at = index + 1
    for part in name.parts[1:]:
        while at < len(stems) and (sheet.words[at] in {"-", "_", "."} or sheet.words[at] in _ARTICLES):
            at += 1
            if at > index + 3 * len(name.parts):
                return None
        if at >= len(stems) or stems[at] != part:
            return None
        at += 1
    return at


def _begun(sheet: Sheet, known: Lexicon, stems: list[str], index: int) -> int | None:
    """A name of two parts whose first one is only begun: `rec engine`, `inf-cluster`."""
    word = sheet.words[index]
    at = index + 2 if sheet.words[index + 1] in {"-", "_"} else index + 1
    if len(word) < 3 or not word.isalpha() or at >= len(stems):
        return None
    fitting = [
        one
        for one in known.last.get(stems[at], ())
        if len(one.parts) == 2 and one.parts[0].startswith(word) and one.kind is not EntityType.ENVIRONMENT
    ]
    if len({one.name for one in fitting}) != 1 or not _fits(sheet, fitting[0], index, at + 1):
        return None
    return _note(sheet, fitting[0], stems, index, at + 1)


def _fits(sheet: Sheet, name: Known, index: int, after: int) -> bool:
    start, end = sheet.words.token(index).start, sheet.words.token(after - 1).end
    if not sheet.free(start, end) or (
        sheet.is_quoted(start, end) and sheet.text[start:end].lower() not in _spellings(name)
    ):
        return False
    return is_name(Place(sheet, index, after), name)


def _spellings(name: Known) -> set[str]:
    """How a name may be written in a text that somebody quotes, where other words only look like it."""
    return {
        name.name.lower(),
        name.name.lower().replace("-", " "),
        "-".join(name.parts),
        " ".join(name.parts),
    }


def _note(sheet: Sheet, name: Known, stems: list[str], index: int, after: int) -> int:
    start, end = sheet.words.token(index).start, sheet.words.token(after - 1).end
    exact = all(stem(sheet.words[at]) == stems[at] for at in range(index, after))
    sheet.add(name.kind, name.name, start, end, sure=1.0 if exact else 0.85)
    return after


def _by_sort(sheet: Sheet, known: Lexicon, stems: list[str]) -> None:
    """`the failover runbook`, `runbook failover`, `the auth service`: a part that only one thing of that sort has."""
    for index, word in enumerate(stems):
        kind = _SORT_OF.get(word)
        if kind is None:
            continue
        for at in (index - 1, index - 2, index + 1):
            part = stems[at] if 0 <= at < len(stems) else ""
            token = sheet.words.token(at)
            one = known.unique(kind, part) if len(part) > 2 and part not in _SORT_OF else None
            if one and sheet.free(token.start, token.end):
                first, last = sorted((at, index))
                start, end = sheet.words.token(first).start, sheet.words.token(last).end
                if sheet.free(start, end):
                    sheet.add(kind, one.name, start, end, sure=0.8)
                break


def _alone(sheet: Sheet, known: Lexicon, stems: list[str]) -> None:
    """`auth is down`, `errors in billing`: one part, where nothing but a name can stand."""
    for index, part in enumerate(stems):
        one = known.alone.get(part)
        token = sheet.words.token(index)
        if not one or not sheet.free(token.start, token.end) or stem(token.word) != part:
            continue
        if any(entity.value == one.name for entity in sheet.found):
            continue
        if may_be_short(Place(sheet, index, index + 1)):
            sheet.add(one.kind, one.name, token.start, token.end, sure=0.7)
