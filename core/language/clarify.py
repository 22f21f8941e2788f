"""What has to be known before a request can be met, and how one asks for it. Pure.

Source: the co-pilot design's intent classifier (2.1), steps 6 and 7: find missing parameters, ask for them.
"""

from collections.abc import Collection, Mapping

from core.language.entity import EntityType
from core.language.intent import Intent

_OF = (EntityType.SERVICE, EntityType.MODEL)

# For each intent what it cannot do without, in the order in which one asks; any of a group will do.
NEEDS: Mapping[Intent, tuple[tuple[EntityType, ...], ...]] = {
    Intent.METRIC_QUERY: (
        (EntityType.METRIC, EntityType.QUANTILE),
        (*_OF, EntityType.INSTANCE, EntityType.ENVIRONMENT),
    ),
    Intent.LOG_QUERY: ((*_OF, EntityType.INSTANCE, EntityType.ENVIRONMENT),),
    Intent.TEST_GENERATE: (_OF,),
    Intent.DEPLOY: (_OF, (EntityType.ENVIRONMENT,)),
    Intent.SCALE: (_OF, (EntityType.REPLICA_COUNT,)),
    Intent.WORKFLOW_START: ((EntityType.WORKFLOW, EntityType.RUNBOOK),),
    Intent.WORKFLOW_CANCEL: ((EntityType.EXECUTION_ID, EntityType.WORKFLOW, *_OF),),
    Intent.INCIDENT_UPDATE: ((EntityType.INCIDENT_ID,),),
}

QUESTIONS: Mapping[EntityType, str] = {
    EntityType.SERVICE: "Which service?",
    EntityType.ENVIRONMENT: "In which environment?",
    EntityType.METRIC: "Which figure: latency, error rate, throughput, cpu, memory or availability?",
    EntityType.REPLICA_COUNT: "How many copies?",
    EntityType.WORKFLOW: "Which one?",
    EntityType.EXECUTION_ID: "Which run?",
    EntityType.INCIDENT_ID: "Which incident?",
}

MISTAKEN: Mapping[EntityType, EntityType] = {
    EntityType.EXECUTION_ID: EntityType.INCIDENT_ID,
    EntityType.INCIDENT_ID: EntityType.EXECUTION_ID,
}
"""What is asked for, and what has an id as well and is named instead by mistake."""

MEANINGS: Mapping[Intent, str] = {
    Intent.METRIC_QUERY: "Show figures",
    Intent.LOG_QUERY: "Search logs",
    Intent.TRACE_QUERY: "Find traces",
    Intent.STATUS_QUERY: "Say how things are",
    Intent.TEST_GENERATE: "Write tests",
    Intent.TEST_EXECUTE: "Run tests",
    Intent.DEPLOY: "Deploy or roll back",
    Intent.SCALE: "Scale",
    Intent.WORKFLOW_START: "Start a run",
    Intent.WORKFLOW_STATUS: "Say how a run is",
    Intent.WORKFLOW_CANCEL: "Cancel a run",
    Intent.INCIDENT_START: "Declare an incident",
    Intent.INCIDENT_UPDATE: "Update an incident",
    Intent.RUNBOOK_EXECUTE: "Run a runbook",
    Intent.COMPARE: "Compare",
    Intent.EXPLAIN: "Explain what happened",
    Intent.RECOMMEND: "Advise",
    Intent.HELP: "Help",
    Intent.CLARIFICATION: "Answer a question",
    Intent.NONE: "None of these",
}
"""Each intent in the few words of a button."""


def missing(intent: Intent, there: Collection[EntityType]) -> tuple[EntityType, ...]:
    """What is asked for, in order, given what is there: of each group the first."""
    return tuple(group[0] for group in NEEDS.get(intent, ()) if not any(kind in there for kind in group))
