"""`POST /hooks/twilio`: somebody answers a text message with one. Twilio signs what it delivers."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from html import escape

from aiohttp import web

from bot.telemetry import Metrics
from bot.web.api.door import problem
from core.errors import TooMany, UnknownPerson
from core.place import Actor
from core.store.engine import Store
from core.world import World
from handlers.limits import Limiter
from handlers.oncall import links as answers

PATH = "/hooks/twilio"


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """What Twilio writes into `X-Twilio-Signature`: the address and every field in the order of their names.

    Source: Twilio's documentation, "Validating requests".
    """
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def routes(store: Store, world: World, token: str, limiter: Limiter, metrics: Metrics) -> list[web.RouteDef]:
    """One route, where there is an account whose messages can be told from others; else none."""
    if not token or not world.public_url:
        return []

    async def heard(request: web.Request) -> web.Response:
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        given = request.headers.get("X-Twilio-Signature", "")
        right = signature(token, f"{world.public_url}{PATH}", fields)
        if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
            metrics.alert_deliveries.labels("twilio", "forbidden").inc()
            return problem(
                UnknownPerson("This was not signed by Twilio.", "Let it deliver to the public address.")
            )
        number = fields.get("From", "")
        try:
            limiter.admit(Actor(platform="sms", user=number))
        except TooMany as error:
            return problem(error)
        said = await store.transact(answers.by_phone, world, number, fields.get("Body", ""))
        metrics.alert_deliveries.labels("twilio", "taken").inc()
        words = f"<Message>{escape(said)}</Message>" if said else ""
        text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{words}</Response>'
        return web.Response(text=text, content_type="text/xml")

    return [web.post(PATH, heard)]
