"""The action `http`: one call to a listed host."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from bot.actions.web import KEPT, LARGEST, Question, ask, parsed
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import HttpRules
from core.runbooks.definition import Nature

_READS = ("GET", "HEAD")
_BAD = 400
_REDIRECT = 300


class HttpArgs(BaseModel):
    """What to call. `json` and `body` exclude each other; `expect` lists the statuses that are right."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=4_000)
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, str] = Field(default_factory=dict)
    json_: Any = Field(default=None, alias="json")
    body: str | None = None
    expect: tuple[int, ...] = ()


def _method(arguments: Mapping[str, Any]) -> str:
    return str(arguments.get("method", "GET"))


def _nature(arguments: Mapping[str, Any]) -> Nature:
    return "idempotent" if _method(arguments) in _READS else "at_most_once"


class Http:
    """Calls listed hosts."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="http", args=HttpArgs, nature=_nature, changes=lambda given: _method(given) not in _READS
    )

    def __init__(self, rules: HttpRules) -> None:
        self._rules = rules

    async def run(self, args: HttpArgs, context: Context) -> dict[str, Any]:
        """Call it; the result has `status`, `body` (its first 64 KiB) and `json` (None if it is none).

        Raises:
            ActionFailed: the host is not listed, does not answer, answers with a wrong status or more than 1 MiB.
        """
        headers = {"User-Agent": "wardroom", **args.headers}
        if args.method not in _READS:
            headers.setdefault("Idempotency-Key", context.key)
        body = args.body.encode() if args.body is not None else None
        if args.json_ is not None:
            headers.setdefault("Content-Type", "application/json")
            body = orjson.dumps(args.json_)
        if body is not None and len(body) > LARGEST:
            raise ActionFailed(
                f"More than {LARGEST // 1024} KiB would be sent, which is more than a step sends."
            )
        question = Question(args.method, args.url, headers, body)
        answer = await ask(question, self._rules.allow, context.stop)
        right = answer.status in args.expect if args.expect else answer.status < _REDIRECT
        if right:
            kept = answer.body.encode()[:KEPT].decode("utf-8", "ignore")
            return {"status": answer.status, "body": kept, "json": parsed(answer.body)}
        if _REDIRECT <= answer.status < _BAD:
            raise ActionFailed(
                f"It answered with a redirect ({answer.status}); call the other address itself."
            )
        raise ActionFailed(
            f"It answered with status {answer.status}.",
            retriable=answer.is_retriable,
            retry_after=answer.retry_after,
            log=answer.body[-2_000:],
        )
