"""Signing in at the pages as the configuration file has it; ids and secrets of applications are in the environment."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from core.source import Section, wrong
from core.wording import Label

_TEAM = re.compile(r"[TE][A-Z0-9]{5,20}")


def _team(value: str) -> str:
    if not _TEAM.fullmatch(value):
        raise wrong(
            f"`{value[:40]}` is not the id of a Slack workspace.",
            "It begins with T, and stands in the address of Slack in a browser: app.slack.com/client/T012AB3CD.",
        )
    return value


class SigninConfig(Section):
    """Who is let in by accounts from elsewhere.

    `slack_team` is the only Slack workspace whose accounts count. `issuer_name` is what people call the
    organisation's own issuer, and `match` what it must say of a person: the `oidc` subject that is configured, or
    an e-mail address that it has verified.
    """

    slack_team: Annotated[str, AfterValidator(_team)] | None = None
    issuer_name: Label = Field(default="your organisation", min_length=1)
    match: Literal["subject", "email"] = "subject"
