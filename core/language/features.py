"""What the classifier sees of a message: words in one spelling, names replaced by their kind, pieces of words. Pure."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from core.language.entity import EntityType, Names

BUCKETS = 1 << 15
_USUAL = 20  # letters: the pieces of longer words are not kept
LONGEST = 600
"""Characters; what an intent hangs on stands in the first of them."""

_KIND: Mapping[EntityType, str] = {
    EntityType.SERVICE: "_svc_",
    EntityType.MODEL: "_mdl_",
    EntityType.RUNBOOK: "_rb_",
    EntityType.WORKFLOW: "_wf_",
    EntityType.ENVIRONMENT: "_env_",
}
# Markup and things that have a shape of their own, in the order in which they are looked for; each is there only with one
# of its signs, where 0 stands for any digit.
_SHAPES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), f" {token} ", signs)
    for pattern, token, signs in (
        (r"```.*?```", "_quo_", "`"),
        (r"<?https?://[^\s>]+>?", "_url_", ":"),
        (r"<@[!&]?[a-z0-9]+(?:\|[^>]*)?>", "_usr_", "@"),
        (r"<#[a-z0-9]+(?:\|[^>]*)?>|(?<!\S)#[a-z][\w-]+", "_chn_", "#"),
        (r"<!(?:here|channel|everyone)[^>]*>|(?<!\S)@(?:here|channel|everyone)\b", "_all_", "@!"),
        (r"<a?:\w+:\d+>|(?<![\w:]):[a-z_+-][\w+-]*:(?!\w)", "_emo_", ":"),
        (r"(?<![\w@])@[a-z][\w.-]*", "_usr_", "@"),
        (r"“[^”]{1,200}”|\"[^\"]{1,200}\"|`[^`]{1,200}`|(?<!\w)'[^']{3,200}'(?!\w)", "_quo_", "“\"`'"),
        (r"\binc[- ]?\d+\b", "_inc_", "0"),
        (r"\b(?:wf|run|exec|execution)-\d+\b", "_exe_", "0"),
        (r"\bap-\d+\b", "_apr_", "0"),
        (r"(?<![\w.])/[a-z{][\w/{}?=&.:-]*", "_pth_", "/"),
        (r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,40}\b", "_trc_", "0"),
        (r"\b(?:worker|node|host|pod|ip|web|db|vm|server)-?\d+(?:-\w+)*\b|\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{5,10}-[a-z0-9]{5}\b", "_ins_", "0-"),
        (r"\bv?\d+\.\d+(?:\.\d+)*(?:-[a-z0-9.]+)?(?![\w%])(?!\s*(?:%|percent|ms\b|s\b|sec|min|hours?\b))|\bv\d+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,11}\b", "_ver_", "0"),
        (r"\b(?:p50|p75|p90|p95|p99|p999|p99\.9)\b", "_qtl_", "0"),
        (r"\b(?:sev|p|prio|severity)[- ]?[1-5]s?\b", "_sev_", "0"),
        (r"\d+(?:[.,]\d+)?\s*(?:%|percent\b|pct\b)", "_pct_", "0"),
        (r"\b\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?z?)?\b|\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]m)?\b|\b\d{1,2}\s*[ap]m\b", "_tim_", "0"),
        (r"\b\d+(?:\.\d+)?\s*(?:ms|msec|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?)\b", "_dur_", "0"),
        (r"\b[45](?:\d\d|xx)s?\b", "_cod_", "0"),
        (r"\bx\d+\b|\b\d+x\b|[+-]\d+\b|\b\d+(?:k|m)?\b", "_num_", "0"),
        (r"\b[a-z]+(?:_[a-z]+)+(?:_total|_bytes|_seconds|_count|_bucket|_sum)?\b", "_met_", "_"),
    )
)  # fmt: skip
_SPELT: Mapping[str, str] = {
    "whats": "what is", "what's": "what is", "wats": "what is", "hows": "how is", "how's": "how is", "wheres": "where is",
    "where's": "where is", "whos": "who is", "who's": "who is", "whens": "when is", "when's": "when is", "thats": "that is",
    "that's": "that is", "its": "it is", "it's": "it is", "im": "i am", "i'm": "i am", "ive": "i have", "i've": "i have",
    "we've": "we have", "weve": "we have", "i'll": "i will", "ill": "i will", "we'll": "we will", "i'd": "i would",
    "we'd": "we would", "don't": "do not", "dont": "do not", "doesn't": "does not", "doesnt": "does not", "didn't": "did not",
    "didnt": "did not", "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "isn't": "is not", "isnt": "is not", "aren't": "are not", "arent": "are not", "wasn't": "was not", "wasnt": "was not",
    "let's": "let us", "lets": "let us", "pls": "please", "plz": "please", "plss": "please", "pleas": "please", "plese": "please",
    "u": "you", "r": "are", "ur": "your", "ya": "you", "wanna": "want to", "gonna": "going to", "gotta": "have to",
    "gimme": "give me", "lemme": "let me", "thx": "thanks", "tnx": "thanks", "ty": "thanks", "thnx": "thanks", "cuz": "because",
    "bc": "because", "cause": "cause", "teh": "the", "wat": "what", "wht": "what", "rn": "right now", "atm": "at the moment",
    "prod": "_env_", "production": "_env_", "stg": "_env_", "svc": "service", "db": "database", "k8s": "kubernetes",
    "infos": "info", "n": "and", "w": "with", "w/": "with", "asap": "now", "b4": "before", "ppl": "people", "abt": "about",
    "rollback": "roll back", "rollout": "roll out", "failover": "fail over", "re-run": "rerun", "err": "error", "errs": "errors",
    "config": "configuration", "perf": "performance", "mem": "memory", "lat": "latency", "repo": "repository", "vs": "versus",
    "ack": "acknowledge", "tmrw": "tomorrow", "yest": "yesterday", "happend": "happened", "wich": "which", "shud": "should", "e2e": "end-to-end",
}  # fmt: skip
# A service may be called what people do: in "search for errors" nobody is named.
_ORDERS = re.compile(r"(?<![\w-])search(?=\s+(?:for|through|in the|the logs|the log|all)\b)")
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"_[a-z]{2,3}_|\be2e\b|[^\W\d_]+(?:[-'/][^\W\d_]+)*|[?!]")
_POLITE = frozenset(
    "please hey hi hello yo can could would you kindly ok okay so and then now also just the a an we i want need to like let us "
    "let's bot wardroom team quick quickly hmm well sorry _usr_ ! ?".split()
)


@lru_cache(maxsize=32)
def _gazetteer(names: Names) -> tuple[re.Pattern[str] | None, Mapping[str, str]]:
    kinds: dict[str, str] = {}
    for kind, known in names.kinds():
        for name, aliases in known.items():
            for word in (name, *aliases):
                kinds.setdefault(_bare(word), _KIND[kind])
    words = sorted(kinds, key=len, reverse=True)
    either = "|".join(r"[\s_-]?".join(map(re.escape, word.split())) for word in words)
    found = re.compile(rf"(?<![\w-])(?:{either})(?:'s)?(?![\w-])") if words else None
    return found, {word.replace(" ", ""): kind for word, kind in kinds.items()}


def _bare(word: str) -> str:
    return " ".join(re.split(r"[\s_-]+", word.strip().casefold()))


@lru_cache(maxsize=32)
def bots(names: Names) -> re.Pattern[str]:
    """What mentions the bot, in small letters."""
    either = (
        "|".join(re.escape(name.casefold()) for name in sorted(names.bot, key=len, reverse=True)) or r"(?!)"
    )
    return re.compile(rf"<@[!&]?(?:{either})(?:\|[^>]*)?>|@(?:{either})\b")


def words(text: str, names: Names) -> list[str]:
    """The message as words in small letters; what has a shape or a name is one word that says its kind: `_svc_`."""
    said = html.unescape(text[:LONGEST]).casefold().replace("’", "'")
    said = bots(names).sub(" ", said)
    said = _shaped(said, _SHAPES[:6])
    said = re.sub(r"(?<!\w)[*~]+|[*~]+(?!\w)", "", said)
    gazetteer, kinds = _gazetteer(names)
    if gazetteer is not None:
        said = _ORDERS.sub("find", said)
        said = gazetteer.sub(lambda found: f" {_kind(found.group(), kinds)} ", said)
    said = _shaped(said, _SHAPES[6:])
    found = (_SPELT.get(token, token) for token in _TOKEN.findall(said))
    return [word for token in found for word in token.split()]


def _shaped(said: str, shapes: Iterable[tuple[re.Pattern[str], str, str]]) -> str:
    there = {"0", *said} if _DIGIT.search(said) else set(said)
    for shape, token, signs in shapes:
        if not there.isdisjoint(signs):
            said = shape.sub(token, said)
    return said


def _kind(found: str, kinds: Mapping[str, str]) -> str:
    return kinds.get(re.sub(r"[\s_-]+", "", found.removesuffix("'s")), "_svc_")


def features(tokens: list[str], shown: Sequence[str] = ()) -> list[int]:
    """The numbers, below BUCKETS, of what there is in a message: its words, pairs, triples and pieces, and its signs, each once."""
    names = (*_named(tokens), *_signed(tokens, shown))
    found = set(_numbers(names))
    for word in set(tokens):
        if word[0] != "_":
            found.update(_of_pieces(word) if len(word) <= _USUAL else _numbers(_pieces(f"<{word}>")))
    return list(found)


def _numbers(names: Iterable[str]) -> Iterator[int]:
    return (crc32(name.encode()) & (BUCKETS - 1) for name in names)


@lru_cache(maxsize=4096)
def _of_pieces(word: str) -> tuple[int, ...]:
    """The pieces of a word of usual length, kept: it comes again, in another message or in a part of the same."""
    return tuple(_numbers(_pieces(f"<{word}>")))


def _signed(tokens: list[str], shown: Sequence[str]) -> Iterator[str]:
    yield f"!{min(len(shown), 3)}"
    for index, sign in enumerate(shown):
        yield f"!{sign}"
        yield f"!{sign} {tokens[0] if tokens else ''}"
        yield from (f"!{sign} {other}" for other in shown[index + 1 :])


def _named(tokens: list[str]) -> Iterator[str]:
    padded = ["^", *tokens[:60], "$"]
    yield from (f"1{word}" for word in padded)
    yield from (f"2{one} {two}" for one, two in pairwise(padded))
    for one, two, three in zip(padded, padded[1:], padded[2:], strict=False):
        yield f"3{one} {two} {three}"
        yield f"s{one} {three}"
    yield from ("2$", f"3{' '.join(padded[-2:])}", "3$")
    begins = next((index for index, word in enumerate(tokens) if word not in _POLITE), 0)
    core = tokens[begins : begins + 3]
    yield f"f{' '.join(core[:1])}"
    yield f"g{' '.join(core[:2])}"
    yield f"h{' '.join(core)}"
    yield f"n{min(len(tokens), 8)}"
    yield f"q{'?' in tokens}{begins > 0}"


def _pieces(word: str) -> Iterator[str]:
    for size in (3, 4, 5):
        for start in range(len(word) - size + 1):
            yield f"c{word[start : start + size]}"
