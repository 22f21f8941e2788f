"""What came of a try, in words that can be kept: the end of what it wrote, and why its arguments will not do. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.errors import Invalid

_LOG = 4_000


def tail(result: Mapping[str, Any]) -> str:
    """The end of what a program wrote, both streams."""
    said = [str(result[name]) for name in ("stdout", "stderr") if result.get(name)]
    return "\n".join(said)[-_LOG:]


def mistakes(error: Invalid | ValidationError) -> str:
    """What is wrong with what a step would be told."""
    if isinstance(error, Invalid):
        return error.sentence()
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)
    )
