"""How grave: SEV1 (worst) to SEV5, in the words people use, and by five weighted factors. Pure."""

import re
from dataclasses import dataclass

from core.errors import Invalid
from core.source import nearest
from core.text import one_line

WORDS = {1: "critical", 2: "high", 3: "medium", 4: "low", 5: "informational"}
_ALSO = {"crit": 1, "major": 2, "med": 3, "minor": 4, "info": 5}
# Marks that make a word bold, or quote it, are no part of a title without that word.
_BEGINS = re.compile(
    r"^\W*(?:sev(?:erity)?[ -]?|p(?=[1-5]\s*[:,)\]]))([1-5])(?![\w-])[*\"'”»]*[\s:,;|!)\]–—-]*", re.IGNORECASE
)
_ENDS = re.compile(
    r"(?:(?:[\s,;:(\[][*\"'“«(\[]*|[*\"'“«])(?:\s*as (?:an? )?)?sev(?:erity)?[ -]?|(?:[,;:(\[]\s*|\sas (?:an? )?)p)([1-5])[\s.!)\]*\"'”»]*$",
    re.IGNORECASE,
)
# In mid-sentence only where it says how grave this is, and not that it is otherwise, or what something else is.
_WITHIN = re.compile(
    r"(?<![\w-])sev(?:erity)?[ -]?([1-5])(?![\w-])(?! (?:incidents?|alerts?|pages?|reviews?|channels?|runbooks?|tickets?)\b)",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"(?:\b(?:not|no|never|like|than|last|previous|the|that|those|of|from|after|was|were|below|under)|n't|n’t)(?: longer| really| quite| even)?(?: an?| the)? $",
    re.IGNORECASE,
)
_NEAR = 40  # letters, more than those words have
_BEFORE = " ,;:|([–—-"
_MARKS = (("**", "**"), ("*", "*"), ('"', '"'), ("'", "'"), ("“", "”"), ("«", "»"))
_ALONE = re.compile(r"\W*(?:as (?:an? )?)?(?:sev(?:erity)?[ -]?|p)([1-5])\W*", re.IGNORECASE)
_GRADE = re.compile(r"(?:severity|sev|p)?[ -]*([0-9]{1,3})")


def label(severity: int) -> str:
    """`SEV2`."""
    return f"SEV{severity}"


def parse(text: str) -> int:
    """The severity meant by `sev2`, `2`, `P2`, `high` and the like.

    Raises:
        Invalid: none is; names the nearest.
    """
    word = text.strip().casefold()
    known = {name: number for number, name in WORDS.items()} | _ALSO
    if word in known:
        return known[word]
    grade = _GRADE.fullmatch(word)
    if grade and int(grade[1]) in WORDS:
        return int(grade[1])
    close = min(WORDS, key=lambda number: abs(number - int(grade[1]))) if grade else _like(word, known)
    hint = f" Did you mean {label(close)}?" if close else ""
    raise Invalid(f"“{one_line(text, 40)}” is not a severity.", f"Choose SEV1 to SEV5.{hint}", nearest=close)


def split(text: str) -> tuple[int, str]:
    """The severity at the beginning of `text`, and the words after it: `SEV1 because the board asked`.

    Raises:
        Invalid: it begins with none.
    """
    first, _, rest = text.strip().partition(" ")
    second, _, after = rest.strip().partition(" ")
    if first.casefold() in ("sev", "severity", "p") and second.isdigit():
        first, rest = f"{first} {second}", after
    return parse(first.rstrip(",;:.!?")), re.sub(
        r"^(?:because|since|:|,|-|–)\s*", "", rest.strip(), flags=re.IGNORECASE
    )


def in_title(title: str) -> tuple[int | None, str]:
    """The severity that somebody wrote at either end of a title, and the title without it: `checkout is down, sev1`.

    In mid-sentence it counts, too, and stays where it is: of several the gravest. Only codes count (`sev1`, `P2`), since a word such as “high” may be part of what is told.
    """
    for pattern in (_BEGINS, _ENDS):
        found = pattern.search(title)
        rest = pattern.sub("", title).strip().rstrip(_BEFORE) if found else ""
        rest = _without_lone(rest, found[0]) if found else ""
        if found and rest:
            return int(found[1]), rest
    if _ALONE.fullmatch(title):
        return None, title
    within = (one for one in _WITHIN.finditer(title) if not _OF_ANOTHER.search(_before(title, one)))
    return min((int(one[1]) for one in within), default=None), title


def _before(title: str, grade: re.Match[str]) -> str:
    """What stands right before a grade: the rest of a long title says nothing of it."""
    return title[max(0, grade.start() - _NEAR) : grade.start()]


def _without_lone(rest: str, taken: str) -> str:
    """The title without a mark at its end whose partner was taken away with the severity: `"sev2: mails are late"`."""
    for opens, closes in _MARKS:
        if _is_lone(taken, opens, closes) and _is_lone(rest, opens, closes):
            rest = rest.removesuffix(closes) if rest.endswith(closes) else rest.removeprefix(opens)
    return rest.strip()


def _is_lone(text: str, opens: str, closes: str) -> bool:
    """Whether one of the two stands without the other."""
    return text.count(opens) % 2 == 1 if opens == closes else text.count(opens) != text.count(closes)


def just(title: str) -> int | None:
    """The severity that is all that was written where a title belongs: `sev2`."""
    found = _ALONE.fullmatch(title)
    return int(found[1]) if found else None


def options() -> tuple[tuple[str, str], ...]:
    """The choices for a menu: label and value."""
    return tuple((f"{label(number)} · {word}", str(number)) for number, word in WORDS.items())


def _like(word: str, known: dict[str, int]) -> int | None:
    close = nearest(word, known)
    return known[close] if close else None


@dataclass(frozen=True)
class Inputs:
    """What is known about a disturbance; None is what is missing.

    Attributes:
        service: the service that it concerns.
        tier: of the service; 0 is the most important.
        users: how many people depend on it.
        error_rate: the part of its requests that fail now, from 0 to 1.
        latency: how many times slower it is than usual.
        dependents: services that depend on it, directly or by others.
        slo: whether it promises anything.
        status: how it is by its health checks: healthy, degraded, unhealthy.
        hour: by the clock on the wall, with `is_weekday`.
        is_weekday: Monday to Friday.
        history: how many incidents it had in the last thirty days.
    """

    service: str = ""
    tier: int | None = None
    users: int | None = None
    error_rate: float | None = None
    latency: float | None = None
    dependents: tuple[str, ...] | None = None
    slo: bool | None = None
    status: str | None = None
    hour: int | None = None
    is_weekday: bool = True
    history: int | None = None


@dataclass(frozen=True)
class Factor:
    """One of the five: 0 to 100, its weight, the part of its inputs that is known, and why, in a line."""

    name: str
    weight: float
    score: float
    known: float
    why: str


@dataclass(frozen=True)
class Assessment:
    """How grave a disturbance is by what is known.

    `score` is 0 to 100; `confidence` the part of the inputs, by weight, that is known; `notes` say what else counted.
    """

    severity: int
    score: float
    confidence: float
    factors: tuple[Factor, ...]
    notes: tuple[str, ...] = ()

    @property
    def escalates(self) -> bool:
        """Whether somebody has to look at once: it is grave, or may be and little is known."""
        return self.severity <= _GRAVE or (self.severity == _GRAVE + 1 and self.confidence < _SURE)


_GRAVE, _SURE = 2, 0.5
_NEUTRAL = 50.0
_BOUNDS = ((80.0, 1), (60.0, 2), (40.0, 3), (20.0, 4))
_TIE, _OFTEN = 2.0, 3
_TIERS = (100.0, 75.0, 50.0, 25.0, 10.0, 0.0)
_EACH_DEPENDENT = 25.0
_BREACH = {"unhealthy": 100.0, "degraded": 60.0, "healthy": 0.0}
_DAY, _EVENING = 8, 20


def assess(known: Inputs) -> Assessment:
    """The severity by five weighted factors; a missing input counts as neutral and lowers the confidence.

    Source: the co-pilot design's severity classifier (5.2), whose fifth factor is time sensitivity. How often it happened
    (its 3.3) breaks ties: two points below a bound, three incidents in thirty days make it the graver one.
    """
    factors = (_users(known), _criticality(known), _radius(known), _slo(known), _time(known))
    score = sum(factor.score * factor.weight for factor in factors)
    confidence = sum(factor.known * factor.weight for factor in factors)
    severity, notes = _level(score), []
    if known.history is not None and known.history >= _OFTEN and _level(score + _TIE) < severity:
        severity = _level(score + _TIE)
        notes.append(f"{known.history} incidents in thirty days break the tie")
    if known.tier == 0 and known.status == "unhealthy" and severity > _GRAVE:
        severity = _GRAVE
        notes.append("a service of tier 0 that is down is never below high")
    return Assessment(severity, round(score, 1), round(confidence, 2), factors, tuple(notes))


def _level(score: float) -> int:
    return next((severity for bound, severity in _BOUNDS if score >= bound), 5)


def _users(known: Inputs) -> Factor:
    """Failing requests up to 40, slowness up to 30, how many people up to 30."""
    parts = [
        _step("failing requests", known.error_rate, 40, ((0.10, 40), (0.01, 20)), "{:.1%}"),
        _step("latency", known.latency, 30, ((3.0, 30), (1.5, 15)), "{:.1f} times the usual"),
        _step("users", known.users or None, 30, ((10_000, 30), (1_000, 15)), "about {:,}"),
    ]
    points = sum(each for each, _, _ in parts)
    there = sum(is_known for _, is_known, _ in parts) / len(parts)
    return Factor("user impact", 0.30, points, there, "; ".join(words for _, _, words in parts))


def _step(
    name: str, value: float | None, most: int, steps: tuple[tuple[float, int], ...], words: str
) -> tuple[float, bool, str]:
    if value is None:
        return most / 2, False, f"{name} missing (neutral, {most / 2:.0f} of {most})"
    points = next((points for bound, points in steps if value > bound), 0)
    return points, True, f"{name} {words.format(value)} ({points} of {most})"


def _criticality(known: Inputs) -> Factor:
    if known.tier is None:
        return _missing("service criticality", 0.25, "no service is named")
    score = _TIERS[min(known.tier, len(_TIERS) - 1)]
    return Factor("service criticality", 0.25, score, 1, f"{known.service} is of tier {known.tier}")


def _radius(known: Inputs) -> Factor:
    if known.dependents is None:
        return _missing("blast radius", 0.20, "no service is named")
    number = len(known.dependents)
    named = ", ".join(known.dependents[:3]) + (" …" if number > 3 else "")  # noqa: PLR2004 - as many as one reads
    why = f"{number} {'service depends' if number == 1 else 'services depend'} on it{f': {named}' if number else ''}"
    return Factor("blast radius", 0.20, min(100.0, number * _EACH_DEPENDENT), 1, why)


def _slo(known: Inputs) -> Factor:
    if not known.slo:
        return _missing("SLO breach", 0.15, "it promises nothing that I know")
    score = _BREACH.get(known.status or "")
    if score is None:
        return _missing("SLO breach", 0.15, "how it is, is not known")
    return Factor("SLO breach", 0.15, score, 1, f"it is {known.status}, and promises to be well")


def _time(known: Inputs) -> Factor:
    if known.hour is None:
        return _missing("time sensitivity", 0.10, "the time is not known")
    if known.hour < _DAY:
        return Factor("time sensitivity", 0.10, 20.0, 1, f"it is night ({known.hour}:00)")
    if known.is_weekday and known.hour < _EVENING:
        return Factor("time sensitivity", 0.10, 80.0, 1, f"it is a working day ({known.hour}:00)")
    return Factor("time sensitivity", 0.10, 50.0, 1, f"it is evening or weekend ({known.hour}:00)")


def _missing(name: str, weight: float, why: str) -> Factor:
    return Factor(name, weight, _NEUTRAL, 0, f"missing (neutral): {why}")
