"""The names that are known, prepared for being found in messages: by their parts, whatever joins them. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from core.language.entity import EntityType, Names
from core.language.entity import Known as Catalogued
from core.language.tokens import Words

SAME = {
    "database": "db", "certificate": "cert", "deployment": "deploy", "retraining": "retrain", "rotation": "rotate",
    "authentication": "auth", "authorization": "auth", "recommender": "recommendation", "gw": "gateway", "svc": "service",
    "rollout": "release", "restarting": "restart", "draining": "drain", "scaling": "scale", "clearing": "clear",
}  # fmt: skip
_GROUPS = {
    "production": ("production", "prod", "prd", "live"),
    "staging": ("staging", "stg", "stage"),
    "dev": ("dev", "development", "devel"),
    "canary": ("canary",),
}
_GENERIC = frozenset(
    "model service api cluster pipeline engine db release batch gateway server app web data core user system platform worker "
    "job task runbook workflow deploy node cache scale restart drain rotate clear out rollback canary nightly retrain "
    "test main new old prod staging dev event events report reports status search account order orders message "
    "recommendation notification image payment"
    .split()
)  # fmt: skip
SORTS = {
    EntityType.SERVICE: frozenset({"service", "app", "api", "backend", "microservice"}),
    EntityType.MODEL: frozenset({"model"}),
    EntityType.RUNBOOK: frozenset({"runbook", "playbook", "procedure"}),
    EntityType.WORKFLOW: frozenset({"workflow", "pipeline", "job", "batch"}),
}
_LEAST = 5


@dataclass(frozen=True)
class Known:
    """A name: what it is the name of, and its parts as they are compared."""

    kind: EntityType
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """The names by their first part, by their last one, and by parts that only one of them has."""

    first: dict[str, tuple[Known, ...]]
    last: dict[str, tuple[Known, ...]]
    parts: frozenset[str]
    alone: dict[str, Known]
    joined: dict[str, Known]

    def unique(self, kind: EntityType, part: str) -> Known | None:
        """The only name of that kind with that part."""
        names = {
            known.name: known
            for knowns in self.first.values()
            for known in knowns
            if known.kind is kind and part in known.parts
        }
        return next(iter(names.values())) if len(names) == 1 else None


def stem(word: str) -> str:
    """A word without the ending of its plural, and as its like is called: `databases` is `db`."""
    word = SAME.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
    return SAME.get(word, word)


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name: `Auth_Gateway` and `auth-gateway` have the same."""
    return tuple(stem(token.word) for token in Words.of(name).tokens if token.word[0].isalnum())


@lru_cache(maxsize=16)
def lexicon(names: Names) -> Lexicon:
    """The names, prepared. Kept for the latest few catalogues."""
    knowns = tuple(_knowns(names))
    counts = Counter(part for part, _ in {(part, known.name) for known in knowns for part in known.parts})
    alone = {
        part: known
        for known in knowns
        for part in known.parts
        if known.kind in {EntityType.SERVICE, EntityType.MODEL} and len(known.parts) > 1
        if counts[part] == 1 and part not in _GENERIC and len(part) > 3 and part.isalpha()
    }
    return Lexicon(
        _by(knowns, 0),
        _by(knowns, -1),
        frozenset(part for known in knowns for part in known.parts if len(part) >= _LEAST and part.isalpha()),
        alone,
        {"".join(known.parts): known for known in knowns if len(known.parts) > 1},
    )


def _knowns(names: Names) -> Iterator[Known]:
    for kind, known in names.kinds():
        for name, aliases in known.items():
            for said in dict.fromkeys((name, *aliases, *_usual(kind, name, known))):
                split = parts(said)
                if split and len(said) <= 100:
                    yield Known(kind, name, split)
    if not names.environments:
        for name, usual in _GROUPS.items():
            yield from (Known(EntityType.ENVIRONMENT, name, (said,)) for said in usual)


def _usual(kind: EntityType, name: str, known: Catalogued) -> tuple[str, ...]:
    """What an environment of that name is usually called besides, as far as no other one is called so."""
    if kind is not EntityType.ENVIRONMENT:
        return ()
    group = next((said for said in _GROUPS.values() if name.lower() in said), ())
    return tuple(said for said in group if said not in known)


def _by(knowns: tuple[Known, ...], at: int) -> dict[str, tuple[Known, ...]]:
    found: dict[str, list[Known]] = {}
    for known in knowns:
        found.setdefault(known.parts[at], []).append(known)
    return {part: tuple(sorted(some, key=lambda one: -len(one.parts))) for part, some in found.items()}


@lru_cache(maxsize=4096)
def nearest(word: str, candidates: frozenset[str]) -> str | None:
    """The one of `candidates` that `word` is a misspelling of: one mistake, or two in a long word; the first letter is right."""
    best, least = None, 3
    for known in candidates:
        if known[0] != word[0] or abs(len(known) - len(word)) > 2:
            continue
        distance = DamerauLevenshtein.distance(word, known, score_cutoff=least)
        allowed = 2 if min(len(word), len(known)) > 7 else 1
        if distance <= allowed and distance < least:
            best, least = known, distance
    return best
