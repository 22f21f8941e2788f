"""Words about time that were typed in haste: `yesteday`, `lst 2 hrs`, `tmrw`. Pure."""

from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from core.language.tokens import Token, Words

_SHORT = {
    "lst": "last", "alst": "last", "las": "last", "lats": "last", "pst": "past", "pat": "past", "snce": "since",
    "sinc": "since", "form": "from", "fom": "from", "nxt": "next", "btw": "between", "btwn": "between", "b4": "before",
    "bfore": "before", "til": "until", "till": "until", "untill": "until", "thru": "through", "tmrw": "tomorrow",
    "tmr": "tomorrow", "tmw": "tomorrow", "tomoz": "tomorrow", "tom": "tomorrow", "2moro": "tomorrow",
    "yday": "yesterday", "ystd": "yesterday", "ystday": "yesterday", "yest": "yesterday", "ytd": "ytd",
    "tonite": "tonight", "2nite": "tonight", "2day": "today", "tday": "today", "todya": "today", "toady": "today",
    "huors": "hours", "hous": "hours", "horus": "hours", "housr": "hours", "hrous": "hours", "ours": "hours",
    "huor": "hour", "huur": "hour", "dyas": "days", "dasy": "days", "weks": "weeks", "wekk": "week", "weke": "week",
    "mnth": "month", "mnths": "months", "motnh": "month", "mintues": "minutes", "minuts": "minutes", "agao": "ago",
    "agp": "ago", "bewteen": "between", "betwen": "between", "arround": "around", "arnd": "around", "abt": "about",
    "approx": "around", "approximately": "around", "roughly": "around", "circa": "around", "ca": "around",
    "mornin": "morning", "aftn": "afternoon", "arvo": "afternoon", "thurs": "thursday", "midnite": "midnight",
    "wkend": "weekend", "nite": "night", "nght": "night", "w/e": "weekend",
}  # fmt: skip
_LONG = (
    "yesterday tomorrow tonight today morning afternoon evening midnight weekend weekday "
    "minute minutes second seconds hours weeks month months "
    "monday tuesday wednesday thursday friday saturday sunday "
    "january february august september october november december "
    "since between before until around fortnight overnight lunchtime quarter last week christmas"
).split()
_NOT = frozenset(
    "mouth moth mouths moths singe weeds week weekly monthly hourly sundry money minutely secondly mornings "
    "evenings weekends weekdays house hour years months quarters house course tours yours sorted dancer "
    "request quarterly warning warming mourning augment members remember untie unit units lasts lost list lasting "
    "latest later test tests sounds sound around ground grounds bound month weak weaker beefed before totally"
    .split()
)  # fmt: skip
_BY_LETTER: dict[str, tuple[str, ...]] = {
    letter: tuple(word for word in _LONG if word[0] == letter and len(word) > 4)
    for letter in {word[0] for word in _LONG}
}
_SHAKY = frozenset({"pst", "form", "pat", "ours", "tom", "las", "btw", "about", "ca", "hous"})
_UNIT_ABOUT = frozenset(
    "hour hours hr hrs min mins minute minutes day days week weeks month months h d".split()
)


def mended(words: Words) -> Words:
    """The words with the mistakes in those about time put right; each stays where it is."""
    tokens = tuple(
        token if fixed == token.word else Token(fixed, *token[1:])
        for index, token in enumerate(words.tokens)
        for fixed in (_mended(words, index, token.word),)
    )
    return Words(words.text, tokens)


def _mended(words: Words, index: int, word: str) -> str:
    fixed = mend(word)
    if fixed == word or word not in _SHAKY:
        return fixed
    nearby = {words[index + 1], words[index + 2], words[index - 1]}
    counted = words[index - 1].isdigit() and fixed in _UNIT_ABOUT
    return fixed if (counted or nearby & _UNIT_ABOUT) and words[index - 1] != ":" else word


@lru_cache(maxsize=4096)
def mend(word: str) -> str:
    """The word about time that was meant by `word`, if one is spelt almost like it; else the word itself.

    Words of five to seven letters may have one mistake, longer ones two; the first letter has to be right.
    """
    if word in _SHORT:
        return _SHORT[word]
    if not 4 < len(word) < 14 or word in _NOT or not word.isalpha():
        return word
    near = _BY_LETTER.get(word[0], ())
    if word in near:
        return word
    best = min(near, key=lambda known: DamerauLevenshtein.distance(word, known, score_cutoff=3), default=word)
    allowed = 2 if min(len(word), len(best)) > 7 else 1
    return best if len(best) > 4 and DamerauLevenshtein.distance(word, best) <= allowed else word
