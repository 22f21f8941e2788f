"""One question to a backend: JSON asked for by GET within its limits, or words for why there is no answer."""

import asyncio
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.actions.web import Question, ask, parsed
from core.observability.ports import NoAnswer
from core.runbooks.action import ActionFailed

_OK = 200
_SECONDS = 30.0


async def data_of(name: str, address: str, path: str, asked: dict[str, str]) -> dict[str, Any]:
    """The `data` of a backend's answer; Prometheus and Loki wrap it alike.

    Raises:
        NoAnswer: it cannot be reached, or answers that it cannot.
    """
    base = address.rstrip("/")
    question = Question(
        "GET", f"{base}{path}?{urlencode(asked)}", {"Accept": "application/json"}, seconds=_SECONDS
    )
    try:
        answer = await ask(question, [urlsplit(base).netloc.lower()], asyncio.Event())
    except ActionFailed as failed:
        raise NoAnswer(f"{name}: {failed.why}", retriable=failed.retriable) from None
    said = parsed(answer.body)
    if answer.status == _OK and isinstance(said, dict) and said.get("status") == "success":
        found = said.get("data")
        if isinstance(found, dict):
            return found
    why = said.get("error", "") if isinstance(said, dict) else answer.body
    raise NoAnswer(
        f"{name} could not answer (status {answer.status}). {str(why)[:300]}".rstrip(),
        retriable=answer.is_retriable,
        retry_after=answer.retry_after,
    )
