"""Many decisions at once, for what is of LOW severity: shown first, and then decided one by one."""

from collections.abc import Sequence

from core.approvals import records, units
from core.approvals.request import Choice, Request
from core.digest import digest
from core.store.engine import Unit
from handlers.cards import bulk as cards
from handlers.inbound import Click
from handlers.verb import Args, Call, Reply, Verb

MOST = 20
_MARK = 12


class All(Args):
    """The mark of the list that was shown; nothing to be shown it."""

    carried = frozenset({"revision", "digest", "mark"})
    mark: str = ""
    revision: int = 0
    digest: str = ""


def approve_all(unit: Unit, call: Call, args: All) -> Reply:
    """Show what would be approved; or, if that is what was shown, approve each of it."""
    waiting = cards.low(records.waiting_for(unit, call.person.id, MOST))
    mark = mark_of(waiting)
    if not isinstance(call.inbound, Click) or args.mark != mark or not waiting:
        return Reply(card=cards.asks(waiting, mark, is_new=bool(args.mark) and args.mark != mark))
    platform = call.inbound.actor.platform
    decided = [
        units.decide(unit, one.id, call.person, Choice.APPROVE, "", one.digest, via=platform)
        for one in waiting
    ]
    return Reply(card=cards.done(decided))


def mark_of(requests: Sequence[Request]) -> str:
    """What tells this list, and each version in it, from any other."""
    return digest([[one.id, one.digest] for one in requests])[:_MARK]


VERBS = (
    Verb(
        name="approval.approve_all",
        command="approvals approveall",
        help="Approve everything of LOW severity that waits for you, after a look at the list.",
        example="/approvals approveall",
        args=All,
        run=approve_all,
        permission="",
    ),
)
