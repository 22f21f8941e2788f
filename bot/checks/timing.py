"""How long an answer took, in words, and whether that is too long."""

from datetime import timedelta

from core.health.check import Finding, Status


def judged(what: str, took: float, slow: timedelta | None) -> Finding:
    """What happened, and after how many seconds; more than `slow` is degraded."""
    said = f"{what} in {took * 1000:.0f} ms"
    if slow is not None and took > slow.total_seconds():
        return Finding(Status.DEGRADED, f"{said}, slower than {slow.total_seconds() * 1000:.0f} ms")
    return Finding(Status.HEALTHY, said)
