"""The check `tcp`: a port takes connections."""

import asyncio
from typing import ClassVar

from bot.checks.address import failed, split
from bot.checks.timing import judged
from core.catalogue.probes import TcpProbe
from core.health.check import CheckSpec, Finding


class TcpCheck:
    """Connects once, and says nothing."""

    spec: ClassVar[CheckSpec] = CheckSpec("tcp", TcpProbe)
    side = ""

    async def probe(self, args: TcpProbe, seconds: float) -> Finding:
        """Connect."""
        del seconds
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            _, writer = await asyncio.open_connection(*split(args.address))
        except OSError as error:
            return failed(error)
        took = loop.time() - began
        writer.transport.abort()
        return judged("connected", took, args.slow)
