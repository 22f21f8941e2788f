"""An export of Grafana OnCall as parts of `wardroom.yaml`: people, teams, schedules, chains, routes.

The export is what its public interface answers, by resource: `users`, `teams`, `schedules`, `on_call_shifts`,
`escalation_chains`, `escalation_policies`, `integrations`, `routes`, `personal_notification_rules`.
"""

from datetime import datetime
from typing import Any

from bot.importers import oncall_chains, oncall_contacts, oncall_routes, oncall_schedules
from bot.importers.export import Export, text, texts
from bot.importers.oncall_routes import Chains
from bot.importers.parts import Names, keep
from bot.importers.report import Report
from core.people.config import PersonConfig, TeamConfig

KINDS = (
    *("users", "teams", "schedules", "on_call_shifts", "shifts", "escalation_chains", "escalation_policies"),
    *("integrations", "routes", "personal_notification_rules"),
)
_ROLE = "responder"
_MAY = ["ask.*", "incident.*", "oncall.*", "runbook.list", "runbook.show", "approval.list", "approval.show"]


def parts(export: Export, now: datetime) -> tuple[dict[str, Any], Report]:
    """The parts, and what became of everything."""
    report = Report()
    people, teams = Names("person"), Names("team")
    made: dict[str, Any] = {"workspace": "imported", "roles": {_ROLE: {"permissions": _MAY}}}
    made["people"] = _people(export, report, people)
    made["teams"] = _teams(export, report, teams, people)
    schedules = Names("schedule")
    made["schedules"] = oncall_schedules.schedules(export, report, schedules, people, now)
    _watched(export, made, teams, schedules)
    chains = Names("escalation")
    called = oncall_chains.Called(people, teams, schedules)
    made["escalations"] = oncall_chains.escalations(export, report, chains, called)
    known = Chains(chains, oncall_chains.important(export))
    moved = oncall_routes.routes(export, report, known)
    made["channels"] = moved.channels
    alerts = {"senders": moved.senders, "routes": moved.routes}
    made["alerts"] = {key: value for key, value in alerts.items() if value}
    export.account(report, KINDS)
    return made, report


def _people(export: Export, report: Report, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    contacts = oncall_contacts.contacts(export, report)
    for user in export.all("users"):
        name = text(user, "username") or text(user, "email")
        slack = _slack(user.get("slack"))
        if user.get("slack") and not slack:
            report.left("Slack account", name, "it cannot be read in the export: add `slack` to the person")
        is_viewer = text(user, "role").lower() in ("viewer", "none")
        said = {
            "name": name,
            "email": text(user, "email"),
            "slack": slack,
            "timezone": text(user, "timezone"),
            "roles": [] if is_viewer else [_ROLE],
            "contact": contacts.get(text(user, "id"), {}),
        }
        entry = keep(
            report,
            "person",
            name,
            PersonConfig,
            said,
            "numbers of telephones are not in the export: add `phone`",
        )
        if entry:
            found[names.give(text(user, "id"), name)] = entry
    return found


def _slack(said: Any) -> str:
    """The account in Slack of a user: OnCall answers one, and some exports have a list; empty if it is neither."""
    accounts = said if isinstance(said, list) else [said]
    return next((own for one in accounts if isinstance(one, dict) and (own := text(one, "user_id"))), "")


def _teams(export: Export, report: Report, names: Names, people: Names) -> dict[str, Any]:
    members: dict[str, list[str]] = {}
    for user in export.all("users"):
        for team in texts(user.get("teams")):
            members.setdefault(team, []).append(people.of(text(user, "id")))
    found: dict[str, Any] = {}
    for one in export.all("teams"):
        own = [key for key in members.get(text(one, "id"), []) if key]
        changes = [] if own else ["its members are not in the export: add `members`"]
        entry = keep(report, "team", text(one, "name"), TeamConfig, {"members": own}, *changes)
        found[names.give(text(one, "id"), text(one, "name"))] = entry
    return found


def _watched(export: Export, made: dict[str, Any], teams: Names, schedules: Names) -> None:
    """A team's schedule is the first that belongs to it."""
    for schedule in export.all("schedules"):
        team, key = teams.of(text(schedule, "team_id")), schedules.of(text(schedule, "id"))
        if team and key:
            made["teams"][team].setdefault("schedule", key)
