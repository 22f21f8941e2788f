"""One look: within its time, behind a breaker where many checks ask the same, and never with an error."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.breakers import Breakers
from bot.prober import Prober
from bot.telemetry import Metrics
from core.catalogue.model import HealthCheck
from core.clock import ManualClock
from core.health.check import CheckSpec, Finding, Status, Watched
from core.resilience.breaker import Terms
from tests.stores import START


class NoArgs(BaseModel):
    model_config = ConfigDict(extra="forbid")


@dataclass
class Odd:
    """A check that does what it is told to."""

    side: str = ""
    does: Any = None
    asked: int = 0
    spec: CheckSpec = field(default_factory=lambda: CheckSpec("own.odd", NoArgs))

    async def probe(self, args: NoArgs, seconds: float) -> Finding:
        self.asked += 1
        if self.does is None:
            await asyncio.sleep(60)
        if isinstance(self.does, Exception):
            raise self.does
        assert isinstance(self.does, Finding)
        return self.does


def watched(**options: Any) -> Watched:
    check = HealthCheck(
        name="x",
        kind="liveness",
        means="own.odd",
        target="",
        options=options,
        timeout=timedelta(seconds=0.05),
    )
    return Watched("checkout", check)


def prober(kind: Odd, clock: ManualClock | None = None) -> Prober:
    clock, metrics = clock or ManualClock(START), Metrics()
    return Prober({"own.odd": kind}, Breakers(clock, metrics, Terms(failures=3)), metrics)


async def test_what_takes_too_long_is_unhealthy_and_unknown_where_others_are_asked_about_it() -> None:
    assert Finding(Status.UNHEALTHY, "no answer within 0.05 s") == await prober(Odd()).look(watched())
    found = await prober(Odd(side="prometheus")).look(watched())
    assert Finding(Status.UNKNOWN, "no answer within 0.05 s") == found


async def test_a_check_that_fails_itself_is_unknown() -> None:
    found = await prober(Odd(does=KeyError("x"))).look(watched())
    assert Finding(Status.UNKNOWN, "the check itself failed: KeyError") == found
    found = await prober(Odd(does=Finding(Status.HEALTHY, ""))).look(watched(what="is this"))
    assert Finding(Status.UNKNOWN, "the check itself failed: ValidationError") == found


async def test_what_it_says_is_cut_and_hides_what_looks_like_a_secret() -> None:
    said = "xoxb-12345-secret and\n" + "x" * 1_000
    found = await prober(Odd(does=Finding(Status.HEALTHY, said))).look(watched())
    assert "secret" not in found.why
    assert ("\n" in found.why, 400) == (False, len(found.why))


async def test_what_many_ask_and_is_away_is_asked_rarely_until_it_answers() -> None:
    clock = ManualClock(START)
    lost = Finding(Status.UNKNOWN, "Prometheus: nobody answers", is_lost=True)
    kind = Odd(side="http://prometheus", does=lost)
    looks = prober(kind, clock)
    for _ in range(3):
        assert "Prometheus: nobody answers" == (await looks.look(watched())).why
    for _ in range(50):
        found = await looks.look(watched())
        assert Finding(Status.UNKNOWN, "not asked now, since it has not answered lately") == found
    assert 3 == kind.asked
    clock.advance(timedelta(seconds=15))
    kind.does = Finding(Status.HEALTHY, "it is 1")
    for _ in range(5):
        assert Status.HEALTHY is (await looks.look(watched())).status


async def test_a_question_that_cannot_be_answered_opens_no_breaker() -> None:
    kind = Odd(side="http://prometheus", does=Finding(Status.UNKNOWN, "there is no data"))
    looks = prober(kind)
    for _ in range(20):
        await looks.look(watched())
    assert 20 == kind.asked
