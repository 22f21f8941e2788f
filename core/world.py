"""Everything that was configured, read once at start: the world that every unit of work is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.approvals.config import Policy
from core.approvals.draft import Judge
from core.approvals.glass.config import BreakGlassConfig
from core.approvals.hearing import Pack
from core.catalogue.model import Environment, Service
from core.conversation.config import DraftConfig, MemoryConfig, ModelConfig
from core.health.config import HealthRules
from core.incidents.config import AlertsConfig, IncidentsConfig
from core.incidents.heartbeats.config import HeartbeatConfig
from core.incidents.remedies.config import RemediationConfig
from core.language.entity import Names
from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.notify.platforms import DiscordOptions, SlackOptions
from core.observability.config import BackendsConfig
from core.oncall.schedule import Schedule
from core.paging.config import PagingConfig
from core.paging.page import Plan
from core.people.factor.config import SecondFactorConfig
from core.people.person import Person
from core.people.sessions.config import SigninConfig
from core.people.team import Team
from core.resilience.config import Limits
from core.runbooks import gate
from core.runbooks.action import ActionSpec, Offer
from core.runbooks.config import ActionRules, SecretConfig, WorkerRules
from core.runbooks.definition import Runbook
from core.store.config import AuditConfig
from core.testbench.config import SuiteConfig
from core.trading import pack


@dataclass(frozen=True)
class World:
    """Everything that was configured, read once at start; immutable.

    `llm_model` is empty where there is no language model. `roles` maps each role to its permission patterns, `deputies` to the roles that may stand in for it. `public_url` is where people reach the pages, without a
    slash at its end. `secret_key` signs what leaves and comes back; it is never shown. `conceal` takes known secrets out
    of a text.
    """

    workspace: str
    timezone: str = "UTC"
    people: Mapping[str, Person] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    deputies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    notices: NoticesConfig = field(default_factory=NoticesConfig)
    policies: tuple[Policy, ...] = ()
    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    actions: ActionRules = field(default_factory=ActionRules)
    secrets: Mapping[str, SecretConfig] = field(default_factory=dict)
    workers: WorkerRules = field(default_factory=WorkerRules)
    limits: Limits = field(default_factory=Limits)
    audit: AuditConfig = field(default_factory=AuditConfig)
    break_glass: BreakGlassConfig = field(default_factory=BreakGlassConfig)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    escalations: Mapping[str, Plan] = field(default_factory=dict)
    paging: PagingConfig = field(default_factory=PagingConfig)
    heartbeats: Mapping[str, HeartbeatConfig] = field(default_factory=dict)
    backends: BackendsConfig = field(default_factory=BackendsConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    incidents: IncidentsConfig = field(default_factory=IncidentsConfig)
    remediation: RemediationConfig = field(default_factory=RemediationConfig)
    health: HealthRules = field(default_factory=HealthRules)
    suites: Mapping[str, SuiteConfig] = field(default_factory=dict)
    slack: SlackOptions = field(default_factory=SlackOptions)
    discord: DiscordOptions = field(default_factory=DiscordOptions)
    second_factor: SecondFactorConfig = field(default_factory=SecondFactorConfig)
    signin: SigninConfig = field(default_factory=SigninConfig)
    llm: ModelConfig = field(default_factory=ModelConfig)
    llm_model: str = ""
    drafts: DraftConfig = field(default_factory=DraftConfig)
    memory: MemoryConfig = field(default_factory=MemoryConfig)
    public_url: str = ""
    secret_key: str = field(default="", repr=False)
    conceal: Callable[[str], str] = field(default=str, repr=False)

    @cached_property
    def names(self) -> Names:
        """The names by which people speak of what is here: the same object each time, since much is prepared from it."""
        chats = {
            book.name: tuple(trigger.chat for trigger in book.triggers if trigger.chat)
            for book in self.runbooks.values()
        }
        return Names(
            services={one.name: tuple(one.aliases) for one in self.services.values()},
            environments={one.name: tuple(one.aliases) for one in self.environments.values()},
            runbooks=chats,
            people={one.id: (one.name,) for one in self.people.values()},
            channels=dict.fromkeys(self.channels, ()),
        )

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        """What is known of every action, by the name that runbooks use."""
        return {name: offer.spec for name, offer in self.offers.items()}


# The built-in triggers, by the name that a policy gives as its `pack`.
PACKS: Mapping[str, Pack] = {"trading": pack.judge}


def judge_of(world: World) -> Judge:
    """What the world's policies say about anything."""
    return gate.judge_of(world.policies, world.runbooks, PACKS)
