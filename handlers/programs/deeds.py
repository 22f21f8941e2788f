"""What programs look at, use and report on, whatever door they come through: REST, gRPC or MCP. Each call is one unit's work."""

from core.approvals import records
from core.approvals.request import Request
from core.approvals.states import Happening
from core.errors import NotFound
from core.store.engine import Unit
from handlers.approvals import using
from handlers.approvals.using import Claimed, Now, Reported
from handlers.caller import Caller, may_see


def seen(unit: Unit, caller: Caller, request_id: str) -> Request:
    """A request, for somebody who may see it.

    Raises:
        NotFound: there is none, or it is not theirs to see; both look the same.
    """
    request = records.get(unit, request_id)
    if not may_see(caller, request):
        raise NotFound(
            f"There is no approval {request_id}.", "`GET /api/v1/approvals` lists those you may see."
        )
    return request


def claim(unit: Unit, caller: Caller, request_id: str, execution: str, now: Now) -> Claimed:
    """Use an approval once; see `using.use`.

    Raises:
        NotFound: it is not the caller's to see.
    """
    return using.use(unit, caller, seen(unit, caller, request_id), execution, now)


def report(unit: Unit, caller: Caller, request_id: str, said: tuple[str, Happening | None, str]) -> Reported:
    """Say what became of what was approved; see `using.tell`.

    Raises:
        NotFound: it is not the caller's to see.
    """
    return using.tell(unit, caller, seen(unit, caller, request_id), said)
