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
            for listener in self._listeners.get(topic, ()):
                listener()
