"""“Is there a freeze?”: which policies forbid changes now and until when, or next. Pure."""

from collections.abc import Sequence

from core.approvals.freezing import Freeze
from core.approvals.words import list_of
from core.text import cut, moment, one_line
from handlers.cards.card import Card, Text, literals

_REST = "`/approvals policies` shows who has to agree to changes."
_NONE = "No freeze is set: no policy forbids changes at any time."


def card(found: Sequence[Freeze]) -> Card:
    """One line for each policy that forbids changes, those that hold now first."""
    ranked = sorted(found, key=lambda one: (not one.holds, one.holds is not None))
    title = _title(found)
    said = [*(_line(one) for one in ranked), *([] if found else [_NONE]), _REST]
    parts = tuple(Text(line=literals(one)) for one in said)
    return Card(title=title, parts=parts, summary=cut(f"{title}. {' '.join(said)}".replace("`", ""), 1_000))


def _title(found: Sequence[Freeze]) -> str:
    if any(one.holds for one in found):
        return "A freeze is on"
    return (
        "Some changes may be forbidden" if any(one.holds is None for one in found) else "No freeze is on now"
    )


def _line(one: Freeze) -> str:
    name = one_line(one.policy.reason or one.policy.name, 120)
    what = f"changes in {list_of(list(one.where))}" if one.where else "all changes"
    if one.holds:
        until = f"until {moment(one.until)}" if one.until else "with no end in sight"
        return f"{name}: {what} are forbidden {until}."
    if one.holds is None:
        when = f" (`{one_line(one.policy.when, 160)}`)" if one.policy.when else ""
        return f"{name}: that hangs on what is changed{when}. `/runbook plan NAME` says it of one run."
    if one.until:
        return f"{name}: {what} are forbidden from {moment(one.until)} on."
    return f"{name}: does not hold now, nor in the next sixty days."
