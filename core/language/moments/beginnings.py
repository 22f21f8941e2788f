"""With which words a time can begin, so that the grammar is not tried where it finds none. Pure."""

from core.language.moments.dates import MONTHS
from core.language.moments.days import WEEKDAYS
from core.language.moments.feasts import FIRST
from core.language.moments.reading import BACK, ONWARD, THIS
from core.language.numbers import COUNTING, ORDINALS, UNITS
from core.language.tokens import Words

# These only say which one: what can be a time has to follow.
_WHICH = frozenset({"the", "these", "those", "a", "an"}) | BACK | ONWARD | THIS
_WORDS = (
    FIRST | COUNTING | set(MONTHS) | set(WEEKDAYS) | set(ORDINALS) | set(UNITS)
    | set(
        "yesterday today tomorrow overmorrow earlier later tonight overnight noon noontime midday midnight quarter "
        "morning forenoon afternoon evening night lunch lunchtime dawn dusk eve small early mid late very "
        "business working office full whole complete calendar entire start begin beginning top middle midst end "
        "close ending final sod eod cob sow eow som eom eoq eoy ytd mtd qtd wtd q cw kw weekend weekends "
        "spring summer autumn fall winter"
        .split()
    )
)  # fmt: skip


def may_begin(words: Words, index: int) -> bool:
    """Whether a time can begin at a token, as far as its word says, and the next where that one only says which."""
    while words[index] in _WHICH:
        index += 1
    word = words[index]
    return word[:1].isdigit() or word in _WORDS
