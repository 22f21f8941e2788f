"""The page that ties the rooms together: the world they share, and who reacts to what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.approvals.config import Policy
from core.catalogue.model import Environment, Service
from core.incidents.config import AlertsConfig
from core.notify.channel import Channel
from core.observability.config import BackendsConfig
from core.oncall.config import ScheduleConfig
from core.people.person import Person
from core.people.team import Team
from core.resilience.config import Limits
from core.runbooks.config import ActionRules
from core.runbooks.definition import Runbook
from core.testbench.config import SuiteConfig


@dataclass(frozen=True)
class World:
    """Everything that was configured, read once at start; immutable.

    `roles` maps each role to its permission patterns. `public_url` is where people reach the pages, without a
    slash at its end. `secret_key` signs what leaves and comes back; it is never shown.
    """

    workspace: str
    timezone: str = "UTC"
    people: Mapping[str, Person] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    actions: ActionRules = field(default_factory=ActionRules)
    limits: Limits = field(default_factory=Limits)
    schedules: Mapping[str, ScheduleConfig] = field(default_factory=dict)
    backends: BackendsConfig = field(default_factory=BackendsConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    suites: Mapping[str, SuiteConfig] = field(default_factory=dict)
    public_url: str = ""
    secret_key: str = field(default="", repr=False)
