"""Looks once at a check: within its time, with a breaker around what many checks ask, and never with an error."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.breakers import Breakers, Pending
from bot.channels.channel import Down
from bot.telemetry import Metrics, hide
from core.health.check import Check, Finding, Status, Watched
from core.text import one_line

log = structlog.get_logger("wardroom.health")
_WAY = "health"
_LONGEST = 400


class _Lost(Down):
    """What many checks ask did not answer."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.why)
        self.finding = finding


class Prober:
    """Looks by the kinds of checks there are."""

    def __init__(self, kinds: Mapping[str, Check], breakers: Breakers, metrics: Metrics) -> None:
        self._kinds = kinds
        self._breakers = breakers
        self._metrics = metrics

    async def look(self, watched: Watched) -> Finding:
        """What one look finds; it is given the check's `timeout`."""
        means = watched.check.means
        loop = asyncio.get_running_loop()
        began = loop.time()
        found = await self._found(watched, self._kinds[means])
        self._metrics.health.looks.labels(means, str(found.status)).inc()
        self._metrics.health.look_time.labels(means).observe(loop.time() - began)
        return Finding(found.status, one_line(str(hide(found.why)), _LONGEST))

    async def _found(self, watched: Watched, kind: Check) -> Finding:
        check = watched.check
        seconds = check.timeout.total_seconds()
        try:
            with self._breakers.calling(_WAY, kind.side):
                return await _answered(watched, kind, seconds)
        except _Lost as lost:
            return lost.finding
        except Pending:
            return Finding(Status.UNKNOWN, "not asked now, since it has not answered lately")
        except TimeoutError:
            status = Status.UNKNOWN if kind.side else Status.UNHEALTHY
            return Finding(status, f"no answer within {seconds:g} s")
        except Exception as error:
            log.exception("a check failed", service=watched.service, check=check.name)
            return Finding(Status.UNKNOWN, f"the check itself failed: {type(error).__name__}")


async def _answered(watched: Watched, kind: Check, seconds: float) -> Finding:
    async with asyncio.timeout(seconds):
        finding = await kind.probe(kind.spec.args.model_validate(watched.check.options), seconds)
    if finding.is_lost:
        raise _Lost(finding)
    return finding
