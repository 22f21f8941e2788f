"""Nothing of the agent was executed in this session of the venue yet. Source: the design's fifth trigger."""

from collections.abc import Iterator

from core.approvals.request import Finding
from core.trading.case import Case, Trigger
from core.trading.subject import EXECUTED

CODE = "FIRST_TRADE"


def _fires(case: Case) -> Iterator[Finding]:
    opens, closes = case.subject.market.opens, case.subject.market.closes
    if opens is None or closes is None:
        return
    if not opens <= case.now < closes:
        yield case.gap("The session that was told is not the one of now", opens=opens, closes=closes)
        return
    yield from case.uncovered(opens, "The session")
    executed = (
        order.at is not None and order.at >= opens and order.agent == case.subject.agent.id
        for order in case.subject.activity.orders
        if order.status == EXECUTED
    )
    if not case.subject.agent.id or not any(executed):
        said = "It is the agent's first order of this session"
        yield case.finding(CODE, "LOW", said, opens=opens, as_of=case.subject.activity.as_of)


TRIGGER = Trigger(
    lambda limits: limits.require_approval_for_first_trade,
    (
        *("market.session.opens", "market.session.closes", "agent.id"),
        *("activity.as_of", "activity.since", "activity.orders"),
    ),
    _fires,
)
