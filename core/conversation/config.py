"""How a language model may be used, what drafts may hold, and what is kept of talk, as the configuration file writes it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from core.errors import Problem
from core.quantity import Duration
from core.source import Section, Source, wrong
from core.wording import Label, Name


class Prices(Section):
    """What a million tokens cost, in dollars: those that the model reads, and those that it writes."""

    read: float = Field(ge=0, le=10_000)
    written: float = Field(ge=0, le=10_000)


class Budget(Section):
    """How much may be used in a day (UTC): tokens of one person, tokens of all, and dollars of all."""

    person: int = Field(default=200_000, ge=0)
    everybody: int = Field(default=2_000_000, ge=0)
    dollars: float | None = Field(default=None, ge=0)


class ModelConfig(Section):
    """The terms of using a model; which one it is comes from WARDROOM_LLM_MODEL.

    `timeout` is how long one answer may take in all, `answer` how many tokens it may have. `opinion` is how long it may think
    about what unsure words ask for; with zero it is not asked that. An answer in a chat counts for `cache` when the same
    person asks the same. Without `prices` those that are known of the model count.
    """

    timeout: Duration = Field(default=timedelta(seconds=60), gt=timedelta(), le=timedelta(minutes=5))
    opinion: Duration = Field(default=timedelta(seconds=4), ge=timedelta(), le=timedelta(seconds=30))
    answer: int = Field(default=4_000, ge=100, le=32_000)
    cache: Duration = Field(default=timedelta(minutes=2), ge=timedelta(), le=timedelta(hours=24))
    budget: Budget = Budget()
    prices: Prices | None = None

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.budget.dollars is not None and self.prices is None:
            what = "A budget in dollars needs `prices`: what a model costs is not always known otherwise."
            raise wrong(what, "Add `prices: {read: …, written: …}`, in dollars for a million tokens.")
        return self


class DraftConfig(Section):
    """What drafted runbooks may do.

    `folder` is where they are saved; the first folder of `runbooks` if it is not said. `expire` is how long a draft
    can be used. `actions` names who may have drafts with an action, by role; whoever may draft, where it names none.
    """

    folder: Label | None = None
    expire: Duration = Field(default=timedelta(hours=24), ge=timedelta(minutes=5), le=timedelta(days=30))
    actions: dict[Label, tuple[Name, ...]] = Field(default_factory=dict)

    def below(self, home: Path, folders: Sequence[str]) -> Self:
        """The same with its folder as a path from `home`, and the first of `folders` that is no file where it has none."""
        named = self.folder or next((one for one in folders if not one.endswith((".yaml", ".yml"))), None)
        return self.model_copy(update={"folder": str(home / named) if named else None})


class EmbeddingsConfig(Section):
    """Where texts are made vectors: an address that speaks OpenAI's `/embeddings`, a model, and what holds its key.

    `dimensions` asks the model for shorter vectors, if it can make them.
    """

    url: str = Field(pattern=r"^https?://[^\s/?#]+[^\s?#]*$", max_length=500)
    model: Label
    secret_env: Label | None = None
    dimensions: int | None = Field(default=None, ge=16, le=4_096)


class MemoryConfig(Section):
    """What is kept of what people say to the bot.

    `turns` and `summaries` are how long these are kept; with `turns` of zero nothing is. `tokens` is how much of a
    conversation is at hand at once: at four fifths of it the older half is summed up. `shared` names channels of which
    everybody may be told anywhere; what was said elsewhere is recalled only where it was said. With `embeddings` what is
    said is also found by what it means.
    """

    turns: Duration = Field(default=timedelta(days=30), ge=timedelta(), le=timedelta(days=3650))
    summaries: Duration = Field(default=timedelta(days=180), ge=timedelta(), le=timedelta(days=3650))
    tokens: int = Field(default=8_000, ge=500, le=200_000)
    shared: tuple[str, ...] = ()
    embeddings: EmbeddingsConfig | None = None


def check_drafts(
    source: Source, config: DraftConfig, actions: Collection[str], roles: Collection[str]
) -> Iterator[Problem]:
    """Actions and roles that do not exist."""
    for action, named in config.actions.items():
        if action not in actions:
            yield source.unknown(("drafts", "actions", action), "action", action, actions)
        for index, role in enumerate(named):
            if role not in roles:
                yield source.unknown(("drafts", "actions", action, index), "role", role, roles)


def check_memory(source: Source, config: MemoryConfig, channels: Collection[str]) -> Iterator[Problem]:
    """Channels that do not exist."""
    for index, name in enumerate(config.shared):
        if name not in channels:
            yield source.unknown(("memory", "shared", index), "channel", name, channels)
