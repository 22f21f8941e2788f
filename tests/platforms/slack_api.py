"""What a Slack workspace holds, and the Web API by which a bot reads and writes it, with Slack's refusals."""

import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web

from tests.platforms import slack_streams as streaming
from tests.platforms.slack_files import Files
from tests.platforms.slack_limits import problems
from tests.platforms.slack_rooms import BOT, Rooms
from tests.platforms.slack_streams import Streams

TEAM = "T0ACME"
BOT_TOKEN = "xoxb-1-test"
APP_TOKEN = "xapp-1-test"
_CHANNELS = ("C0OPS", "C0DEV")
_BURST = 5


@dataclass
class Said:
    """A message as the workspace shows it. `only_for` names the one person who sees it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread: str | None = None
    metadata: dict[str, Any] | None = None
    only_for: str = ""
    edits: int = 0
    files: list[dict[str, str]] = field(default_factory=list)

    def words(self) -> str:
        """Everything that can be read in it."""
        return "\n".join([self.text, *_texts(self.blocks)])

    def action(self, label: str) -> dict[str, Any]:
        """What a press on the button, or a choice of the option, that begins with this label delivers."""
        for control in self.controls():
            if control["type"] == "button" and control["text"]["text"].startswith(label):
                return {name: control[name] for name in ("action_id", "value", "type") if name in control}
            for option in control.get("options", []):
                if option["text"]["text"].startswith(label):
                    return {
                        "action_id": control["action_id"],
                        "type": control["type"],
                        "selected_option": option,
                    }
        raise AssertionError(f"no {label!r} on {self.words()}")

    def controls(self) -> list[dict[str, Any]]:
        """Its buttons and menus."""
        return [one for block in self.blocks if block["type"] == "actions" for one in block["elements"]]


class WebApi(Rooms):
    """The workspace as a bot sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Said] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        self.calls: list[str] = []
        self.streams = Streams()
        self.limited = 0
        self.members = {channel: {BOT} for channel in _CHANNELS}
        self.refuse_next: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self.port = 0
        self.files = Files()
        self._numbers = itertools.count(1)
        self._news = asyncio.Condition()
        self._posts: dict[str, list[float]] = {}
        self._responses: dict[str, tuple[str, str, str | None, int]] = {}

    def messages(self, channel: str = "C0OPS", thread: str | None = None) -> list[Said]:
        """What everybody sees in a channel, or in one of its threads."""
        found = [one for one in self.said if one.channel == channel and not one.only_for]
        return [one for one in found if thread is None or thread in (one.thread, one.ts)]

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        args = await _arguments(request)
        self.calls.append(method)
        if self.refuse_next.get(method):
            status, body = self.refuse_next[method].pop(0)
            wait = {"Retry-After": str(body.get("retry_after", 1))} if status == 429 else {}
            return web.json_response(body, status=status, headers=wait)
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return web.json_response({"ok": False, "error": "invalid_auth"})
        handler = getattr(self, "_" + method.replace(".", "_"), None)
        if method in streaming.METHODS:
            handler = partial(self.streams.answer, method, self)
        if handler is None:
            return web.json_response({"ok": False, "error": "unknown_method"})
        answer = self.lacks(method) or handler(args)
        await self._changed()
        if method in self.deaf_to:
            self.deaf_to.remove(method)
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if answer.get("error") == "ratelimited":
            self.limited += 1
            return web.json_response(answer, status=429, headers={"Retry-After": "1"})
        return web.json_response({"ok": "error" not in answer} | answer)

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "user_id": BOT,
            "team_id": TEAM,
            "bot_id": "B0",
            "team": "acme",
            "url": "https://acme.slack.com/",
        }

    def _apps_connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": f"ws://127.0.0.1:{self.port}/socket"}

    def _chat_postMessage(self, args: dict[str, Any]) -> dict[str, Any]:
        channel = args["channel"]
        refused = self._refusal(channel, args) or self._too_fast(channel)
        if refused:
            return {"error": refused}
        said = Said(
            channel,
            self.stamp(),
            BOT,
            args.get("text", ""),
            args.get("blocks") or [],
            args.get("thread_ts"),
            args.get("metadata"),
        )
        self.said.append(said)
        return {"ts": said.ts, "channel": channel}

    def _chat_update(self, args: dict[str, Any]) -> dict[str, Any]:
        said = next((one for one in self.said if one.ts == args["ts"] and not one.only_for), None)
        if said is None:
            return {"error": "message_not_found"}
        refused = self._refusal(args["channel"], args)
        if refused:
            return {"error": refused}
        if said.ts in self.streams.open:
            return {"error": "streaming_state_conflict"}
        if not args.get("blocks"):
            self.faults.append("chat.update without blocks deletes them")
        said.text, said.blocks, said.edits = args.get("text", ""), args.get("blocks") or [], said.edits + 1
        return {"ts": said.ts, "channel": said.channel}

    def grow(self, channel: str, text: str, thread: str) -> str:
        said = Said(channel, self.stamp(), BOT, text, [], thread)
        self.said.append(said)
        return said.ts

    def more(self, ts: str, text: str) -> None:
        next(one for one in self.said if one.ts == ts).text += text

    def _chat_postEphemeral(self, args: dict[str, Any]) -> dict[str, Any]:
        refused = self._refusal(args["channel"], args)
        if refused:
            return {"error": refused}
        self._private(args["channel"], args["user"], args.get("thread_ts"), args)
        return {"message_ts": self.stamp()}

    def _files_getUploadURLExternal(self, args: dict[str, Any]) -> dict[str, Any]:
        self.files.port = self.port
        return self.files.ask(args)

    def _files_completeUploadExternal(self, args: dict[str, Any]) -> dict[str, Any]:
        answer = self.files.complete(args)
        if answer.get("shown"):
            words, thread, ts = args.get("initial_comment", ""), args.get("thread_ts"), self.stamp()
            self.said.append(Said(args["channel_id"], ts, BOT, words, thread=thread, files=answer["shown"]))
        return answer

    def _files_info(self, args: dict[str, Any]) -> dict[str, Any]:
        return self.files.info(args)

    def _conversations_open(self, args: dict[str, Any]) -> dict[str, Any]:
        channel = f"D{args['users']}"
        self.members[channel] = {BOT, args["users"]}
        return {"channel": {"id": channel}}

    def _conversations_history(self, args: dict[str, Any]) -> dict[str, Any]:
        newest = [one for one in reversed(self.messages(args["channel"])) if not one.thread]
        return _page(newest, args)

    def _conversations_replies(self, args: dict[str, Any]) -> dict[str, Any]:
        said = next((one for one in self.messages(args["channel"]) if one.ts == args["ts"]), None)
        if said is None:
            return {"error": "thread_not_found"}
        # Asked for a reply, Slack gives that reply alone, and says which thread it is in.
        return _page([said] if said.thread else self.messages(args["channel"], args["ts"]), args)

    def _views_open(self, args: dict[str, Any]) -> dict[str, Any]:
        user = args["trigger_id"].split(":")[1]
        found = problems(args["view"])
        if found:
            self.faults += found
            return {"error": "invalid_arguments"}
        number = next(self._numbers)
        self.views[user] = args["view"] | {"id": f"V{number}", "hash": f"h{number}"}
        return {"view": self.views[user]}

    def _views_publish(self, args: dict[str, Any]) -> dict[str, Any]:
        found = problems(args["view"])
        if found:
            self.faults += found
            return {"error": "invalid_arguments"}
        self.homes[args["user_id"]] = args["view"]
        return {"view": args["view"]}

    async def _respond(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        channel, user, thread, uses = self._responses[name]
        if uses >= 5:
            return web.Response(status=404, text="used_url")
        self._responses[name] = (channel, user, thread, uses + 1)
        body = await request.json()
        if body.get("blocks"):
            self.faults += problems(body)
        self._private(channel, user, body.get("thread_ts") or thread, body)
        await self._changed()
        return web.Response(text="ok")

    def _refusal(self, channel: str, args: dict[str, Any]) -> str:
        if channel not in self.members:
            return "channel_not_found"
        if BOT not in self.members[channel]:
            return "not_in_channel"
        found = problems({"text": args.get("text", ""), "blocks": args.get("blocks") or []})
        found += [f"{name} cannot be shown yet" for name in self.files.hidden(args.get("blocks") or [])]
        self.faults += found
        return "invalid_blocks" if found else ""

    def _too_fast(self, channel: str) -> str:
        now = time.monotonic()
        recent = [at for at in self._posts.get(channel, []) if now - at < _BURST]
        self._posts[channel] = [*recent, now]
        return "ratelimited" if len(recent) > 2 * _BURST else ""

    def _private(self, channel: str, user: str, thread: str | None, body: dict[str, Any]) -> None:
        blocks = body.get("blocks") or []
        self.said.append(
            Said(channel, self.stamp(), BOT, body.get("text", ""), blocks, thread, only_for=user)
        )

    def stamp(self) -> str:
        # Slack's own time in microseconds; no two messages have the same.
        return f"{time.time() + next(self._numbers) / 1_000_000:.6f}"

    async def _changed(self) -> None:
        async with self._news:
            self._news.notify_all()


def _shown(said: Said) -> dict[str, Any]:
    thread = {"thread_ts": said.thread} if said.thread else {}
    thread |= {"bot_id": "B0"} if said.user == BOT else {}
    own = {"ts": said.ts, "text": said.text, "user": said.user, "metadata": said.metadata or {}}
    return own | {"files": said.files} | thread


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    form = dict(request.query) | dict(await request.post())
    return {name: json.loads(str(value)) if str(value)[:1] in "[{" else value for name, value in form.items()}


def _page(found: Sequence[Any], args: dict[str, Any]) -> dict[str, Any]:
    """At most `limit` messages after `oldest`, and where the next ones begin."""
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    edges = str(args.get("inclusive", "")).lower() in ("1", "true")
    ends = (oldest, latest) if edges else ()
    found = [one for one in found if oldest < float(one.ts) < latest or float(one.ts) in ends]
    begin, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    more = str(begin + limit) if begin + limit < len(found) else ""
    shown = [_shown(one) for one in found[begin : begin + limit]]
    return {"messages": shown, "response_metadata": {"next_cursor": more}}
