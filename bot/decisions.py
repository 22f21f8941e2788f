"""How a question of a program ended, and the errors that say so. Like `bot.wire` it imports nothing else of Wardroom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from bot.wire import WardroomError


class NotApproved(WardroomError):
    """People, time or a policy said no; `decision` has how it ended."""

    def __init__(self, decision: "Decision") -> None:
        final = decision.request.get("final") or {}
        reason = final.get("reason") or final.get("code") or decision.status
        super().__init__(409, decision.status, f"{decision.id} is {decision.status.lower()}: {reason}")
        self.decision = decision


class Changed(WardroomError):
    """People agreed to something else than what was asked: `decision.subject`. Nothing was claimed.

    Whoever catches this does what that subject says, and claims with this `decision`; or lets the approval lapse.
    """

    def __init__(self, decision: "Decision") -> None:
        amended = decision.request["amended"]
        parts = ", ".join(f"{one['path']}: {one['before']} -> {one['after']}" for one in amended["changes"])
        super().__init__(409, "CHANGED", f"{decision.id} was changed by {amended['name']}: {parts}")
        self.decision = replace(decision, knows_change=True)


@dataclass(frozen=True)
class Decision:
    """How a question ended. `request` is all the server says; `knows_change`: the caller was told (see Changed)."""

    id: str
    status: str
    request: Mapping[str, Any]
    knows_change: bool = False

    @property
    def is_approved(self) -> bool:
        """It may be done now."""
        return self.status in ("APPROVED", "EXECUTING", "EXECUTED")

    @property
    def subject(self) -> Mapping[str, Any]:
        """What people decided on."""
        return cast("Mapping[str, Any]", self.request.get("subject") or {})

    @property
    def is_changed(self) -> bool:
        """People decided on something else than what was asked at first."""
        return bool(self.request.get("amended"))
