"""Listeners that are called after a commit. They may be lost in a crash: nothing durable hangs on them."""

from collections.abc import Callable, Iterable


class Bus:
    """Topics and who listens to them; called on the event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    def listen(self, topic: str, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit that woke `topic`."""
        self._listeners.setdefault(topic, []).append(listener)

    def publish(self, topics: Iterable[str]) -> None:
        """Call the listeners of each topic."""
        for topic in topics:
            for listener in tuple(self._listeners.get(topic, ())):
                listener()

    def forget(self, topic: str, listener: Callable[[], None]) -> None:
        """Call this listener no longer."""
        listeners = self._listeners.get(topic, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._listeners.pop(topic, None)

    def waited_for(self, topic: str) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners.get(topic))
