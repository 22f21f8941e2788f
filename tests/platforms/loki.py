"""A server that answers as Loki does, for the part of its language that is used here; anything else is refused."""

import ast
import re
from collections.abc import Iterator

from aiohttp import web

_STRING = r'"(?:[^"\\\n]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"'
_LABEL = rf"[A-Za-z_][A-Za-z0-9_]*={_STRING}"
_QUERY = re.compile(rf"\{{({_LABEL}(?:, {_LABEL})*)\}}((?: (?:\|=|!=) {_STRING})*)")
_COUNT = re.compile(r"sum\(count_over_time\((.*) \[(\d+)s\]\)\)", re.DOTALL)


class FakeLoki:
    """Streams of lines. `lines` are (labels, nanoseconds, words)."""

    def __init__(self) -> None:
        self.lines: list[tuple[dict[str, str], int, str]] = []
        self.asked: list[str] = []
        self.address = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_get("/loki/api/v1/query", self._count)
        app.router.add_get("/loki/api/v1/query_range", self._range)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _found(self, logql: str, begin: int, end: int) -> Iterator[tuple[dict[str, str], int, str]]:
        self.asked.append(logql)
        query = _QUERY.fullmatch(logql)
        if query is None:
            raise web.HTTPBadRequest(text=f"parse error at line 1: {logql}")
        labels = dict(re.findall(rf"([A-Za-z0-9_]+)=({_STRING})", query[1]))
        wanted = {name: _unquoted(value) for name, value in labels.items()}
        filters = [(how, _unquoted(text)) for how, text in re.findall(rf"(\|=|!=) ({_STRING})", query[2])]
        for stream, at, words in self.lines:
            fits = wanted.items() <= stream.items() and begin <= at < end
            if fits and all((text in words) == (how == "|=") for how, text in filters):
                yield stream, at, words

    async def _count(self, request: web.Request) -> web.Response:
        count = _COUNT.fullmatch(request.query["query"])
        if count is None:
            return web.Response(status=400, text="parse error: only counts are asked here")
        end = int(request.query["time"])
        found = list(self._found(count[1], end - int(count[2]) * 1_000_000_000, end))
        result = [{"metric": {}, "value": [end / 1e9, str(len(found))]}] if found else []
        return _success({"resultType": "vector", "result": result})

    async def _range(self, request: web.Request) -> web.Response:
        begin, end = int(request.query["start"]), int(request.query["end"])
        assert request.query["direction"] == "backward"
        found = sorted(self._found(request.query["query"], begin, end), key=lambda one: -one[1])
        streams = [
            {"stream": stream, "values": [[str(at), words]]}
            for stream, at, words in found[: int(request.query["limit"])]
        ]
        return _success({"resultType": "streams", "result": streams})


def _success(data: dict[str, object]) -> web.Response:
    return web.json_response({"status": "success", "data": data})


def _unquoted(text: str) -> str:
    return str(ast.literal_eval(text))
