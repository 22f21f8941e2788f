"""What somebody wants, in one word: the nineteen intents of the co-pilot design (2.1), and that nothing is wanted of us."""

from enum import StrEnum


class Intent(StrEnum):
    """What a message asks for. NONE: it is not for the bot."""

    METRIC_QUERY = "METRIC_QUERY"
    LOG_QUERY = "LOG_QUERY"
    TRACE_QUERY = "TRACE_QUERY"
    STATUS_QUERY = "STATUS_QUERY"
    TEST_GENERATE = "TEST_GENERATE"
    TEST_EXECUTE = "TEST_EXECUTE"
    DEPLOY = "DEPLOY"
    SCALE = "SCALE"
    WORKFLOW_START = "WORKFLOW_START"
    WORKFLOW_STATUS = "WORKFLOW_STATUS"
    WORKFLOW_CANCEL = "WORKFLOW_CANCEL"
    INCIDENT_START = "INCIDENT_START"
    INCIDENT_UPDATE = "INCIDENT_UPDATE"
    RUNBOOK_EXECUTE = "RUNBOOK_EXECUTE"
    COMPARE = "COMPARE"
    EXPLAIN = "EXPLAIN"
    RECOMMEND = "RECOMMEND"
    HELP = "HELP"
    CLARIFICATION = "CLARIFICATION"
    NONE = "NONE"

    @property
    def is_destructive(self) -> bool:
        """Whether doing it changes what runs, so that what was understood is always shown first."""
        return self in _DESTRUCTIVE


_DESTRUCTIVE = frozenset(
    {
        Intent.DEPLOY,
        Intent.SCALE,
        Intent.RUNBOOK_EXECUTE,
        Intent.WORKFLOW_START,
        Intent.WORKFLOW_CANCEL,
    }
)
