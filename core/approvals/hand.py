"""What a person asks in their own words, and does themselves once it is approved. Pure."""

from core.approvals.request import Request

IN_WORDS = "request"
"""The kind of what a person asks in their own words."""
BY_HAND = "by hand"
"""The execution of what a person does themselves, and reports on."""


def is_by_hand(request: Request) -> bool:
    """It was asked in words: whoever asked does it themselves, unless a program of theirs has taken it up."""
    return request.kind == IN_WORDS and request.execution in (None, BY_HAND)
