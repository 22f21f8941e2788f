"""How the record is kept, as the configuration file writes it."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from core.quantity import Duration
from core.source import Section, wrong
from core.wording import Label, Url, Variable

_SHORTEST = timedelta(minutes=1)


def _not_too_often(span: timedelta) -> timedelta:
    if span < _SHORTEST:
        raise wrong("This is too often.", "Write 1m or more; once an hour is usual.")
    return span


class AnchorWebhook(Section):
    """Where anchors are sent. `secret_env` names the environment variable with the key that signs them."""

    url: Url
    secret_env: Variable | None = None


class AnchorConfig(Section):
    """Where the head of the chain is written outside of the database, and how often."""

    file: Annotated[Label | None, Field(min_length=1)] = None
    webhook: AnchorWebhook | None = None
    every: Annotated[Duration, AfterValidator(_not_too_often)] = timedelta(hours=1)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.file is None and self.webhook is None:
            raise wrong("This anchor is written nowhere.", "Add `file:`, or `webhook: {url: …}`.")
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        """Where it goes: `file`, `webhook`, or both."""
        return tuple(name for name in ("file", "webhook") if getattr(self, name) is not None)


class AuditConfig(Section):
    """The audit."""

    anchor: AnchorConfig | None = None

    def below(self, folder: Path) -> "AuditConfig":
        """The same with its file below `folder`, where the file's path is no absolute one."""
        if self.anchor is None or self.anchor.file is None:
            return self
        file = str(folder / self.anchor.file)
        return self.model_copy(update={"anchor": self.anchor.model_copy(update={"file": file})})
