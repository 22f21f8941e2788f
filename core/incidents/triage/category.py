"""What sort of disturbance it is: by what its alerts are labelled with, by words, by how its services are. Pure."""

import re
from collections.abc import Iterable

from core.incidents.triage.facts import Facts
from core.incidents.triage.said import phrases

OTHER = "other"
_WORDS = {
    "security": "breach intrusion unauthorised unauthorized leak leaked exploit vulnerability ransomware attack phishing",
    "certificate": "certificate cert tls ssl expired expiry expires x509",
    "data": "corrupt corrupted corruption inconsistent replication replica lag backup restore lost dataloss",
    "saturation": "cpu memory oom disk full quota saturation saturated throttled throttling pool exhausted inodes queue backlog",
    "latency": "latency slow slowness timeout timeouts p95 p99 delayed hanging hangs",
    "errors": "error errors 5xx 500 502 503 504 failing fails failed failure failures exception exceptions crash crashing crashloop crashes",
    "network": "network dns packet unreachable connectivity route routing firewall",
    "availability": "down outage unavailable offline dead unhealthy probe heartbeat absent missing",
}
_KEYS = {word: category for category, words in _WORDS.items() for word in words.split()}
_LABELS = ("category", "type", "class")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_IN_LABEL, _IN_ALERT, _IN_TITLE = 100, 3, 2
_MORE = 1  # a phrase says more than a word

CATEGORIES = (*_WORDS, OTHER)
"""Every category; where two have as much for them, the first of these is taken."""


def category(facts: Facts) -> tuple[str, str]:
    """The category, and why, in a line: as people set it, else what has most for it."""
    if facts.category:
        return facts.category, f"{facts.category_by or 'somebody'} set it"
    points: dict[str, int] = dict.fromkeys(CATEGORIES, 0)
    reasons: dict[str, str] = {}
    for found, weight, why in _signs(facts):
        points[found] += weight
        reasons.setdefault(found, why)
    best = max(CATEGORIES, key=lambda one: (points[one], -CATEGORIES.index(one)))
    if points[best]:
        return best, reasons[best]
    if facts.health.get(facts.service) == "unhealthy":
        return "availability", f"{facts.service} is unhealthy by its checks"
    return OTHER, "not clear from its title or its alerts"


def _signs(facts: Facts) -> Iterable[tuple[str, int, str]]:
    for labels in facts.labels:
        for name in _LABELS:
            value = labels.get(name, "").casefold()
            if value in _WORDS:
                yield value, _IN_LABEL, f"an alert is labelled {name}={value}"
    for alert in facts.alerts:
        yield from _in(alert, _IN_ALERT, f"the alert {alert}")
    yield from _in(facts.title, _IN_TITLE, "its title")


def _in(text: str, weight: int, where: str) -> Iterable[tuple[str, int, str]]:
    for found, said in phrases(text):
        yield found, weight + _MORE, f"“{said}” in {where}"
    for word in _words(text):
        yield _KEYS[word], weight, f"“{word}” in {where}"


def _words(text: str) -> list[str]:
    """The words that say something; `HighErrorRate` is three words."""
    return [word for found in _WORD.findall(text) if (word := found.casefold()) in _KEYS]
