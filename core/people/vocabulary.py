"""The permissions that a role may name, those of rooms that are built later included.

A configuration stays valid when a room is added, and a misspelt permission is told when the file is read.
"""

_AREAS = {
    "alert": "send",
    "approval": "request list show details approve reject abstain comment question ask answer change approve_all withdraw delegate delegations away back snooze "
    "simulate claim report reconcile break_glass",
    "ask": "question",
    "audit": "read verify export",
    "delivery": "read",
    "deployment": "report",
    "event": "read",
    "health": "read",
    "incident": "declare list show read update severity role assign ack escalate page link timeline resolve "
    "silence reopen postmortem task triage merge hold release",
    "oncall": "show override swap ack",
    "policy": "evaluate test replay",
    "runbook": "list show plan run draft discard save start status pause resume cancel retry rollback answer reply",
    "service": "list show",
    "status": "read",
    "test": "list show run",
    "trade": "list show",
    "wardroom": "help home mine whoami link unlink signin sessions signout totp mute stats",
}

PERMISSIONS = frozenset(f"{area}.{verb}" for area, verbs in _AREAS.items() for verb in verbs.split())
"""Every permission by its full name, `area.verb`."""
