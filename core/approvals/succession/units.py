"""A request that takes the place of an open one of the same requester; part of the transaction that makes it."""

from core.approvals import records, words
from core.approvals.ageing import units as ageing
from core.approvals.request import Request
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.errors import AlreadyFinal, NotFound
from core.ids import parse_numbered
from core.store.engine import Unit


def named(unit: Unit, written: str | None, requester: str) -> Request | None:
    """The open request that a question names as the one whose place it takes, if it names one; see `replaceable`."""
    return None if written is None else replaceable(unit, parse_numbered(written, "AP"), requester)


def replaceable(unit: Unit, request_id: str, requester: str) -> Request:
    """The open request that its requester wants to replace.

    Raises:
        NotFound: they have asked for no such thing.
        AlreadyFinal: it is not open any more.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    if request.requester != requester:
        raise NotFound(f"You have not asked for {request_id}.", "Name one of your own open requests.")
    if not request.is_pending:
        raise AlreadyFinal(
            f"{words.present(request)}, so nothing takes its place.", "Ask again without `supersedes`."
        )
    return request


def replace(unit: Unit, old: Request, by: Request) -> Request:
    """Let the new request stand in the place of the old one, which ends."""
    said = f"{by.id} takes its place"
    ended = settling.end(unit, old, Happening.SUPERSEDED, "SUPERSEDED", old.requester, said)
    return records.save(unit, ended, superseded_by=by.id)
