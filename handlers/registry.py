"""Every area's verbs and views in one place; nothing else knows the areas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process

from core.store.engine import Unit
from core.world import World
from handlers import account, health, signing, stats
from handlers.approvals import bulk, delegations, discussion, glass, outcomes, requests, rules, simulations
from handlers.approvals import verbs as approvals
from handlers.cards.card import Card
from handlers.incidents import alerts, practice, remedies, silences
from handlers.incidents import ending as incident_ending
from handlers.incidents import leaving as incident_leaving
from handlers.incidents import links as incident_links
from handlers.incidents import reminders as incident_reminders
from handlers.incidents import review as incident_review
from handlers.incidents import roles as incident_roles
from handlers.incidents import rooms as incident_rooms
from handlers.incidents import summary as incident_summary
from handlers.incidents import tasks as incident_tasks
from handlers.incidents import timeline as incident_timeline
from handlers.incidents import triage as incident_triage
from handlers.incidents import verbs as incidents
from handlers.oncall import lately as oncall_lately
from handlers.oncall import mine as oncall_mine
from handlers.oncall import paging
from handlers.oncall import shifts as oncall
from handlers.oncall import swaps as oncall_swaps
from handlers.oncall import whois as oncall_whois
from handlers.runbooks import catalogue, drafts, environments, history, logs, permitted, replies, runs
from handlers.runbooks import verbs as runbooks
from handlers.talk import (
    dialogue,
    doubts,
    help,  # noqa: A004 - the area is called so
    howto,
    learning,
    memory,
    questions,
    smalltalk,
    standing,
)
from handlers.verb import Verb

View = Callable[[Unit, World, str], Card]


@dataclass(frozen=True)
class Registry:
    """What people can ask for, by name, by command and by free text; and the cards that stay current."""

    verbs: tuple[Verb, ...]
    views: Mapping[str, View]

    @cached_property
    def by_name(self) -> dict[str, Verb]:
        """Verbs by `area.verb`."""
        return {verb.name: verb for verb in self.verbs}

    @cached_property
    def by_command(self) -> dict[str, Verb]:
        """Verbs by the words after the slash, aliases included."""
        return {words: verb for verb in self.verbs for words in (verb.command, *verb.aliases)}

    def nearest(self, words: str) -> str | None:
        """The command that was probably meant."""
        found = process.extractOne(words.lower(), [verb.command for verb in self.verbs], score_cutoff=60)
        return found[0] if found else None


_AREAS = (
    *approvals.VERBS,
    *bulk.VERBS,
    *delegations.VERBS,
    *discussion.VERBS,
    *glass.VERBS,
    *outcomes.VERBS,
    *replies.VERBS,
    *requests.VERBS,
    *rules.VERBS,
    *simulations.VERBS,
    *runs.VERBS,
    *dialogue.VERBS,
    *catalogue.VERBS,
    *runbooks.VERBS,
    *history.VERBS,
    *logs.VERBS,
    *permitted.VERBS,
    *drafts.VERBS,
    *environments.VERBS,
    *questions.VERBS,
    *doubts.VERBS,
    *standing.VERBS,
    *incidents.VERBS,
    *incident_roles.VERBS,
    *incident_ending.VERBS,
    *incident_reminders.VERBS,
    *incident_links.VERBS,
    *incident_summary.VERBS,
    *incident_tasks.VERBS,
    *remedies.VERBS,
    *incident_timeline.VERBS,
    *incident_triage.VERBS,
    *incident_rooms.VERBS,
    *incident_leaving.VERBS,
    *incident_review.VERBS,
    *alerts.VERBS,
    *silences.VERBS,
    *oncall.VERBS,
    *oncall_swaps.VERBS,
    *oncall_lately.VERBS,
    *oncall_mine.VERBS,
    *oncall_whois.VERBS,
    *paging.VERBS,
    *smalltalk.VERBS,  # before what takes any words for a service: “how is it going?”
    *health.VERBS,
    *account.VERBS,
    *signing.VERBS,
    *memory.VERBS,
    *learning.VERBS,
    *stats.VERBS,
    *practice.VERBS,
)

_SAID = (*_AREAS, *howto.howto_verbs(_AREAS))

REGISTRY = Registry(
    verbs=(*_SAID, *help.help_verbs(_SAID)),
    views={
        **approvals.VIEWS,
        **replies.VIEWS,
        **runbooks.VIEWS,
        **drafts.VIEWS,
        **questions.VIEWS,
        **dialogue.VIEWS,
        **incidents.VIEWS,
        **practice.VIEWS,
        **incident_review.VIEWS,
        **incident_timeline.VIEWS,
        **incident_roles.VIEWS,
        **incident_reminders.VIEWS,
        **incident_summary.VIEWS,
        **incident_tasks.VIEWS,
        **health.VIEWS,
        **alerts.VIEWS,
        **oncall_swaps.VIEWS,
        **paging.VIEWS,
        **account.VIEWS,
    },
)
