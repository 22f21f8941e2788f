"""The ways `webhook` and `callback`: events to other programs, signed by the Standard Webhooks scheme.

The id of a delivery is the same for every try, so a receiver knows a repeat. Nothing private is called that is
not listed, also where an answer redirects to.
"""

from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from bot.channels.channel import Down, Gear, Probe, retry_after
from bot.fence import PORTS, Fence, Outside, is_address, shown
from bot.platform import Limited, Refused, SendError
from core.errors import ConfigError
from core.notify.channel import Channel
from core.notify.links import signing_secret
from core.notify.notice import Letter
from core.text import one_line

_PATIENCE = 12.0
_HOPS = 3
_OK = 300
_MOVED = (307, 308)
_REDIRECTS = 400
_BUSY = (429, 503)
_AGAIN = (408, 425)
_SERVER = 500
_EXAMPLE = "whsec_ZXhhbXBsZQ=="
_MEND = "Make one: echo whsec_$(openssl rand -base64 32), and give the same to the receiver."


class Options(BaseModel):
    """What the configuration says of one receiver."""

    model_config = ConfigDict(frozen=True)

    url: str = ""
    secret_env: str | None = None
    allow: tuple[str, ...] = ()


class Webhook:
    """Calls the addresses of channels; their keys come from the environment or from the house's own key."""

    way: ClassVar[str] = "webhook"

    def __init__(self, gear: Gear) -> None:
        self._gear = gear

    async def send(self, letter: Letter) -> str:
        """Send it; the id is the one we gave it."""
        options = Options.model_validate(dict(letter.options))
        moment, body = self._gear.clock.now(), payload(letter)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "wardroom",
            "webhook-id": letter.key,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": _signature(self._secret(letter, options), letter.key, moment, body),
        }
        await self._post(letter.target, headers, body, fence_of(options))
        return letter.key

    async def find_sent(self, letter: Letter) -> str | None:
        """A receiver cannot be asked; it knows a repeat by its id."""
        del letter
        return None

    def other_side(self, letter: Letter) -> str:
        """The host and port of the address."""
        return one_line(urlsplit(letter.target).netloc, 100)

    async def probe(self, channel: Channel) -> Probe:
        """Whether the key can be used, and whether anything answers at the address; no event is sent."""
        options = Options.model_validate(channel.outlets.get(self.way, {}))
        host = urlsplit(options.url).hostname or "the receiver"
        try:
            _signature(self._named(options) or _EXAMPLE, "probe", self._gear.clock.now(), b"{}")
        except Refused as error:
            return Probe(ok=False, detail=str(error), mend=_MEND)
        fence = fence_of(options)
        signed = f"signed by {options.secret_env or f'`wardroom token signing {channel.name}`'}"
        try:
            fence.check(options.url)
            async with self._session(fence) as session, session.head(options.url, allow_redirects=False):
                return Probe(ok=True, detail=f"{host} answers; {signed}")
        except (aiohttp.ClientError, OSError) as error:
            outside = _outside(error)
            mend = (
                "Add it to `allow:` of the channel." if outside else "Is the receiver running, and reachable?"
            )
            return Probe(ok=False, detail=str(outside or f"{host} cannot be reached"), mend=mend)

    def _secret(self, letter: Letter, options: Options) -> str:
        return self._named(options) or self._own("channel", letter.channel)

    def _own(self, kind: str, name: str) -> str:
        return signing_secret(self._gear.settings.secret_key.get_secret_value(), kind, name)

    def _named(self, options: Options) -> str:
        """The key in the variable that the channel names; empty if it names none."""
        if options.secret_env is None:
            return ""
        try:
            value = self._gear.secret_named(options.secret_env)
        except ConfigError as error:
            raise Refused(str(error)) from None
        if not value:
            raise Refused(f"{options.secret_env} is not set")
        return value

    async def _post(self, url: str, headers: dict[str, str], body: bytes, fence: Fence) -> None:
        try:
            async with self._session(fence) as session:
                for _ in range(_HOPS):
                    fence.check(url)
                    async with session.post(
                        url, data=body, headers=headers, allow_redirects=False
                    ) as response:
                        following = self._judged(response)
                    if following is None:
                        return
                    url = urljoin(url, following)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            outside = _outside(error)
            if outside is not None:
                raise Refused(str(outside)) from None
            raise Down("the receiver cannot be reached") from None
        raise Refused("the receiver redirects in a circle")

    def _judged(self, response: aiohttp.ClientResponse) -> str | None:
        """Where it redirects to; None if it was taken."""
        status = response.status
        if status < _OK:
            return None
        if status in _MOVED and "Location" in response.headers:
            return response.headers["Location"]
        wait = retry_after(response.headers.get("Retry-After"), self._gear.clock)
        if status in _BUSY and (wait is not None or status < _SERVER):
            raise Limited(f"the receiver asks to wait ({status})", retry_after=wait)
        if status >= _SERVER:
            raise Down(f"the receiver answers {status}")
        if status in _AGAIN:
            raise SendError(f"the receiver answers {status}")
        what = "redirects in a way that loses the event" if status < _REDIRECTS else "refuses it"
        raise Refused(f"the receiver {what} ({status})")

    def _session(self, fence: Fence) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=fence, use_dns_cache=False),
            timeout=aiohttp.ClientTimeout(total=_PATIENCE),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )


class Callback(Webhook):
    """Calls the address that a program gave with its request; each program has a key of its own."""

    way: ClassVar[str] = "callback"

    @override
    def _secret(self, letter: Letter, options: Options) -> str:
        return self._own("person", letter.reader)


def fence_of(options: Options) -> Fence:
    """What may be called: public addresses, what is listed, and an address that stands in the file itself.

    A name in the file may lead anywhere, and reaches a private address only if it is listed.
    """
    listed = {host.lower() for host in options.allow}
    parts = urlsplit(options.url)
    if parts.hostname and is_address(parts.hostname):
        listed.add(f"{shown(parts.hostname)}:{parts.port or PORTS.get(parts.scheme, 0)}")
    return Fence(listed, trusts_names=True)


def payload(letter: Letter) -> bytes:
    """The event as the scheme recommends it: type, timestamp, data."""
    at = letter.happened.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return orjson.dumps({"type": letter.event, "timestamp": at, "data": dict(letter.facts)})


def _signature(secret: str, key: str, moment: datetime, body: bytes) -> str:
    from standardwebhooks.webhooks import EmptyWebhookSecretError
    from standardwebhooks.webhooks import Webhook as Scheme

    try:
        return Scheme(secret).sign(key, moment.astimezone(UTC), body.decode())
    except (ValueError, EmptyWebhookSecretError):
        raise Refused("the key that signs webhooks is empty or not base64") from None


def _outside(error: BaseException) -> Outside | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Outside):
            return cause
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    return None
