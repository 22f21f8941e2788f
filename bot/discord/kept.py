"""What is worth remembering for the quarter of an hour that Discord's short-lived tokens live."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from core.clock import Clock

T = TypeVar("T")
_LIFE = timedelta(minutes=14)
_MOST = 5_000


class Kept(Generic[T]):
    """Values by key, forgotten after 14 minutes, and the oldest first when there are too many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: OrderedDict[str, tuple[datetime, T]] = OrderedDict()

    def put(self, key: str, value: T) -> None:
        """Remember `value` from now on."""
        self._values[key] = (self._clock.now() + _LIFE, value)
        self._values.move_to_end(key)
        while len(self._values) > _MOST or self._is_over(next(iter(self._values))):
            self._values.popitem(last=False)

    def get(self, key: str) -> T | None:
        """The value, if it is still remembered."""
        if key not in self._values or self._is_over(key):
            return None
        return self._values[key][1]

    def drop(self, key: str) -> None:
        """Forget it, if it is there."""
        self._values.pop(key, None)

    def _is_over(self, key: str) -> bool:
        return self._values[key][0] <= self._clock.now()
