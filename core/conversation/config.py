"""How a language model may be used, and what drafts of runbooks may hold, as the configuration file writes it."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from core.quantity import Duration
from core.source import Section, wrong
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

    `timeout` is how long one answer may take in all, `answer` how many tokens it may have. Without `prices` those
    that are known of the model count.
    """

    timeout: Duration = Field(default=timedelta(seconds=60), gt=timedelta(), le=timedelta(minutes=5))
    answer: int = Field(default=4_000, ge=100, le=32_000)
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
