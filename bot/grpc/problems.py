"""Errors as a caller gets them: a status, words, and in the trailing metadata the code, the mend and the seconds to wait."""

from typing import Any, NoReturn

import grpc
from grpc.aio import ServicerContext

from bot.doors import code_of, wait_of
from core.errors import TooMany, VersionConflict, WardroomError
from core.text import cut

CODE, MEND, WAIT = "wardroom-code", "wardroom-mend-bin", "retry-after"
# Metadata has room for some thousand bytes, and a letter may be twelve of them on the way.
_LONGEST = 400
_BY_CODE = {"KEY_USED": grpc.StatusCode.ALREADY_EXISTS, "DEADLINE": grpc.StatusCode.DEADLINE_EXCEEDED}
_BY_STATUS = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}


def status_of(error: WardroomError) -> grpc.StatusCode:
    """The status of an error."""
    if isinstance(error, VersionConflict):
        return grpc.StatusCode.ABORTED
    return _BY_CODE.get(code_of(error)) or _BY_STATUS.get(error.status, grpc.StatusCode.INTERNAL)


async def refuse(context: ServicerContext[Any, Any], error: WardroomError) -> NoReturn:
    """End a call with this error."""
    told: list[tuple[str, str | bytes]] = [
        (CODE, code_of(error)),
        (MEND, cut(error.mend, _LONGEST).encode()),
    ]
    if isinstance(error, TooMany):
        told.append((WAIT, str(wait_of(error))))
    await context.abort(status_of(error), cut(error.sentence(), _LONGEST), tuple(told))
