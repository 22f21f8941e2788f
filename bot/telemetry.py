"""Logs without secrets and figures for Prometheus. Log ids, not texts."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.practising import PracticeFigures
from core.text import SECRETS

_HIDDEN = "•••"
_NAMES = re.compile(
    r"token|secret|password|passwd|authorization|cookie|api_?key|signature|dsn", re.IGNORECASE
)


def set_up_logs(style: Literal["auto", "json", "human"] = "auto", *, level: int = logging.INFO) -> None:
    """Write logs to stderr: for people on a terminal, as one JSON object a line otherwise."""
    human = style == "human" or (style == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put bullets in the place of whatever is called, or looks like, a secret."""
    for name, value in event.items():
        event[name] = _HIDDEN if value and _NAMES.search(name) else hide(value)
    return event


def hide(value: Any) -> Any:
    """The value with everything that looks like a secret replaced, at any depth."""
    match value:
        case str():
            return SECRETS.sub(_HIDDEN, value)
        case dict():
            return {
                name: _HIDDEN if inner and _NAMES.search(str(name)) else hide(inner)
                for name, inner in value.items()
            }
        case list() | tuple():
            return [hide(inner) for inner in value]
        case BaseException():
            return SECRETS.sub(_HIDDEN, repr(value))
    return value


class HealthFigures:
    """Figures about services, and about looking at them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.looks = Counter(
            "wardroom_health_looks", "Looks at services.", ["means", "status"], registry=registry
        )
        self.look_time = Histogram(
            "wardroom_health_look_seconds", "How long a look took.", ["means"], registry=registry
        )
        self.look_late = Histogram(
            "wardroom_health_late_seconds", "How long after its moment a look began.", registry=registry
        )
        self.services = Gauge(
            "wardroom_service_status",
            "1 for what a service counts as by its own checks, 0 for what it does not.",
            ["service", "status"],
            registry=registry,
        )


class PagingFigures:
    """Figures of the watchdog over pages."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.late = Gauge(
            "wardroom_pages_late",
            "Pages that should have gone on by themselves, as the watchdog last saw it.",
            registry=registry,
        )
        self.looked = Gauge(
            "wardroom_watchdog_looked_seconds",
            "When the watchdog last looked at pages, in seconds since 1970.",
            registry=registry,
        )


class Metrics:
    """The house's figures, in a registry of their own. Labels never name people."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.inbound = Counter(
            "wardroom_inbound", "What arrived, once each.", ["platform", "kind"], registry=self.registry
        )
        self.repeated = self._counted("inbound_repeated", "Deliveries that were there before.", "platform")
        self.handled = Counter("wardroom_handled", "What became of it.", ["outcome"], registry=self.registry)
        self.handling = Histogram(
            "wardroom_handling_seconds",
            "From the commit of the inbox row to the answer's.",
            registry=self.registry,
        )
        self.deliveries = Counter(
            "wardroom_deliveries", "Attempts to send.", ["lane", "outcome"], registry=self.registry
        )
        self.notices = Counter(
            "wardroom_notices",
            "Notices to people and programs, each try of each message.",
            ["channel", "way", "outcome"],
            registry=self.registry,
        )
        self.breakers = Gauge(
            "wardroom_breakers_open",
            "Other sides that are not called because they did not answer lately.",
            ["way"],
            registry=self.registry,
        )
        self.backlog = Gauge("wardroom_outbox_waiting", "Rows that wait to be sent.", registry=self.registry)
        self.lateness = Histogram(
            "wardroom_deadline_lateness_seconds", "How late due times were served.", registry=self.registry
        )
        self.lag = Gauge(
            "wardroom_deadline_lag_seconds",
            "How long the earliest due time that is not served waits already.",
            registry=self.registry,
        )
        self.model_calls = Counter(
            "wardroom_model_calls", "Questions to the language model.", ["outcome"], registry=self.registry
        )
        self.model_tokens = Counter(
            "wardroom_model_tokens", "Tokens that it read and wrote.", ["which"], registry=self.registry
        )
        self.model_price = Counter(
            "wardroom_model_dollars", "What that cost, as far as prices are known.", registry=self.registry
        )
        self.health = HealthFigures(self.registry)
        self.paging = PagingFigures(self.registry)
        self.practice = PracticeFigures(self.registry)
        self.alert_deliveries = self._counted(
            "alert_deliveries", "Requests of monitoring systems, by what became of them.", "source", "outcome"
        )
        self.alerts = self._counted("alerts", "News of alerts that were taken.", "source", "change")
        self.failures = self._counted("failures", "Faults of our own, by where.", "where")

    def _counted(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"wardroom_{name}", words, labels, registry=self.registry)
