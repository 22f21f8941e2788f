"""An export of Netflix Dispatch as parts of `wardroom.yaml`: people, teams, severities and priorities.

The export is what its interface answers, by resource: `individuals`, `teams`, `services`, `incident_types`,
`incident_severities`, `incident_priorities`, `incidents`. Dispatch keeps who is on call in other programs, and so does not
export it.
"""

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from bot.importers.export import Export, Thing, number, text
from bot.importers.parts import Names, accepted, keep
from bot.importers.report import Report
from core.incidents.config import IncidentsConfig
from core.incidents.triage.category import CATEGORIES, OTHER, category
from core.incidents.triage.facts import Facts
from core.paging.config import PagingConfig
from core.people.config import PersonConfig, TeamConfig

KINDS = (
    *("individuals", "individual_contacts", "teams", "team_contacts", "services", "incident_types"),
    *("incident_severities", "incident_priorities", "incidents"),
)
_GRADES = ("critical", "high", "medium", "low", "info")
_BY_WORD = {
    **dict.fromkeys(("critical", "sev0", "sev1", "p0", "p1", "severe", "emergency"), "critical"),
    **dict.fromkeys(("high", "sev2", "p2", "major"), "high"),
    **dict.fromkeys(("medium", "moderate", "sev3", "p3", "normal"), "medium"),
    **dict.fromkeys(("low", "minor", "sev4", "p4"), "low"),
    **dict.fromkeys(("informational", "info", "undetermined", "sev5", "p5", "trivial"), "info"),
}
_ROLE = "responder"
_MAY = ["ask.*", "incident.*", "oncall.show", "runbook.list", "runbook.show"]
_LONGEST = 24 * 30
_LIKE = {
    **dict.fromkeys(("performance", "slowness"), "latency"),
    **dict.fromkeys(("privacy", "phishing", "abuse", "fraud"), "security"),
    **dict.fromkeys(("disruption", "interruption"), "availability"),
    **dict.fromkeys(("bug", "defect"), "errors"),
}
"""What types are called often, and the category that says the same."""
_ANY = datetime(2000, 1, 1, tzinfo=UTC)
_OVER, _OPEN = "closed", 50
_WORD = re.compile(r"[a-z]+")
_PHONE = re.compile(r"[\s().-]")


def parts(export: Export) -> tuple[dict[str, Any], Report]:
    """The parts, and what became of everything."""
    report = Report()
    made: dict[str, Any] = {"workspace": "imported", "roles": {_ROLE: {"permissions": _MAY}}}
    members: dict[str, list[str]] = {}
    made["people"] = _people(export, report, members)
    made["teams"] = _teams(export, report, members)
    made["paging"], made["incidents"] = _priorities(export, report)
    _severities(export, report)
    _types(export, report)
    _stay(export, report)
    _incidents(export, report)
    export.account(report, KINDS)
    return made, report


def _people(export: Export, report: Report, members: dict[str, list[str]]) -> dict[str, Any]:
    names = Names("person")
    found: dict[str, Any] = {}
    for one in export.all("individuals", "individual_contacts"):
        name = text(one, "name") or text(one, "email")
        said = {
            "name": name,
            "email": text(one, "email"),
            "phone": _PHONE.sub("", text(one, "mobile_phone")),
            "roles": [_ROLE],
            "active": None if one.get("is_active") is not False else False,
        }
        changes = [f"{key} has no place here" for key in ("office_phone", "title") if text(one, key)]
        entry = keep(report, "individual", name, PersonConfig, said, *changes)
        if entry:
            key = names.give(text(one, "id"), text(one, "email"), name)
            found[key] = entry
            team = one.get("team_contact")
            own = text(team, "id") if isinstance(team, dict) else text(one, "team_contact_id")
            members.setdefault(own, []).append(key)
    return found


def _teams(export: Export, report: Report, members: dict[str, list[str]]) -> dict[str, Any]:
    names = Names("team")
    found: dict[str, Any] = {}
    for one in export.all("teams", "team_contacts"):
        own = members.get(text(one, "id"), []) if text(one, "id") else []
        changes = [] if own else ["its members are not in the export: add `members`"]
        changes += ["its mail address has no place here"] if text(one, "email") else []
        entry = keep(report, "team", text(one, "name"), TeamConfig, {"members": own}, *changes)
        found[names.give(text(one, "id"), text(one, "name"))] = entry
    return found


def _priorities(export: Export, report: Report) -> tuple[dict[str, Any], dict[str, Any]]:
    """Priorities say whether people are paged, and how often is reported; here the severity of an incident does."""
    urgency: dict[str, str] = {}
    updates: dict[str, str] = {}
    for one, grade in _graded(export.all("incident_priorities")):
        name = text(one, "name")
        if not grade:
            report.left("priority", name, "there are five severities, and none is like it")
            continue
        is_paged = one.get("page_commander") is True
        urgency.setdefault(grade, "high" if is_paged else "none")
        changes = [f"incidents that are {grade} call {'people at once' if is_paged else 'nobody'}"]
        hours = number(one, "tactical_report_reminder")
        if 0 < hours <= _LONGEST:
            updates.setdefault(grade, f"{hours}h")
            changes.append(f"news of them are waited for {hours} h")
        if number(one, "executive_report_reminder"):
            changes.append("reports for managers are asked for, and not reminded of")
        report.carried("priority", name, *changes)
    paging, _ = accepted(PagingConfig, {"urgency": urgency})
    incidents, _ = accepted(IncidentsConfig, {"updates": updates})
    return paging or {}, incidents or {}


def _severities(export: Export, report: Report) -> None:
    for one, grade in _graded(export.all("incident_severities")):
        if grade:
            report.carried("severity", text(one, "name"), f"SEV{_GRADES.index(grade) + 1} ({grade})")
        else:
            report.left("severity", text(one, "name"), "there are five severities, and none is like it")


def _graded(things: list[Thing]) -> list[tuple[Thing, str]]:
    """Each that is in use with the severity that it is like, by its name; empty if it is like none."""
    used = [one for one in things if one.get("enabled") is not False]
    ordered = sorted(used, key=lambda one: number(one, "view_order", 9_999))
    return [(one, _BY_WORD.get(_plain(text(one, "name")), "")) for one in ordered]


def _types(export: Export, report: Report) -> None:
    """Types say what sort of disturbance it is, and so does the category here, where one is like them."""
    for one in export.all("incident_types"):
        if one.get("enabled") is False:
            continue
        name = text(one, "name")
        service = one.get("commander_service")
        led = f"whoever leads came from {text(service, 'name')}" if isinstance(service, dict) else ""
        like = _category(name, text(one, "description"))
        if like:
            said = f"category {like}, which triage finds and `/incident category INC-… {like}` sets"
            report.carried("incident type", name, *(part for part in (said, led) if part))
        else:
            why = f"none of the categories is like it ({', '.join(CATEGORIES)}): say it in the title"
            report.left("incident type", name, "; ".join(part for part in (why, led) if part))


def _category(name: str, description: str) -> str:
    """The category that a type is like, by its name, else by its description; empty if it is like none."""
    words = _WORD.findall(name.casefold())
    named = next((_LIKE.get(word, word) for word in words if _LIKE.get(word, word) in CATEGORIES), "")
    found = (category(Facts(title=said, began=_ANY))[0] for said in (name, description))
    return named.replace(OTHER, "") or next((one for one in found if one != OTHER), "")


def _incidents(export: Export, report: Report) -> None:
    """What is over stays; what is not is told one by one, with the command that declares it here."""
    known = [(one, text(one, "status") or "no status") for one in export.all("incidents")]
    still = [one for one, state in known if state.casefold() != _OVER]
    for one in still[:_OPEN]:
        given = one.get("incident_severity")
        grade = _BY_WORD.get(_plain(text(given, "name")), "") if isinstance(given, dict) else ""
        severity = f"severity={_GRADES.index(grade) + 1} " if grade else ""
        title = text(one, "title") or text(one, "name")
        report.left("incident", text(one, "name"), f"declare it here: `/incident declare {severity}{title}`")
    if len(still) > _OPEN:
        report.left("incidents", f"{len(still) - _OPEN} more", "declare them here: `/incident declare`")
    for state, count in sorted(Counter(state for _, state in known if state.casefold() == _OVER).items()):
        report.left("incidents", f"{count} {state}", "what is over stays in Dispatch: keep its export")


def _stay(export: Export, report: Report) -> None:
    for one in export.all("services"):
        kind = text(one, "type") or "another program"
        why = f"who is on call stands in {kind} ({text(one, 'external_id') or 'no id'}): write a schedule, with its calendar as `ical_env`"
        report.left("on-call service", text(one, "name"), why)


def _plain(word: str) -> str:
    return word.casefold().replace(" ", "").replace("-", "")
