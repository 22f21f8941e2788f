"""Deployments among CloudEvents, by the types of CDEvents. Pure.

Source: the CDEvents specification, continuous deployment events (`service.deployed`, `upgraded`, `rolledback`, `removed`).
"""

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, unquote

from core.catalogue.deployments.deployment import Kind, Report
from core.incidents.sources.source import link, moment, words

_TYPE = re.compile(r"dev\.cdevents\.service\.(deployed|upgraded|rolledback|removed)(?:\..*)?")
_LONG = 1_000


def read(event: Mapping[str, Any]) -> Report | None:
    """What an event says of a deployment; None if it is about something else."""
    kind = _TYPE.fullmatch(words(event.get("type")))
    if kind is None:
        return None
    data = _part(event, "data")
    subject = _part(data, "subject")
    content = _part(subject, "content")
    context = _part(data, "context")
    name, version = _artifact(words(content.get("artifactId"), _LONG))
    said = (data.get("service"), subject.get("id"), event.get("subject"), name, subject.get("source"))
    return Report(
        source=words(event.get("source")),
        event=words(event.get("id")),
        names=tuple(one for one in map(words, said) if one),
        version=words(data.get("version")) or version,
        environment=words(_part(content, "environment").get("id")) or words(data.get("environment")),
        kind=cast("Kind", kind.group(1)),
        at=moment(context.get("timestamp")) or moment(event.get("time")),
        by=words(data.get("by")),
        url=link(data.get("url")),
    )


def _artifact(purl: str) -> tuple[str, str]:
    """The name and version of a package URL: `pkg:oci/payments@sha256:0b31...?tag=2.4.1` is payments 2.4.1."""
    path, _, query = purl.partition("?")
    name, _, version = path.partition("@")
    tag = parse_qs(query).get("tag", [""])[0]
    known = unquote(version)
    return name.rpartition("/")[2], tag or (known[:19] if known.startswith("sha256:") else known)


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}
