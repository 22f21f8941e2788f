"""Where the tools hand in what an assistant wants, in the name of the token that it holds."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from mcp.server.mcpserver import Context

from bot.mcp.rest import Ask, Rest

AnyContext = Context[Any, Any]


class Desk:
    """Calls of one door.

    Args:
        rest: the house.
        token_of: whose token came with a call of a tool.
    """

    def __init__(self, rest: Rest, token_of: Callable[[AnyContext], str]) -> None:
        self._rest = rest
        self._token_of = token_of

    async def get(
        self,
        ctx: AnyContext,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        known: int | None = None,
        wait: int = 0,
    ) -> dict[str, Any]:
        """Look; with `wait` seconds for a version other than `known`, and nothing if there is none by then.

        Raises:
            Refused: see `Rest.call`.
        """
        asked = Ask("GET", path, query={name: value for name, value in (query or {}).items() if value})
        if wait:
            asked = Ask("GET", path, known=known, wait=wait)
        return await self._rest.call(self._token_of(ctx), asked)

    async def send(
        self, ctx: AnyContext, path: str, body: Mapping[str, Any], key: str, method: str = "POST"
    ) -> dict[str, Any]:
        """Ask for something to be done; what is None or empty in `body` is left out.

        Raises:
            Refused: see `Rest.call`.
        """
        said = {name: value for name, value in body.items() if value not in (None, "", (), [])}
        return await self._rest.call(self._token_of(ctx), Ask(method, path, said, key=key))


def key_of(tool: str, key: str, content: Mapping[str, Any]) -> str:
    """What recognises a call that is made again: the key that was given, or the whole content."""
    told = {"tool": tool, "key": key} if key else {"tool": tool, "content": content}
    return f"mcp-{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:48]}"
