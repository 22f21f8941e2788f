"""Escalation chains of a Grafana OnCall export: their steps as escalations, what calls together in one step."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bot.importers.export import Export, Thing, number, text, texts
from bot.importers.parts import Names, accepted
from bot.importers.report import Report
from core.paging.config import EscalationConfig

_SHORTEST, _LONGEST = 30, 86_400
_REPEATS = 5  # as often as OnCall repeats a chain at most
_STAYS = {
    "notify_user_group": "user groups of Slack are not known here: name a team or people",
    "trigger_webhook": "no address is called by an escalation: a runbook can do it",
    "trigger_action": "no address is called by an escalation: a runbook can do it",
    "resolve": "nothing is resolved because nobody answered",
    "notify_whole_channel": "add the channel under `channels` of a step",
    "notify_if_time_from_to": "steps do not depend on the time of day: see quiet hours and the urgency of severities",
    "notify_if_num_alerts_in_window": "steps do not depend on how many alerts there are",
    "declare_incident": "incidents are declared by the routes of alerts",
}


@dataclass(frozen=True)
class Called:
    """What the people, teams and schedules of the export are called here."""

    people: Names
    teams: Names
    schedules: Names


@dataclass
class _Chain:
    name: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    repeat: int = 0
    changes: list[str] = field(default_factory=list)

    def call(self, target: dict[str, Any]) -> None:
        """Call somebody: together with the step before, if nothing is waited for in between and it has room."""
        if self.steps and self.waits[-1] == 0:
            last = self.steps[-1]
            if "people" in target and "people" in last:
                last["people"] = list(dict.fromkeys([*last["people"], *target["people"]]))
                return
            if not target.keys() & last.keys():
                last |= target
                return
            self.changes.append(f"{_SHORTEST} s between two steps that were at once")
        self.steps.append(dict(target))
        self.waits.append(0)

    def wait(self, seconds: int) -> None:
        """Wait for an answer to the step before."""
        if not self.steps:
            self.changes.append("it begins at once, without waiting first")
            return
        self.waits[-1] += seconds


def escalations(export: Export, report: Report, names: Names, called: Called) -> dict[str, Any]:
    """Every chain that calls somebody, by its key."""
    steps: dict[str, list[Thing]] = defaultdict(list)
    for step in export.all("escalation_policies"):
        steps[text(step, "escalation_chain_id")].append(step)
    found: dict[str, Any] = {}
    for one in export.all("escalation_chains"):
        chain = _Chain(text(one, "name"))
        for step in sorted(steps[text(one, "id")], key=lambda each: number(each, "position")):
            _take(chain, step, report, called)
        entry, _ = accepted(EscalationConfig, _written(chain))
        if entry is None:
            report.left("escalation chain", chain.name, "it calls nobody who is known here")
            continue
        found[names.give(text(one, "id"), chain.name)] = entry
        report.carried("escalation chain", chain.name, *dict.fromkeys(chain.changes))
    return found


def important(export: Export) -> frozenset[str]:
    """The ids of the chains with a step that calls people by their important rules."""
    steps = (step for step in export.all("escalation_policies") if step.get("important") is True)
    return frozenset(text(step, "escalation_chain_id") for step in steps)


def _take(chain: _Chain, step: Thing, report: Report, called: Called) -> None:
    kind = text(step, "type")
    where = f"{chain.name}, step {number(step, 'position') + 1}"
    if kind == "wait":
        chain.wait(min(_LONGEST, max(0, number(step, "duration"))))
        return
    if kind == "repeat_escalation":
        chain.repeat = _REPEATS
        return
    target = _target(chain, step, kind, called)
    if target:
        if step.get("important") is True:
            chain.changes.append(
                "how urgent it is follows from the severity that a route declares, and not from a step"
            )
        chain.call(target)
    else:
        report.left(
            "escalation step", where, _STAYS.get(kind, f"{kind or 'it'} names nobody who is known here")
        )


def _target(chain: _Chain, step: Thing, kind: str, called: Called) -> dict[str, Any]:
    match kind:
        case "notify_persons" | "notify_person_next_each_time":
            key = "persons_to_notify" + ("_next_each_time" if kind.endswith("each_time") else "")
            people = [one for user in texts(step.get(key)) if (one := called.people.of(user))]
            if kind.endswith("each_time") and len(people) > 1:
                chain.changes.append("people who were called one each time are called together")
            return {"people": people} if people else {}
        case "notify_on_call_from_schedule":
            schedule = called.schedules.of(text(step, "notify_on_call_from_schedule"))
            return {"schedule": schedule} if schedule else {}
        case "notify_team_members":
            team = called.teams.of(text(step, "team_to_notify"))
            return {"team": team} if team else {}
    return {}


def _written(chain: _Chain) -> dict[str, Any]:
    steps = [
        step
        | ({"wait": f"{max(_SHORTEST, min(_LONGEST, wait))}s"} if wait or number_ < len(chain.steps) else {})
        for number_, (step, wait) in enumerate(zip(chain.steps, chain.waits, strict=True), start=1)
    ]
    return {"steps": steps, "repeat": chain.repeat}
