"""The check `tls`: a certificate is trusted, and good for a while."""

import asyncio
import ssl
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar

from bot.checks.address import failed, split
from core.catalogue.probes import TlsProbe
from core.clock import Clock
from core.health.check import CheckSpec, Finding, Status
from core.text import one_line

_DAY = timedelta(days=1)


class TlsCheck:
    """Shakes hands once and looks at the server's certificate."""

    spec: ClassVar[CheckSpec] = CheckSpec("tls", TlsProbe)
    side = ""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def probe(self, args: TlsProbe, seconds: float) -> Finding:
        """Look."""
        del seconds
        host, port = split(args.address)
        try:
            _, writer = await asyncio.open_connection(host, port, ssl=_context(verify=args.verify))
        except ssl.SSLCertVerificationError as error:
            return Finding(Status.UNHEALTHY, f"not trusted: {one_line(error.verify_message, 120)}")
        except ssl.SSLError as error:
            return Finding(Status.UNHEALTHY, f"no handshake: {one_line(error.reason or str(error), 120)}")
        except OSError as error:
            return failed(error)
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.transport.abort()
        return self._judged(_end(der), args)

    def _judged(self, end: datetime, args: TlsProbe) -> Finding:
        left = end - self._clock.now()
        if left <= timedelta():
            return Finding(Status.UNHEALTHY, f"the certificate ended on {end:%Y-%m-%d %H:%M} UTC")
        said = f"the certificate ends in {_days(left)}, on {end:%Y-%m-%d}"
        if left <= args.fail:
            return Finding(Status.UNHEALTHY, said)
        return Finding(Status.DEGRADED if left <= args.warn else Status.HEALTHY, said)


@cache
def _context(*, verify: bool) -> ssl.SSLContext:
    # Reading the system's list of authorities takes long enough that it is done once.
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _end(der: bytes) -> datetime:
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der).not_valid_after_utc


def _days(left: timedelta) -> str:
    return f"{left // _DAY} days" if left >= 2 * _DAY else f"{left // timedelta(hours=1)} hours"
