"""Where metrics, logs and traces are asked for, as the configuration file writes it."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from core.quantity import Duration
from core.source import Section, wrong
from core.wording import Url, Variable


class MetricsConfig(Section):
    """The address of a Prometheus."""

    prometheus: Url


class LogsConfig(Section):
    """The address of a Loki."""

    loki: Url


class TracesConfig(Section):
    """The address of a Tempo or of a Jaeger."""

    tempo: Url | None = None
    jaeger: Url | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.tempo is None) == (self.jaeger is None):
            raise wrong("Traces need exactly one of tempo and jaeger.", "Keep the one that is asked.")
        return self


class BookConfig(Section):
    """The address of a book of portfolios, prices and orders, asked over REST; the variable holds its token."""

    rest: Url
    secret_env: Variable | None = None
    timeout: Duration = Field(default=timedelta(seconds=2), gt=timedelta(), le=timedelta(seconds=30))


class BackendsConfig(Section):
    """All backends; each may be left out."""

    metrics: MetricsConfig | None = None
    logs: LogsConfig | None = None
    traces: TracesConfig | None = None
    book: BookConfig | None = None
