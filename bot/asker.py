"""The one way in which every door asks and claims, whatever its protocol: REST, gRPC, MCP."""

from collections.abc import Mapping
from typing import Any

from core.store.engine import Store
from handlers import programs
from handlers.asking import Question
from handlers.programs import Asked, Caller, Claimed, Now


class Asker:
    """Asks and claims for programs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, caller: Caller, question: Question, key: str) -> Asked:
        """Ask people, or learn at once what the policies say; the same key asks the same.

        Raises:
            Invalid, Conflict, TooMany: see `programs.ask`.
            Unavailable: the database does not answer.
        """
        return await self._store.transact(programs.ask, caller, question, key)

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
            NotFound, Forbidden, Conflict: see `programs.claim`.
            Unavailable: the database does not answer.
        """
        return await self._store.transact(
            programs.claim, caller, request_id, execution, Now(current or {}, shown)
        )
