"""The book over REST: five bounded questions at once, and nothing of the answers is kept that is not known by name.

The shape is in `docs/how-to/trading.md`: each answer is the part of the subject of that name.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr
from typing_extensions import override

from bot.unreached import why
from core.errors import Unavailable
from core.observability.config import BookConfig
from core.trading.ports import Book, Wanted

_LIMIT = 512 * 1024
_OK = 200
_ROWS = 501  # one more than are looked at, so that too many are noticed
_TEXT = 65  # one more than a value may have
_PAIRS = 501

_SCALARS: Mapping[str, tuple[str, ...]] = {
    "market": (
        *("as_of", "mark", "quote", "multiplier", "fx_rate", "sector", "halted", "restricted", "borrowable"),
    ),
    "statistics": ("as_of", "volatility", "average_volume", "vix"),
    "agent": (
        *("as_of", "cash", "initial_budget", "trust_score", "win_rate", "total_trades", "performance"),
    ),
    "portfolio": ("as_of", "net_value", "currency", "cash", "unrealized_pnl", "realized_pnl"),
    "activity": ("as_of", "since"),
}
_ROW_LISTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "market": {"calendar": ("opens", "closes")},
    "portfolio": {"positions": ("symbol", "quantity", "value", "sector")},
    "activity": {
        "orders": (
            *("id", "symbol", "side", "quantity", "notional", "agent", "owner", "sector", "status", "at"),
        )
    },
}


class RestBook(Book):
    """Asks a configured address. Nothing that it answers is believed to be well formed."""

    def __init__(self, config: BookConfig, secret: SecretStr) -> None:
        self._base = config.rest.rstrip("/")
        self._seconds = config.timeout.total_seconds()
        self._headers = {"Accept": "application/json"}
        if secret.get_secret_value():
            self._headers["Authorization"] = f"Bearer {secret.get_secret_value()}"

    @override
    async def look(self, wanted: Wanted) -> Mapping[str, Any]:
        """All five parts; see Book."""
        asked = {
            "agent": wanted.agent,
            "owner": wanted.owner,
            "symbol": wanted.symbol,
            "currency": wanted.currency,
        }
        params = {name: value for name, value in asked.items() if value}
        limit = aiohttp.ClientTimeout(total=self._seconds)
        try:
            async with aiohttp.ClientSession(
                timeout=limit, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), headers=self._headers
            ) as session:
                parts = await asyncio.gather(*(self._part(session, part, params) for part in _SCALARS))
        except TimeoutError:
            raise Unavailable(f"The book did not answer within {self._seconds:g} s.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"The book could not be asked: {why(error)}.") from None
        return dict(zip(_SCALARS, parts, strict=True))

    async def _part(
        self, session: aiohttp.ClientSession, part: str, params: Mapping[str, str]
    ) -> dict[str, Any]:
        async with session.get(f"{self._base}/{part}", params=params, allow_redirects=False) as answer:
            if answer.status != _OK:
                raise Unavailable(f"The book answered {answer.status} when asked for {part}.")
            body = b""
            while more := await answer.content.read(_LIMIT + 1 - len(body)):
                body += more
                if len(body) > _LIMIT:
                    raise Unavailable(f"The book's answer about {part} is larger than {_LIMIT // 1024} KiB.")
        return parsed(part, body)


def parsed(part: str, body: bytes) -> dict[str, Any]:
    """What is known by name in an answer about this part, each value bounded.

    Raises:
        Unavailable: it is no JSON object.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise Unavailable(f"The book's answer about {part} is no JSON object.")
    found = _scalars(said, _SCALARS[part])
    for name, columns in _ROW_LISTS.get(part, {}).items():
        rows = said.get(name)
        if isinstance(rows, list):
            found[name] = [_scalars(row, columns) if isinstance(row, dict) else None for row in rows[:_ROWS]]
    if part == "statistics" and isinstance(said.get("correlations"), dict):
        found["correlations"] = _correlations(said["correlations"])
    return found


def _scalars(said: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: _value(said[name]) for name in names if name in said and not isinstance(said[name], dict | list)
    }


def _correlations(said: Mapping[str, Any]) -> dict[str, Any]:
    found = _scalars(said, ("window",))
    pairs = said.get("with")
    if isinstance(pairs, dict):
        some = list(pairs.items())[:_PAIRS]
        found["with"] = {
            str(name)[:_TEXT]: _value(value) for name, value in some if not isinstance(value, dict | list)
        }
    return found


def _value(value: Any) -> Any:
    return value[:_TEXT] if isinstance(value, str) else value
