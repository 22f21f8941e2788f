"""The app's manifest, made from the verbs, so that what Slack offers is what the house can do.

`wardroom slack manifest` prints it; a person pastes it where Slack asks for one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from handlers.verb import Verb

HEAD = (
    "# Paste this where Slack asks for an app manifest (api.slack.com/apps, Create New App, From a manifest).\n"
    "# It is made from the commands: wardroom slack manifest > manifest.yml\n"
)
NAME, SUMMARY = "Wardroom", "Approvals by quorum, durable runbooks and incidents, in chat."
STORY = (
    "Wardroom is your team's own operations bot. Ask for a runbook in words or by a command; the people whose "
    "decision it needs press Approve or Reject; the runbook runs once the quorum is there, and everybody sees "
    "what happened. Incidents have a card that stays current, a thread and a timeline. Every decision and every "
    "step is kept in an audit that shows any change."
)
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "pins:write",
    "reactions:read",
)
# For incidents with channels of their own; without them their threads do.
OPTIONAL_SCOPES = ("channels:manage", "channels:read")
EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
)
SHORTCUTS = (
    ("Start incident", "incident.declare", "Declare an incident from this message."),
    ("Add to timeline", "incident.timeline", "Keep this message in an incident's timeline."),
)
_DESCRIPTION, _HINT = 200, 200
_AREAS = {
    "alerts": "See what fires, and keep alerts quiet for a time.",
    "approvals": "See and decide what waits for people.",
    "incident": "Declare and follow incidents.",
    "oncall": "See who is on call, take over, swap.",
    "status": "See which services are healthy, and why one is not.",
    "runbook": "List, plan, run and follow runbooks.",
    "wardroom": "Help, your own page, and one person on several platforms.",
}


def manifest(
    verbs: Sequence[Verb], http_url: str = "", names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The manifest, version 2.

    Args:
        verbs: everything that people can ask for.
        http_url: where Slack can deliver over HTTP; empty: Socket Mode.
        names: commands that are called otherwise in this workspace.
    """
    events_url = f"{http_url.rstrip('/')}/slack/events" if http_url else ""
    where = {"request_url": events_url} if events_url else {}
    commands = [
        _command(area, verbs, names or {}) | ({"url": events_url} if events_url else {})
        for area in _areas(verbs)
    ]
    shortcuts = [
        {"name": name, "type": "message", "callback_id": callback, "description": told}
        for name, callback, told in SHORTCUTS
    ]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": SUMMARY,
            "long_description": STORY,
            "background_color": "#175e67",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": shortcuts,
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": where | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | where,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not events_url,
            "token_rotation_enabled": False,
        },
    }


def to_yaml(made: dict[str, Any]) -> str:
    """The manifest as a person pastes it."""
    return HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def _areas(verbs: Sequence[Verb]) -> list[str]:
    return sorted({verb.command.split()[0] for verb in verbs if verb.command})


def _command(area: str, verbs: Sequence[Verb], names: Mapping[str, str]) -> dict[str, Any]:
    words = [verb.command.split()[1] for verb in verbs if verb.command.startswith(f"{area} ")]
    # A command of one word has arguments in the place of other words.
    alone = [verb for verb in verbs if verb.command == area]
    words += [f"[{name}]" for verb in alone for name in (*verb.order, verb.rest) if name]
    return {
        "command": f"/{names.get(area, area)}",
        "description": _AREAS.get(area, f"Everything about {area}.")[:_DESCRIPTION],
        "usage_hint": " | ".join(dict.fromkeys(words))[:_HINT],
        "should_escape": True,
    }
