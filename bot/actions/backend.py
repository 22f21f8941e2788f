"""What actions share that ask a backend: there has to be one, it is only looked at, and asking ends with the step."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field

from core.observability.ports import NoAnswer
from core.quantity import Duration
from core.runbooks.action import ActionFailed, ActionSpec, Stop

T = TypeVar("T")

Window = Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(days=7))]
"""How far back is asked."""


def looks(name: str, args: type[BaseModel]) -> ActionSpec:
    """What an action is that asks and changes nothing."""
    return ActionSpec(name=name, args=args, nature=lambda _: "idempotent", changes=lambda _: False)


def configured(backend: T | None, product: str, key: str) -> T:
    """The backend.

    Raises:
        ActionFailed: there is none; says which `key` of the configuration names one.
    """
    if backend is None:
        raise ActionFailed(f"No {product} is configured. Add `backends: {key}`.")
    return backend


async def unless_stopped(asking: Coroutine[Any, Any, T], stop: Stop) -> T:
    """The answer.

    Raises:
        ActionFailed: there is none, or the step was told to stop.
    """
    call = asyncio.ensure_future(asking)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({call, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not call.done():
            raise ActionFailed("The query was stopped.")
        return call.result()
    except NoAnswer as error:
        raise ActionFailed(error.why, retriable=error.retriable, retry_after=error.retry_after) from None
    except (LookupError, TypeError, ValueError):
        raise ActionFailed("The answer has another form than was agreed on.", retriable=True) from None
    finally:
        call.cancel()
        stopped.cancel()
        await asyncio.gather(call, stopped, return_exceptions=True)
