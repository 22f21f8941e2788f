"""The files of a Slack workspace: uploaded in three steps, and shown only after Slack has looked at them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_MOST = 1_000_000_000


@dataclass
class File:
    """A file. `looks` is how often it is asked for until Slack has looked at it."""

    length: int
    alt: str
    data: bytes = b""
    is_complete: bool = False
    looks: int = 1
    name: str = ""
    place: tuple[str, str] = ("", "")


@dataclass
class Files:
    """What was uploaded, by id; `lacks` is a scope that the app does not have."""

    kept: dict[str, File] = field(default_factory=dict)
    lacks: str = ""
    port: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def ask(self, args: dict[str, Any]) -> dict[str, Any]:
        if self.lacks:
            return {"error": "missing_scope", "needed": self.lacks}
        length = int(args["length"])
        if not args.get("filename") or not 0 < length < _MOST or len(args.get("alt_txt", "")) > 1_000:
            return {"error": "invalid_arguments"}
        name = f"F{next(self._numbers)}"
        self.kept[name] = File(length, str(args.get("alt_txt", "")), name=str(args["filename"]))
        return {"upload_url": f"http://127.0.0.1:{self.port}/upload/{name}", "file_id": name}

    async def upload(self, request: web.Request) -> web.Response:
        file = self.kept[request.match_info["id"]]
        file.data = await request.read()
        return web.Response(status=200 if len(file.data) == file.length else 400, text="OK")

    def complete(self, args: dict[str, Any]) -> dict[str, Any]:
        for one in args["files"]:
            if not self.kept[one["id"]].data:
                return {"error": "file_not_found"}
            self.kept[one["id"]].is_complete = True
            self.kept[one["id"]].place = (str(args.get("channel_id", "")), str(args.get("thread_ts", "")))
        shown = [{"id": one["id"], "name": self.kept[one["id"]].name} for one in args["files"]]
        return {"files": args["files"], "shown": shown if args.get("channel_id") else []}

    def info(self, args: dict[str, Any]) -> dict[str, Any]:
        file = self.kept.get(args["file"])
        if file is None or not file.is_complete:
            return {"error": "file_not_found"}
        file.looks -= 1
        return {"file": {"id": args["file"], "mimetype": "image/png" if file.looks < 0 else ""}}

    def hidden(self, blocks: list[dict[str, Any]]) -> list[str]:
        """The files that these blocks show although they cannot be shown."""
        named = [block["slack_file"]["id"] for block in blocks if "slack_file" in block]
        return [name for name in named if name not in self.kept or self.kept[name].looks >= 0]
