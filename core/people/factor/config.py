"""Second factors as the configuration file writes them."""

from datetime import timedelta

from core.quantity import Duration
from core.source import Section


class SecondFactorConfig(Section):
    """How long after somebody has set up their first second factor it begins to count.

    Source: whoever holds the chat account of somebody who has none can set one up; the wait is the time in which
    that is noticed.
    """

    enrolment_wait: Duration = timedelta()
