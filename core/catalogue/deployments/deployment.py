"""The noun of deployments: which version of a service came where, and when; and what a pipeline says of one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PREFIX = "DEP"
Kind = Literal["deployed", "upgraded", "rolledback", "removed"]

_WORDS: Mapping[Kind, str] = {
    "deployed": "deployed",
    "upgraded": "upgraded to",
    "rolledback": "rolled back to",
    "removed": "removed",
}
"""What was done, as people say it."""


@dataclass(frozen=True)
class Report:
    """What a pipeline says of a deployment.

    `source` and `event` tell it from every other one. `names` are the words that may name the service, the likeliest first.
    `at` is when it was, `by` who wanted it, `url` where more can be read.
    """

    source: str
    event: str
    names: tuple[str, ...]
    version: str = ""
    environment: str = ""
    kind: Kind = "deployed"
    at: datetime | None = None
    by: str = ""
    url: str = ""


@dataclass(frozen=True)
class Deployment:
    """One that was reported. `service` and `environment` are names of the catalogue, where that knows them; `via` sent it."""

    id: str
    service: str
    version: str
    environment: str
    kind: Kind
    at: datetime
    by: str
    via: str
    url: str

    @property
    def said(self) -> str:
        """`payments 2.4.1 was deployed in production`, `payments was rolled back to 2.4.0`."""
        where = f" in {self.environment}" if self.environment else ""
        did = _WORDS[self.kind]
        if did.endswith(" to"):
            did = f"{did} {self.version}" if self.version else did.removesuffix(" to")
            return f"{self.service} was {did}{where}"
        return f"{f'{self.service} {self.version}'.strip()} was {did}{where}"
