"""Posts of a forum on Discord, and pins, as a bot makes them."""

from typing import Any

from aiohttp import web

from tests.platforms import discord_limits as limits
from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_state import BOT, State

Json = dict[str, Any]


class Denied(Exception):
    """An answer other than 2xx."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}
        self.body: Json = {"code": code, "message": message}


class Posts:
    """What of the interface is about forums and pins. `deaf_to_posts`: the next post is made, and the answer is lost."""

    _state: State
    _gateway: Gateway
    deaf_to_posts: bool

    def _channel(self, request: web.Request, body: Json) -> Json:
        raise NotImplementedError

    def _check(self, breaches: list[str]) -> None:
        raise NotImplementedError

    async def _forum_post(self, request: web.Request, body: Json) -> Json:
        forum = self._channel(request, body)
        if forum["type"] != 15:
            raise Denied(400, 50024, "Cannot execute action on this channel type")
        said = body["message"]
        self._check(limits.message(said))
        if not 1 <= len(body["name"]) <= 100:
            self._check(["the name of a post has 1 to 100 characters"])
        number = self._state.snowflake()
        thread = self._state.add_thread(number, forum["id"], body["name"], BOT)
        message = self._state.new_message(number, BOT, said) | {"id": number}
        self._state.messages[number].append(message)
        await self._gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        await self._gateway.dispatch("MESSAGE_CREATE", message | self._state.origin(number))
        if self.deaf_to_posts:
            self.deaf_to_posts = False
            raise Denied(503, 0, "the answer was lost")
        return thread | {"message": message}

    def _active(self, _: web.Request, __: Json) -> Json:
        open_ones = [one for one in self._state.threads() if not one["thread_metadata"]["archived"]]
        return {"threads": open_ones, "members": []}

    def _pin(self, request: web.Request, _: Json) -> None:
        found = self._state.find(request.match_info["channel"], request.match_info["message"])
        if found is None:
            raise Denied(404, 10008, "Unknown Message")
        found["pinned"] = request.method == "PUT"
