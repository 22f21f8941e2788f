"""Breaking the glass as the configuration file writes it."""

from datetime import timedelta

from core.quantity import Duration
from core.source import Section


class BreakGlassConfig(Section):
    """How long people have to review a use, and whether somebody may break the glass `again` before that is done."""

    review: Duration = timedelta(days=3)
    again: bool = False
