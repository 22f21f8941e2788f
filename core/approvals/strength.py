"""How sure it is that a vote is its person's: the way it came, and a second factor beside it. Pure.

Written `chat`, `mail`, `token`, `page`, or with the factor that was shown as well: `chat+totp`, `chat+oidc`.
"""

from core.approvals.request import Choice, Rules, Vote

FACTORS = ("totp", "oidc")
"""A code of an authenticator or of the recovery list; a fresh sign-in at the organisation's own issuer."""

_FIRST = {"email": "mail", "sms": "mail", "api": "token", "grpc": "token", "mcp": "token", "page": "page"}


def strength_of(via: str, factor: str = "") -> str:
    """The strength of a vote that came by `via`, with the second factor that was shown, if one was."""
    first = _FIRST.get(via, "chat")
    return f"{first}+{factor}" if factor in FACTORS else first


def has_factor(strength: str) -> bool:
    """Whether a second factor was shown."""
    return strength.partition("+")[2] in FACTORS


def is_enough(rules: Rules, vote: Vote) -> bool:
    """Whether the vote is sure enough to count: only a yes needs a second factor, where one is asked for."""
    return not rules.second_factor or vote.choice is not Choice.APPROVE or has_factor(vote.strength)
