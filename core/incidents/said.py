"""What somebody declares, as it was said: the severity and the service may stand in the title. Pure.

Every door reads it here, so that the same words open the same incident in chat, over HTTP and for an assistant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalogue.model import Service
from core.catalogue.names import plain
from core.incidents.severity import in_title, just
from core.text import one_line

_USUAL = 3
_READ = 4_000


@dataclass(frozen=True)
class Said:
    """The title without its severity, "" if nothing else was said; how grave it is, None if nobody said so; the service."""

    title: str
    severity: int | None = None
    service: str = ""

    @property
    def grade(self) -> int:
        """How grave it is declared: as it was said, or as most are."""
        return self.severity or _USUAL


def read(services: Mapping[str, Service], title: str, severity: int | None = None, service: str = "") -> Said:
    """What is declared. What is given apart counts more than what stands in the title."""
    words = one_line(title, _READ)  # the severity may stand behind what is too long for a title
    words, service = _without_service(words, services, service)
    grave, rest = in_title(words) if severity is None else (severity, words)
    alone = just(words) or just(rest)
    if alone is not None:
        return Said("", grave or alone, service)
    return Said(one_line(rest), grave, service or _named_in(rest, services))


_AT_END = re.compile(
    r"\s*[,;]\s*(?:of |for )?(?:the )?service\s*[:=]?\s*(?P<name>[\w-]+)[\s.!]*$", re.IGNORECASE
)


def _without_service(title: str, services: Mapping[str, Service], service: str) -> tuple[str, str]:
    """The title without a service that is named as such behind it: `…, sev2, service payments`."""
    found = _AT_END.search(title)
    named = _named_in(found["name"], services) if found and not service else ""
    return (title[: found.start()], named) if found and named else (title, service)


def _named_in(title: str, services: Mapping[str, Service]) -> str:
    """The service whose name stands in the title, if it is exactly one."""
    words = {plain(word) for word in re.findall(r"[\w-]+", title)}
    found = [
        service.name
        for service in services.values()
        if words & {plain(name) for name in (service.name, *service.aliases)}
    ]
    return found[0] if len(found) == 1 else ""
