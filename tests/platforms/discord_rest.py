"""Discord's REST interface, as far as a bot like ours uses it; breaches of a limit are refused and noted."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from typing_extensions import override

from tests.platforms import discord_limits as limits
from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_posts import Denied, Posts
from tests.platforms.discord_state import BOT, Interaction, State, numbered

Json = dict[str, Any]


@dataclass
class Fault:
    """An answer that the next `times` calls whose "METHOD /path" contains `path` get."""

    path: str
    times: int
    denied: Denied


async def _body(request: web.Request) -> Json:
    """What was sent; files beside it come as `uploaded`, by the names that they are attached under."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return json.loads(raw) if raw else {}
    form = await request.post()
    body: Json = json.loads(str(form["payload_json"]))
    sent = [part for part in form.values() if isinstance(part, web.FileField)]
    names = {one["filename"] for one in body.get("attachments", [])}
    if any(part.filename not in names for part in sent):
        raise Denied(400, 50035, "a file that is not among the attachments")
    return body | {"uploaded": {part.filename: part.file.read() for part in sent}}


class Rest(Posts):
    """The handlers, and a log of the calls as "METHOD /path"."""

    def __init__(self, state: State, gateway: Gateway, token: str, changed: Callable[[], None]) -> None:
        self._state, self._gateway, self._token, self._changed = state, gateway, token, changed
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.rung: list[str] = []
        self.uploaded: dict[str, bytes] = {}
        self.deaf = False
        self.deaf_to_posts = False

    def routes(self) -> list[web.RouteDef]:
        api = "/api/v10"
        table: list[tuple[str, str, Any]] = [
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("POST", "/users/@me/channels", self._direct),
            ("GET", "/applications/{app}/commands", self._commands),
            ("PUT", "/applications/{app}/commands", self._register),
            ("GET", "/applications/{app}/guilds/{guild}/commands", self._commands),
            ("PUT", "/applications/{app}/guilds/{guild}/commands", self._register),
            ("GET", "/channels/{channel}", self._channel),
            ("PATCH", "/channels/{channel}", self._unarchive),
            ("POST", "/channels/{channel}/messages", self._post),
            ("GET", "/channels/{channel}/messages", self._history),
            ("GET", "/channels/{channel}/messages/{message}", self._message),
            ("PATCH", "/channels/{channel}/messages/{message}", self._edit),
            ("POST", "/channels/{channel}/messages/{message}/threads", self._thread),
            ("POST", "/channels/{channel}/threads", self._forum_post),
            ("GET", "/guilds/{guild}/threads/active", self._active),
            ("PUT", "/channels/{channel}/messages/pins/{message}", self._pin),
            ("DELETE", "/channels/{channel}/messages/pins/{message}", self._pin),
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("POST", "/webhooks/{app}/{token}", self._follow_up),
            ("PATCH", "/webhooks/{app}/{token}/messages/@original", self._original),
        ]
        return [web.route(method, api + path, self._answered(handler)) for method, path, handler in table]

    def _answered(self, handler: Callable[[web.Request, Any], Any]) -> Any:
        async def answer(request: web.Request) -> web.Response:
            path = request.path.removeprefix("/api/v10")
            self.calls.append(f"{request.method} {path}")
            try:
                self._admit(request, path)
                made = handler(request, await _body(request))
                body = await made if asyncio.iscoroutine(made) else made
                return self._json(200 if body is not None else 204, body)
            except Denied as denied:
                return self._json(denied.status, denied.body, denied.headers)
            finally:
                self._changed()

        return answer

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
        # discord.py reads JSON only under exactly this content type.
        data = json.dumps(body).encode() if body is not None else None
        kind = {"Content-Type": "application/json"} if data is not None else {}
        return web.Response(status=status, body=data, headers=kind | (headers or {}))

    def _admit(self, request: web.Request, path: str) -> None:
        for fault in self.faults:
            if fault.path in f"{request.method} {path}" and fault.times > 0:
                fault.times -= 1
                raise fault.denied
        is_tokened = path.startswith(("/interactions/", "/webhooks/"))
        if not is_tokened and request.headers.get("Authorization") != f"Bot {self._token}":
            raise Denied(401, 0, "401: Unauthorized")

    def _me(self, _: web.Request, __: Json) -> Json:
        return self._state.users[BOT] | {"verified": True, "mfa_enabled": False, "locale": "en-US"}

    def _application(self, _: web.Request, __: Json) -> Json:
        return {
            "id": BOT,
            "name": "Wardroom",
            "icon": None,
            "description": "",
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "k",
            "team": None,
            "owner": self._state.users[BOT],
            "flags": 0,
            "summary": "",
        }

    def _direct(self, _: web.Request, body: Json) -> Json:
        if str(body["recipient_id"]) not in self._state.users:
            raise Denied(400, 50033, "Invalid Recipient(s)")
        return self._state.direct_channel(str(body["recipient_id"]))

    def _commands(self, request: web.Request, _: Json) -> list[Json]:
        return self._state.commands.get(request.match_info.get("guild", ""), [])

    def _register(self, request: web.Request, body: list[Json]) -> list[Json]:
        self._check(limits.commands(body))
        scope = request.match_info.get("guild", "")
        extras = {"application_id": BOT, "version": "1", "nsfw": False, "default_member_permissions": None}
        self._state.commands[scope] = [{"id": self._state.snowflake()} | extras | c for c in body]
        return self._state.commands[scope]

    @override
    def _channel(self, request: web.Request, _: Json) -> Json:
        found = self._state.channels.get(request.match_info["channel"])
        if found is None:
            raise Denied(404, 10003, "Unknown Channel")
        return found

    def _unarchive(self, request: web.Request, body: Json) -> Json:
        channel = self._channel(request, body)
        channel["thread_metadata"]["archived"] = body["archived"]
        return channel

    async def _post(self, request: web.Request, body: Json) -> Json:
        channel = self._channel(request, body)
        if channel["type"] == 1 and channel["recipients"][0]["id"] in self._state.closed_to_us:
            raise Denied(403, 50007, "Cannot send messages to this user")
        self._check(limits.message(body))
        self._check(limits.attached(body.get("components") or [], set(body.get("uploaded", {}))))
        self.uploaded.update(body.get("uploaded", {}))
        nonce = (channel["id"], str(body.get("nonce", "")))
        if body.get("enforce_nonce") and nonce in self._state.nonces:
            earlier = self._state.find(channel["id"], self._state.nonces[nonce])
            if earlier is not None:
                return earlier
        message = self._state.new_message(channel["id"], BOT, body)
        self._state.messages[channel["id"]].append(message)
        self._state.nonces[nonce] = message["id"]
        self.rung += [str(user) for user in body["allowed_mentions"].get("users", [])]
        if channel["type"] == 11:
            channel["thread_metadata"]["archived"] = False
        seen = message | self._state.origin(channel["id"]) | {"nonce": body.get("nonce")}
        await self._gateway.dispatch("MESSAGE_CREATE", seen)
        if self.deaf:
            raise Denied(503, 0, "the answer was lost")
        return seen

    def _history(self, request: web.Request, body: Json) -> list[Json]:
        channel = self._channel(request, body)
        newest = self._state.messages[channel["id"]][::-1]
        return newest[: int(request.query.get("limit", 50))]

    def _message(self, request: web.Request, _: Json) -> Json:
        found = self._state.find(request.match_info["channel"], request.match_info["message"])
        if found is None:
            raise Denied(404, 10008, "Unknown Message")
        named = any(user["id"] == BOT for user in found["mentions"])
        if request.method == "GET" and not (named or found["author"]["id"] == BOT or self._gateway.reads_all):
            return found | {"content": "", "components": []}
        return found

    def _edit(self, request: web.Request, body: Json) -> Json:
        message = self._message(request, body)
        if message["author"]["id"] != BOT:
            raise Denied(403, 50005, "Cannot edit a message authored by another user")
        if self._channel(request, body).get("thread_metadata", {}).get("archived"):
            raise Denied(400, 50083, "Thread is archived")
        flags = int(body.get("flags") or message["flags"])
        if message["flags"] & limits.COMPONENTS_V2 and not flags & limits.COMPONENTS_V2:
            self._check(["the flag of components v2 cannot be taken back"])
        self._check(limits.message(body | {"flags": flags}))
        message |= {"components": numbered(body["components"]), "edited_timestamp": self._state.stamp()}
        return message

    async def _thread(self, request: web.Request, body: Json) -> Json:
        message = self._message(request, body)
        if message["id"] in self._state.channels:
            raise Denied(400, 160004, "A thread has already been created for this message")
        if not 1 <= len(body["name"]) <= 100:
            self._check(["the name of a thread has 1 to 100 characters"])
        thread = self._state.add_thread(message["id"], message["channel_id"], body["name"], BOT)
        await self._gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return thread

    def _callback(self, request: web.Request, body: Json) -> Json:
        asked = self._asked(request)
        if asked.is_answered:
            raise Denied(400, 40060, "Interaction has already been acknowledged.")
        if asyncio.get_running_loop().time() - asked.asked_at > 3:
            raise Denied(404, 10062, "Unknown interaction")
        data, kind = body.get("data") or {}, body["type"]
        if kind == 9 and asked.payload["type"] == 5:
            self._check(["a form as the answer to a form"])
        if kind in (6, 7) and "message" not in asked.payload:
            self._check([f"answer {kind} where there is no message"])
        self._check(_check_answer(kind, data))
        asked.type = kind
        message: Json | None = None
        if kind == 9:
            asked.modal = data
        elif kind == 8:
            asked.choices = data["choices"]
        elif kind in (4, 7):
            message = self._private(asked, data)
        resource = {"type": kind} | ({"message": message} if message else {})
        return {"interaction": {"id": asked.id, "type": asked.payload["type"]}, "resource": resource}

    def _follow_up(self, request: web.Request, body: Json) -> Json:
        asked = self._asked(request)
        if not asked.is_answered:
            raise Denied(404, 10015, "Unknown Webhook")
        self._check(limits.message(body))
        return self._private(asked, body)

    def _original(self, request: web.Request, body: Json) -> Json:
        asked = self._asked(request)
        if asked.type == 6:
            self._check(["the original of a silent answer is the public card"])
        flags = limits.COMPONENTS_V2 | body.get("flags", 0)
        self._check(limits.message(body | {"flags": flags}))
        if asked.private:
            asked.private[0] |= {"components": numbered(body["components"])}
            return asked.private[0]
        return self._private(asked, body | {"flags": flags | limits.EPHEMERAL})

    def _private(self, asked: Interaction, body: Json) -> Json:
        if not body.get("flags", 0) & limits.EPHEMERAL and asked.type != 7:
            self._check(["an answer to an interaction that everybody sees"])
        flags = body.get("flags", 0) | limits.EPHEMERAL
        message = self._state.new_message(asked.payload["channel_id"], BOT, body | {"flags": flags})
        asked.private.append(message)
        return message

    def _asked(self, request: web.Request) -> Interaction:
        asked = self._state.interactions.get(request.match_info["token"])
        if asked is None or asked.is_over:
            raise Denied(
                404 if asked is None else 401, 10015 if asked is None else 50027, "Invalid Webhook Token"
            )
        return asked

    @override
    def _check(self, breaches: list[str]) -> None:
        if breaches:
            self._state.problems += breaches
            raise Denied(400, 50035, f"Invalid Form Body: {'; '.join(breaches)}")


def _check_answer(kind: int, data: Json) -> list[str]:
    if kind == 9:
        return limits.modal(data)
    if kind == 8:
        return limits.choices(data["choices"])
    return limits.message(data) if kind in (4, 7) else []
