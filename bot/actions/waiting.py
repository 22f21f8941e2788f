"""Asking a backend on behalf of a step: given up when the step is told to stop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from core.observability.ports import NoAnswer
from core.runbooks.action import ActionFailed, Stop

T = TypeVar("T")


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
