"""The workers that look after what is remembered: summaries by a model, and vectors, where either is configured."""

from collections.abc import Awaitable, Callable, Iterator

from bot.model.embedder import Embedder
from bot.model.llm import Llm
from bot.model.summariser import Summariser
from bot.settings import named_secret
from bot.telemetry import Metrics
from core.store.engine import Store
from core.world import World


class Minding:
    """Both of them, or one, or none."""

    def __init__(self, store: Store, world: World, llm: Llm | None, metrics: Metrics) -> None:
        config = world.memory.embeddings
        self.summariser = Summariser(store, llm) if llm is not None else None
        self.embedder = (
            Embedder(store, config, named_secret(config.secret_env), metrics) if config is not None else None
        )

    def workers(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """What is to be kept running, by name."""
        if self.summariser is not None:
            yield "summaries", self.summariser.run
        if self.embedder is not None:
            yield "embeddings", self.embedder.run

    def stop(self) -> None:
        """Take nothing more."""
        for one in (self.summariser, self.embedder):
            if one is not None:
                one.stop()
