"""`POST /hooks/runbooks/{name}`: a program outside starts a runbook whose file waits for it."""

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from bot.doors import MESSAGE_LIMIT, loaded
from bot.web import proof
from bot.web.api.door import problem
from core.digest import canonical
from core.errors import Invalid, Unavailable, WardroomError
from core.ids import new_reference
from core.place import Actor
from core.runbooks.definition import Hook
from core.runbooks.starting import units as starting
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter

PATH = "/hooks/runbooks/{name}"
log = structlog.get_logger("wardroom.hooks")


class Calls:
    """Takes calls: proved first, then counted, then read, then judged like anybody's wish."""

    def __init__(self, store: Store, world: World, limiter: Limiter, secrets: Mapping[str, str]) -> None:
        self._store = store
        self._world = world
        self._limiter = limiter
        self._secrets = secrets

    def routes(self) -> list[web.RouteDef]:
        """The route for the web server."""
        return [web.post(PATH, self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            return await self._take(request, name)
        except WardroomError as error:
            log.info("hook.refused", runbook=name[:64], code=error.code)
            return problem(error)
        except web.HTTPException:
            raise
        except Exception:
            reference = new_reference()
            log.exception("hook.failed", runbook=name[:64], reference=reference)
            words = WardroomError("Something went wrong on my side.", f"Reference {reference} is in the log.")
            return problem(words, status=500)

    async def _take(self, request: web.Request, name: str) -> web.Response:
        book, trigger = starting.hook_of(self._world.runbooks, name)
        raw = await request.read() if (request.content_length or 0) <= MESSAGE_LIMIT else b""
        if len(raw) > MESSAGE_LIMIT or (request.content_length or 0) > MESSAGE_LIMIT:
            words = Invalid(
                f"The body is larger than {MESSAGE_LIMIT // 1024} KiB.", "Send only what is needed."
            )
            return problem(words, status=413)
        key = self._proved(request.headers, raw, trigger.webhook or Hook())
        self._limiter.admit(Actor(platform="hook", user=book.name))
        if request.content_type.rpartition("+")[2].rpartition("/")[2] != "json":
            return problem(
                Invalid("The body is no JSON.", "Send Content-Type: application/json."), status=415
            )
        call = starting.Call(book.name, loaded(raw, "body"), key)
        return _told(await self._store.transact(starting.on_call, self._world, call))

    def _proved(self, headers: Mapping[str, str], raw: bytes, hook: Hook) -> str:
        ((way, name),) = hook.secrets.items()
        try:
            secret = self._secrets[name]
        except Invalid as error:
            log.warning("hook.no_secret", secret=name, why=error.what)
            raise Unavailable(
                "The secret of this hook cannot be read here.", "Tell whoever runs this."
            ) from None
        match way:
            case "token":
                return proof.by_token(headers, secret)
            case "signature":
                return proof.by_signature(headers, secret, raw, self._store.clock.now())
            case _:
                return proof.by_hmac(headers, secret, raw)


def _told(began: starting.Began) -> web.Response:
    execution = began.execution
    body: dict[str, Any] = {"started": began.fresh, "execution": None}
    if execution is not None:
        body |= {"execution": execution.id, "state": str(execution.state), "request": execution.request}
    else:
        body["why"] = began.why
    headers = {"Cache-Control": "no-store"}
    status = 202 if began.fresh else 200
    return web.Response(status=status, body=canonical(body), content_type="application/json", headers=headers)
