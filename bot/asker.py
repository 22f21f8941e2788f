"""The one way in which every door asks and claims, whatever its protocol: REST, gRPC, MCP.

What the book says of an order is looked up here, before the unit that decides and while no transaction is open.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from core.approvals.config import Policy
from core.approvals.policy import Verdict
from core.approvals.request import Request, Status
from core.errors import Unavailable
from core.store.engine import Store
from core.trading import units as trading
from core.trading.completing import PARTS, completed, unanswered
from core.trading.intake import read
from core.trading.ports import Book, Wanted
from handlers.approvals import posing
from handlers.approvals.asking import Question
from handlers.approvals.judging import policies_of, policies_on
from handlers.approvals.posing import Asked
from handlers.approvals.using import Claimed, Now
from handlers.caller import Caller
from handlers.programs import deeds as programs

# However many parts a book has, nobody waits longer for all of it.
_LONGEST = 30.0


class Asker:
    """Asks and claims for programs. Without a `book` an order is judged by what its agent tells."""

    def __init__(self, store: Store, book: Book | None = None) -> None:
        self._store = store
        self._book = book

    async def ask(self, caller: Caller, question: Question, key: str) -> Asked:
        """Ask people, or learn at once what the policies say; the same key asks the same.

        A book that does not answer is a reason to ask people, and never one to let pass.

        Raises:
            Invalid, Conflict, TooMany: see `posing.ask`.
            Unavailable: the database does not answer.
        """
        told = await self._completed(caller, question)
        return await self._store.transact(posing.ask, caller, question, key, told)

    async def judge(self, caller: Caller, question: Question) -> Verdict:
        """What the policies would say now, other orders that wait counted in. Nothing is asked, and nothing claimed.

        Raises:
            Invalid: it names a policy that does not exist.
            Unavailable: the database does not answer.
        """
        told = await self._completed(caller, question)
        return await self._store.transact(posing.judge, caller, question, told)

    async def _completed(self, caller: Caller, question: Question) -> dict[str, Any] | None:
        policies = policies_of(caller.world, question.kind, question.policy)
        return await self._told(caller, question.kind, policies, question.subject)

    async def claim(
        self,
        caller: Caller,
        request_id: str,
        execution: str,
        current: Mapping[str, Any] | None = None,
        shown: str = "",
    ) -> Claimed:
        """Use an approval once.

        Args:
            caller: who asked for it.
            request_id: the approval.
            execution: the id of this use; the same one again is told the same.
            current: the subject as it is now, as far as it can have changed.
            shown: the digest of what is going to be run; needed once people have changed what is asked.

        Raises:
            NotFound, Forbidden, Conflict: see `using.use`.
            Unavailable: the database does not answer, or the book does not tell what has to be known.
        """
        now = Now(current or {}, shown)
        if self._book is not None:
            request = await self._store.read(programs.seen, caller, request_id)
            now = Now(now.current, shown, await self._now(caller, request))
        return await self._store.transact(programs.claim, caller, request_id, execution, now)

    async def _now(self, caller: Caller, request: Request) -> dict[str, Any] | None:
        if request.status is not Status.APPROVED:
            return None
        policies = policies_on(caller.world, request)
        own = {name: value for name, value in request.subject.items() if name not in PARTS}
        return await self._told(caller, request.kind, policies, own)

    async def _told(
        self, caller: Caller, kind: str, policies: Sequence[Policy], subject: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The subject as the book completes it; None where there is no book, or no order."""
        person, book = caller.person, self._book
        if book is None or trading.asking(person, kind, policies) is None:
            return None
        trade = read({"trade": subject.get("trade")}).trade
        wanted = Wanted(person.id, person.owner or person.id, trade.symbol, trade.currency)
        try:
            async with asyncio.timeout(_LONGEST):
                parts = await book.look(wanted)
        except Unavailable as error:
            return unanswered(subject, error.what)
        except TimeoutError:
            return unanswered(subject, f"The book did not answer within {_LONGEST:g} s.")
        who = {"id": wanted.agent, "owner": wanted.owner}
        parts = {**parts, "agent": {**parts.get("agent", {}), **who}}
        return completed(subject, parts, self._store.clock.now())
