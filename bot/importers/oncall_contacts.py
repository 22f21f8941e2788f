"""How people of a Grafana OnCall export want to be called, by urgency, as Wardroom writes it."""

from collections import defaultdict
from typing import Any

from bot.importers.export import Export, Thing, number, text
from bot.importers.parts import accepted
from bot.importers.report import Report
from core.people.config import ContactConfig

_WAYS = {
    "notify_by_slack": "slack",
    "notify_by_sms": "sms",
    "notify_by_phone_call": "sms",
    "notify_by_email": "email",
}
_DAY = 86_400


def contacts(export: Export, report: Report) -> dict[str, dict[str, Any]]:
    """By the id of the user, their rules: what was important is what is urgent."""
    rules: dict[tuple[str, bool], list[Thing]] = defaultdict(list)
    for rule in export.all("personal_notification_rules"):
        rules[text(rule, "user_id"), rule.get("important") is True].append(rule)
    names = {text(user, "id"): text(user, "username") or text(user, "email") for user in export.all("users")}
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for (user, is_important), own in rules.items():
        name = names.get(user, user)
        said, changes, lost = _ladder(sorted(own, key=lambda one: number(one, "position")))
        urgency = "high" if is_important else "low"
        entry, _ = accepted(ContactConfig, {urgency: said})
        for way in lost:
            report.left("notification rule", name, f"nobody can be called by {way} ({urgency})")
        if entry:
            found[user] |= entry
            report.carried("notification rules", f"{name} ({urgency})", *changes)
    return found


def _ladder(rules: list[Thing]) -> tuple[str, list[str], list[str]]:
    """The ways with their times, what is different, and by what nobody can be called."""
    after, rungs, changes, lost = 0, dict[str, int](), list[str](), list[str]()
    for rule in rules:
        kind = text(rule, "type")
        if kind == "wait":
            after = min(_DAY, after + max(0, number(rule, "duration")))
        elif kind in _WAYS:
            way = _WAYS[kind]
            if kind == "notify_by_phone_call":
                changes.append("a text message instead of a telephone call")
            if way in rungs:
                changes.append(f"{way} once, and not again after {after // 60} min")
            rungs.setdefault(way, after)
        else:
            lost.append(kind.removeprefix("notify_by_").replace("_", " ") or "a rule without a type")
    said = ", ".join(f"{way} {after}s" if after else way for way, after in rungs.items())
    return said, list(dict.fromkeys(changes)), lost
