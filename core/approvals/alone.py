"""What a policy says of acting alone in an emergency, and who asks afterwards whether that was right."""

from core.approvals.change import Noun

REVIEWER = "wardroom:review"
"""Who asks for a review. No person's id has a colon."""


class BreakGlass(Noun):
    """Whether somebody who may may act at once, alone; `own`: also on what they asked for themselves."""

    allowed: bool = True
    own: bool = False
