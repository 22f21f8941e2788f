"""The action `log.search`: how many lines say something, and the newest of them, from Loki."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.actions.backend import Window, configured, looks, unless_stopped
from core.errors import Invalid
from core.observability.ports import Lines, Logs
from core.observability.queries.logql import Search, written
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.text import clean, cut

_LINE = 500
_EXCERPT = 16 * 1024

_Word = Annotated[str, Field(min_length=1, max_length=500)]
_Words = Annotated[
    tuple[_Word, ...],
    Field(max_length=10),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]


class SearchArgs(BaseModel):
    """Which streams, by their labels; what their lines contain and do not contain; how far back."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    labels: dict[str, str] = Field(min_length=1, max_length=10)
    contains: _Words = ()
    without: _Words = ()
    window: Window = timedelta(minutes=15)
    limit: int = Field(default=20, ge=0, le=100)


class LogSearch:
    """Asks where logs are kept; None where none is configured."""

    spec: ClassVar[ActionSpec] = looks("log.search", SearchArgs)

    def __init__(self, logs: Logs | None) -> None:
        self._logs = logs

    async def run(self, args: SearchArgs, context: Context) -> dict[str, Any]:
        """Ask; the result has `count`, `lines` (the newest first), `excerpt` (the same as text) and `query`.

        Raises:
            ActionFailed: no Loki is configured or answers, or no stream is named.
        """
        logs = configured(self._logs, "Loki", "{logs: {loki: ...}}")
        try:
            query = written(Search(args.labels, args.contains, args.without))
        except Invalid as error:
            raise ActionFailed(error.sentence()) from None
        found = await unless_stopped(logs.find(query, args.window, args.limit), context.stop)
        lines = _shown(found)
        return {"count": found.count, "lines": lines, "excerpt": "\n".join(lines), "query": query}


def _shown(found: Lines) -> list[str]:
    """The lines with their times, foreign letters made harmless, as many as 16 KiB hold."""
    kept: list[str] = []
    room = _EXCERPT
    for at, line in found.newest:
        text = f"{at:%Y-%m-%dT%H:%M:%SZ} {cut(clean(line), _LINE)}"
        room -= len(text.encode()) + 1
        if room < 0:
            break
        kept.append(text)
    return kept
