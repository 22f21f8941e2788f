"""A form in neutral words: a modal on Slack and Discord, a dialog on the local page.

Discord shows at most five fields and Slack's title holds 24 characters; renderers cut, they do not fail.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class FormField(BaseModel):
    """One thing to fill in. `choice` fields have `options` (label, value) and the platform's own menu."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    kind: Literal["text", "long", "choice"] = "text"
    required: bool = True
    default: str = ""
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    max_length: int = 2_000


class Form(BaseModel):
    """What is asked before a verb can run; its submission comes back as a Submit with the same verb."""

    model_config = ConfigDict(frozen=True)

    title: str
    verb: str
    object: str = ""
    revision: int = 0
    digest: str = ""
    args: dict[str, str] = Field(default_factory=dict)
    intro: str = ""
    fields: tuple[FormField, ...]
    submit: str = "Send"
