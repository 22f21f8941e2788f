"""The check `http`: an address answers, soon enough, with the right status and words."""

import asyncio
from typing import ClassVar

import aiohttp

from bot.checks.address import failed
from bot.checks.timing import judged
from core.catalogue.probes import HttpProbe
from core.health.check import CheckSpec, Finding, Status
from core.text import one_line

_READ = 64 * 1024
_GOOD = range(200, 400)


class HttpCheck:
    """Asks once, on a new connection, and follows no redirect: that would be another address."""

    spec: ClassVar[CheckSpec] = CheckSpec("http", HttpProbe)
    side = ""

    async def probe(self, args: HttpProbe, seconds: float) -> Finding:
        """Ask."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        limit = aiohttp.ClientTimeout(total=seconds)
        connector = aiohttp.TCPConnector(use_dns_cache=False, ssl=args.verify)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector, timeout=limit, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
                ) as session,
                session.request(
                    args.method, args.url, headers={"User-Agent": "wardroom-health"}, allow_redirects=False
                ) as response,
            ):
                said = await _beginning(response) if args.contains else b""
                status = response.status
        except TimeoutError:
            return Finding(Status.UNHEALTHY, f"no answer within {seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return _failed(error)
        took = loop.time() - began
        if not (status in args.expect if args.expect else status in _GOOD):
            return Finding(Status.UNHEALTHY, f"answered {status}")
        if args.contains and args.contains.encode() not in said:
            words = one_line(args.contains, 60)
            return Finding(Status.UNHEALTHY, f"answered {status}, without “{words}”")
        return judged(f"answered {status}", took, args.slow)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while len(body) < _READ and (more := await response.content.read(_READ - len(body))):
        body += more
    return body


def _failed(error: aiohttp.ClientError | OSError) -> Finding:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            why = f"its certificate is not trusted: {error.certificate_error}"
        case aiohttp.ClientConnectorError():
            return failed(error.os_error)
        case aiohttp.ServerDisconnectedError():
            why = "the connection was closed without an answer"
        case _:
            why = f"no proper answer: {error}".removesuffix(": ")
    return Finding(Status.UNHEALTHY, one_line(why))
