"""What can be found in a message, and the names that are known where it was said. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Self

from typing_extensions import override

if TYPE_CHECKING:  # reading the classifier alone should not need the configuration's parser
    from core.catalogue.names import Named


class EntityType(StrEnum):
    """The kinds of things that a message names."""

    SERVICE = "service"
    MODEL = "model"
    RUNBOOK = "runbook"
    WORKFLOW = "workflow"
    ENVIRONMENT = "environment"
    LEVEL = "level"
    METRIC = "metric"
    QUANTILE = "quantile"
    VERSION = "version"
    INSTANCE = "instance"
    SEVERITY = "severity"
    INCIDENT_ID = "incident_id"
    EXECUTION_ID = "execution_id"
    USER = "user"
    CHANNEL = "channel"
    PERCENTAGE = "percentage"
    DURATION = "duration"
    REPLICA_COUNT = "replica_count"
    NUMERIC_VALUE = "numeric_value"
    TIME_RANGE = "time_range"


Value = str | float | int | Mapping[str, str]


@dataclass(frozen=True)
class Entity:
    """Something that a message names: `text` is what stands between `start` and `end`, `value` what it comes to.

    A duration is in seconds, a percentage 5 for 5 %, a replica count a number or `+2`, `-1`, `x2`. A time range is
    `{"start", "end"}` in UTC, as `2026-03-18T14:30:00Z`, the end excluded; an instant has both the same. What was
    carried over from earlier words has an empty `text`.
    """

    type: EntityType
    value: Value
    text: str
    start: int
    end: int
    confidence: float = 1.0


Known = Mapping[str, tuple[str, ...]]
"""Names, each with its other names."""


@dataclass(frozen=True)
class Names:
    """The names that are known in a workspace. `bot` is what the bot answers to; it is never a person in a message."""

    services: Known = field(default_factory=dict)
    models: Known = field(default_factory=dict)
    runbooks: Known = field(default_factory=dict)
    workflows: Known = field(default_factory=dict)
    environments: Known = field(default_factory=dict)
    people: Known = field(default_factory=dict)
    channels: Known = field(default_factory=dict)
    metrics: Known = field(default_factory=dict)
    bot: frozenset[str] = frozenset({"wardroom"})

    @classmethod
    def of(
        cls,
        services: "Iterable[Named]" = (),
        environments: "Iterable[Named]" = (),
        runbooks: Iterable[str] = (),
        bot: Iterable[str] = ("wardroom",),
    ) -> Self:
        """The names of a catalogue's services and environments, and of the runbooks that are there."""
        return cls(
            services={thing.name: tuple(thing.aliases) for thing in services},
            environments={thing.name: tuple(thing.aliases) for thing in environments},
            runbooks=dict.fromkeys(runbooks, ()),
            bot=frozenset(bot),
        )

    @override
    def __hash__(self) -> int:
        """Equal names hash alike, so that what is prepared from them can be kept."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((*((kind, *known) for kind, known in self.kinds()), *self.metrics))

    def kinds(self) -> tuple[tuple[EntityType, Known], ...]:
        """The names of things, by the type of entity that they become."""
        return (
            (EntityType.SERVICE, self.services),
            (EntityType.MODEL, self.models),
            (EntityType.RUNBOOK, self.runbooks),
            (EntityType.WORKFLOW, self.workflows),
            (EntityType.ENVIRONMENT, self.environments),
        )
