"""Which runbooks may help an incident, and which of them may begin by themselves. Pure.

Source: the co-pilot design (3.3, step 4), by service, category and severity, and by what runbooks say of themselves.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from core import cel
from core.catalogue.model import Service
from core.errors import Invalid
from core.incidents.config import GRADES
from core.incidents.remedies.config import SEEN, RemediationConfig, RuleConfig
from core.incidents.remedies.remedy import Matter, Suggestion
from core.runbooks.definition import Meant, Runbook
from core.runbooks.references import SEEN as SEEN_BY

_OF_ALERT = SEEN_BY["alert"]


def rules(
    config: RemediationConfig, books: Mapping[str, Runbook], services: Mapping[str, Service], matter: Matter
) -> list[RuleConfig]:
    """The rules that let a runbook begin by itself for this, in the order of the file."""
    if not _is_grave(config.severity, matter):
        return []
    return [
        rule for rule in config.rules if rule.runbook in books and _applies(rule, books, services, matter)
    ]


def seen_by(rule: RuleConfig, matter: Matter) -> dict[str, Any]:
    """What the parameters of a rule see: the incident, and the labels of an alert for which the rule holds."""
    found = next((labels for labels in matter.labels if _matches(rule, matter, labels)), {})
    return {"incident": matter.seen, "labels": dict(found)}


def suggestions(
    config: RemediationConfig, books: Mapping[str, Runbook], services: Mapping[str, Service], matter: Matter
) -> list[Suggestion]:
    """Every runbook that may help, with why; those that begin by themselves first."""
    found: dict[str, Suggestion] = {}
    for rule in rules(config, books, services, matter):
        why = f"runs by itself for {matter.incident.service or 'this'}"
        found.setdefault(rule.runbook, Suggestion(rule.runbook, why, by_itself=True))
    service = services.get(matter.incident.service)
    # In the order in which the service lists them, then the others.
    for name in dict.fromkeys((*(service.runbooks if service is not None else ()), *books)):
        for why in _reasons(books[name], service, matter) if name in books else ():
            found.setdefault(name, Suggestion(name, why))
    return list(found.values())


def _reasons(book: Runbook, service: Service | None, matter: Matter) -> Iterator[str]:
    if not _is_meant(book, matter):
        return
    for trigger in book.triggers:
        name = _waits_for(trigger.alert, matter)
        if name:
            yield f"waits for {name}"
    if book.for_ is not None and book.for_ != Meant():
        yield f"meant for {_meant(book)}"
    if service is not None and book.name in service.runbooks:
        yield f"listed for {service.name}"


def _applies(
    rule: RuleConfig, books: Mapping[str, Runbook], services: Mapping[str, Service], matter: Matter
) -> bool:
    service = services.get(matter.incident.service)
    if rule.services:
        is_its = matter.incident.service in rule.services
    else:
        is_its = service is not None and rule.runbook in service.runbooks
    is_its = is_its and (not rule.categories or matter.category in rule.categories)
    if not is_its or not _is_grave(rule.severity, matter) or not _is_meant(books[rule.runbook], matter):
        return False
    return any(_matches(rule, matter, labels) for labels in matter.labels)


def _matches(rule: RuleConfig, matter: Matter, labels: Mapping[str, str]) -> bool:
    if rule.match is None:
        return True
    return _holds(rule.match, SEEN, {"incident": matter.seen, "labels": dict(labels)})


def _is_meant(book: Runbook, matter: Matter) -> bool:
    """Whether nothing of what a runbook says it is for speaks against this."""
    meant = book.for_
    if meant is None:
        return True
    is_its = not meant.services or matter.incident.service in meant.services
    is_so = not meant.categories or matter.category in meant.categories
    return is_its and is_so and _is_grave(meant.severity, matter)


def _is_grave(least: str | None, matter: Matter) -> bool:
    return least is None or matter.incident.severity <= GRADES[least]


def _meant(book: Runbook) -> str:
    meant = book.for_ or Meant()
    grave = f"what is {meant.severity} or worse" if meant.severity else ""
    return ", ".join(
        part for part in (" and ".join(meant.categories), " and ".join(meant.services), grave) if part
    )


def _waits_for(condition: str, matter: Matter) -> str:
    """The name of an alert that fires for which this condition holds; empty if there is none."""
    if not condition:
        return ""
    for alert in matter.alerts:
        if _holds(condition, _OF_ALERT, {"labels": dict(alert["labels"]), "alert": dict(alert)}):
            return str(alert["name"])
    return ""


def _holds(condition: str, names: frozenset[str], seen: Mapping[str, Any]) -> bool:
    try:
        return cel.compile(condition, names).holds(seen)
    except Invalid:
        return False  # it asks for a label that is not there, so it is not meant
