"""Orders that are asked about: what others may yet claim is read in the unit that decides, one order after the other.

Source: rules 4, 6, 12 and 54: ten orders at once must see each other, what was judged is what is frozen and shown, and
an approval is held to the world as it is when it is used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.approvals import records as approvals
from core.approvals.config import Policy
from core.approvals.request import Request
from core.digest import digest
from core.people.person import Person
from core.store import turns
from core.store.engine import Unit
from core.trading import records
from core.trading.intake import read
from core.trading.look import Look

_TURN = "trade orders"
_A_DAY = timedelta(days=1)
PACK = "trading"
FOLLOWS = frozenset({"agent", "activity", "risk"})
"""The parts of a subject that are written here, so that nobody changes them by hand."""


def asking(person: Person, kind: str, policies: Sequence[Policy]) -> "Asking | None":
    """Who asks, if this kind is judged by the pack at all."""
    packed = [policy for policy in policies if policy.pack == PACK and policy.applies_to == kind]
    return Asking(person, packed) if packed else None


@dataclass(frozen=True)
class Asking:
    """Who asks about an order, under which policies of the pack."""

    person: Person
    policies: Sequence[Policy]

    @property
    def window(self) -> timedelta:
        """How far back orders that ran may count."""
        spans = [policy.limits.window for policy in self.policies if policy.limits]
        return max([_A_DAY, *spans])


def look(unit: Unit, asking: Asking, told: Mapping[str, Any], *, without: str = "") -> Look:
    """The order with all that is known, and with our own orders that may yet run.

    Nobody else decides on an order until this unit is committed. Who asks is who the token says.

    Args:
        unit: the transaction.
        asking: who asks, under which policies.
        told: the subject so far.
        without: the request whose own order does not count beside itself.
    """
    turns.take(unit, _TURN)
    person = asking.person
    agent = told.get("agent")
    known = dict(agent) if isinstance(agent, Mapping) else {}
    subject = {**told, "agent": known | {"id": person.id, "owner": person.owner or person.id}}
    trade = read({"trade": told.get("trade")}).trade
    since = unit.now - asking.window
    kept = [one for one in records.live(unit, person.id, trade.id, since) if one.request != without]
    ours = [_current(unit, one) for one in kept]
    return Look(_with(subject, [(one.request, row) for one, row in zip(kept, ours, strict=True)]))


def keep(unit: Unit, request: Request, told: Mapping[str, Any]) -> None:
    """Keep the order of a request that was just made: from now on it claims what it may need."""
    records.add(unit, request.id, {"asked": digest(told), "at": unit.now, **_row(request)})


def _current(unit: Unit, kept: records.Kept) -> Mapping[str, Any]:
    """The order as it is asked for now: people may have changed it."""
    if not kept.moved:
        return kept.row
    row = _row(approvals.get(unit, kept.request))
    records.change(unit, kept.request, row)
    said = {name: row[name] for name in ("symbol", "side", "sector", "quantity", "notional") if row[name]}
    return {**kept.row, **said}


def _row(request: Request) -> dict[str, Any]:
    subject = read(request.subject)
    trade, market, notional = subject.trade, subject.market, Look(request.subject).notional
    return {
        "digest": request.digest,
        "order_id": trade.id[:64],
        "agent": request.requester,
        "owner": subject.agent.owner[:64],
        "symbol": trade.symbol,
        "side": trade.side,
        "sector": market.sector[:64],
        "quantity": "" if trade.quantity is None else str(trade.quantity),
        "notional": "" if notional is None else str(notional),
    }


def _with(subject: dict[str, Any], ours: list[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The subject with our own orders among the others; one that the book knows too counts once.

    The book knows it by the id of its request, which is the client order id, or by the agent's own.
    """
    activity = subject.get("activity")
    told = activity.get("orders") if isinstance(activity, Mapping) else None
    if not isinstance(told, list | tuple | None) or not (ours or told):
        return subject
    names = {request: row["id"] for request, row in ours}
    rows = [_named(row, names) for row in told or () if not _is_ours(row)]
    own = {row["id"] for _, row in ours}
    if (subject.get("book") or {}).get("answered"):
        own -= {row.get("id") for row in rows if isinstance(row, Mapping)}
    else:
        # An agent does not know better than we do what became of its requests.
        rows = [row for row in rows if not (isinstance(row, Mapping) and row.get("id") in own)]
    rows += [{**row, "request": request} for request, row in ours if row["id"] in own]
    return {**subject, "activity": {**(activity or {}), "orders": rows}}


def _is_ours(row: Any) -> bool:
    """Whether a row is one of our own, as it was when the subject was frozen."""
    return isinstance(row, Mapping) and "request" in row


def _named(row: Any, names: Mapping[str, str]) -> Any:
    if isinstance(row, Mapping) and isinstance(row.get("id"), str) and row["id"].upper() in names:
        request = row["id"].upper()
        return {**row, "id": names[request], "request": request}
    return row
