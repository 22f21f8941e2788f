"""Whether a word is used as a name or as the ordinary word that it is, too: `search is slow`, `search for errors`. Pure."""

from dataclasses import dataclass

from core.language.entity import EntityType
from core.language.finding.lexicon import Known
from core.language.finding.sheet import Sheet
from core.language.tokens import Token

_ORDINARY = frozenset(
    "search cache live store queue monitor schedule scheduler report test deploy help chat mail home profile core data events "
    "media status health metrics logs alerts order user image message account notification auth web app gateway api index "
    "stage staging development"
    .split()
)  # fmt: skip
_VERBS = frozenset(
    "search cache store queue monitor schedule report test deploy chat mail order index".split()
)
_BEFORE_VERB = frozenset(
    {
        "",
        "please",
        "you",
        "to",
        "let",
        "us",
        "lets",
        "we",
        "i",
        "and",
        "then",
        "also",
        "me",
        "can",
        "could",
        "pls",
        "plz",
        "!",
        ".",
        ":",
        ",",
        ";",
    }
)
_AFTER_VERB = frozenset(
    {
        "for",
        "the",
        "all",
        "through",
        "my",
        "any",
        "every",
        "across",
        "these",
        "those",
        "this",
        "it",
        "everything",
        "within",
        '"',
        "'",
        "“",
    }
)
_PREPOSITIONS = frozenset(
    "slow slower broken flaky failing degraded entire whole of for in on from to against with between and or vs versus behind by at via into onto than about around versus , ("
    .split()
)  # fmt: skip
_ACTIONS = frozenset(
    "give show increase decrease grow shrink double halve triple bump put move kick restart deploy scale ship release rollback tail check compare promote upgrade drain bounce redeploy reboot kill stop start "
    "update push roll back is are was has does did why how's affects hits touch monitor"
    .split()
)  # fmt: skip
_NOUNS_OF_CACHE = frozenset(
    "hit hits miss misses size ttl key keys invalidation warm warmup entries ratio".split()
)
_PEOPLE = frozenset("team teams folks people guild guys machine box laptop tools environment's".split())
_SUFFIXES = frozenset(
    "service svc api app pod pods model prod production staging dev canary team latency errors error cluster db"
    .split()
)  # fmt: skip
# “the last deploy” is something that happened, whatever a runbook is called.
_HAPPENED = frozenset(
    "last latest previous recent newest first since after before during yesterday's today's".split()
)
_LIVE_AFTER = frozenset(
    {
        "",
        ".",
        ",",
        "?",
        "!",
        "and",
        "or",
        "at",
        "since",
        "with",
        "now",
        "please",
        "today",
        "last",
        "for",
        "over",
        "env",
        "environment",
    }
)


@dataclass(frozen=True)
class Place:
    """Where in a message a name may stand: from one word up to another."""

    sheet: Sheet
    index: int
    after: int

    @property
    def before(self) -> str:
        """The word before it, articles apart."""
        at = self.index - 1
        while (
            self.sheet.words[at] in {"the", "a", "our", "this", "that", "`", '"', "“", "*"}
            and at > self.index - 4
        ):
            at -= 1
        return self.sheet.words[at]

    @property
    def next(self) -> str:
        """The word after it."""
        return self.sheet.words[self.after]

    @property
    def tokens(self) -> tuple[Token, Token]:
        """The signs right before and right after it."""
        return self.sheet.words.token(self.index - 1), self.sheet.words.token(self.after)


def is_name(place: Place, name: Known) -> bool:
    """Whether a name that is spelt there is meant as one."""
    if _is_glued(place):
        return False
    if name.kind is EntityType.ENVIRONMENT:
        return _is_environment(place, name.parts[0])
    if name.kind in {EntityType.RUNBOOK, EntityType.WORKFLOW} and len(name.parts) > 1:
        return _is_procedure(place)
    if name.kind in {EntityType.RUNBOOK, EntityType.WORKFLOW} and place.before in _HAPPENED:
        return False
    if len(name.parts) > 1 or name.parts[0] not in _ORDINARY:
        return True
    return not _is_ordinary(place, name.parts[0])


def may_be_short(place: Place) -> bool:
    """Whether a part of a name may stand for it there: after a preposition or an action, or as what something is said of."""
    if _is_glued(place):
        return False
    said_of = place.next in {
        "is",
        "was",
        "has",
        "service",
        "pods",
        "pod",
        "latency",
        "errors",
        "error",
        "logs",
        "traces",
        "keeps",
        "looks",
        "'",
    }
    return (
        place.before in _PREPOSITIONS | _ACTIONS
        or said_of
        or (not place.next and place.before in {"", "the"})
    )


def _is_glued(place: Place) -> bool:
    """Whether it is only a part of a longer word, as in `search-index` or `non-prod`."""
    left, right = place.tokens
    words, index, after = place.sheet.words, place.index, place.after
    if (
        left.word in {"-", "_", "."}
        and not words.spaced(index)
        and not words.spaced(index - 1)
        and words[index - 2].isalnum()
    ):
        return words[index - 2] not in _SUFFIXES
    if left.word.isdigit() and not words.spaced(index):
        return True
    if (
        right.word in {"-", "_"}
        and not words.spaced(after)
        and not words.spaced(after + 1)
        and words[after + 1].isalnum()
    ):
        return words[after + 1] not in _SUFFIXES
    if (
        right.word == "."
        and not words.spaced(after)
        and not words.spaced(after + 1)
        and words[after + 1].isalpha()
    ):
        return True
    return right.word == "@" and not words.spaced(after) and not words[after + 1][:1].isdigit()


def _is_environment(place: Place, said: str) -> bool:
    if place.next in _PEOPLE or (
        said == "canary"
        and place.next in {"release", "rollout", "deployment"}
        and place.before not in {"in", "on"}
    ):
        return False
    if said == "live":
        return place.before in {"in", "on", "to", "into"} and place.next in _LIVE_AFTER
    if said == "stage":
        return place.before in {"in", "on", "to", "from", "onto"}
    return said not in {"development", "production"} or place.next not in {"ready", "grade", "of"}


def _is_procedure(place: Place) -> bool:
    """Words with spaces that are what is asked for, too (`scale out checkout`), are no name where that is asked for."""
    words = place.sheet.words
    if words[place.index + 1] in {"-", "_"} or place.next in {
        "runbook",
        "playbook",
        "workflow",
        "pipeline",
        "job",
    }:
        return True
    return place.sheet.intent not in {"SCALE", "DEPLOY"}


def _is_listed(place: Place) -> bool:
    """Whether it goes on a list of services: `cache and search`."""
    start = place.sheet.words.token(place.index).start
    before = [
        entity.end for entity in place.sheet.found if entity.type is EntityType.SERVICE and entity.end < start
    ]
    return bool(before) and place.sheet.text[max(before) : start].strip() in {"and", ",", "or", "&", ", and"}


def _is_ordinary(place: Place, word: str) -> bool:
    if word == "cache" and place.next in _NOUNS_OF_CACHE:
        return True
    if word not in _VERBS or place.before not in _BEFORE_VERB or not place.next.isalnum():
        return False
    if place.sheet.words[place.index - 1] in {"the", "our"} or _is_listed(place):
        return False
    named = place.sheet.has(EntityType.SERVICE)
    logs = place.next in {"log", "logs", "traces", "in", "spans"}
    other = any(
        place.sheet.words[at] in {"for", "containing", "mentioning"}
        for at in range(place.after, place.after + 8)
    )
    return place.next in _AFTER_VERB or named or (logs and other)
