from datetime import UTC, datetime
from typing import Any

import pytest

from core.catalogue.deployments.deployment import Report as Deployed
from core.errors import Invalid
from core.incidents.sources import cloudevents
from core.incidents.sources.source import Delivery, Report
from tests.core.incidents.sources.payloads import cloudevent

BATCH = "application/cloudevents-batch+json"


def cdevent(kind: str = "deployed", **content: Any) -> dict[str, Any]:
    """An event as the CDEvents specification shows it."""
    inside = {"environment": {"id": "production"}, "artifactId": "pkg:oci/payments@sha256%3A0b31b?tag=2.4.1"}
    subject = {"id": "/apps/payments", "source": "/ci", "type": "service", "content": inside | content}
    context = {"version": "0.4.1", "id": "e-1", "source": "/ci", "timestamp": "2026-03-02T08:48:00Z"}
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/ci",
        "type": f"dev.cdevents.service.{kind}.0.2.0",
        "time": "2026-03-02T08:50:00Z",
        "data": {"context": context, "subject": subject},
    }


def read(*events: dict[str, Any]) -> Report:
    return cloudevents.read(Delivery(list(events), {"content-type": BATCH}))


@pytest.mark.parametrize("kind", ["deployed", "upgraded", "rolledback", "removed"])
def test_what_a_pipeline_deployed_is_no_alert(kind: str) -> None:
    found = read(cdevent(kind), cloudevent())
    assert 1 == len(found.news)
    (told,) = found.deployments
    assert (kind, "2.4.1", "production") == (told.kind, told.version, told.environment)
    assert ("/ci", "e-1", "/apps/payments") == (told.source, told.event, told.names[0])
    assert datetime(2026, 3, 2, 8, 48, tzinfo=UTC) == told.at


@pytest.mark.parametrize(
    ("artifact", "version"),
    [
        ("pkg:generic/payments@2.4.1", "2.4.1"),
        ("pkg:oci/payments@sha256:0b31b1c02ff458ad9b7b", "sha256:0b31b1c02ff4"),
        ("", ""),
        (7, ""),
    ],
)
def test_the_version_is_that_of_its_artifact(artifact: object, version: str) -> None:
    (told,) = read(cdevent(artifactId=artifact)).deployments
    assert version == told.version


def test_a_plain_event_may_say_it_in_its_data() -> None:
    plain = cdevent() | {
        "data": {"service": "payments", "version": "2.4.1", "url": "https://ci/1", "by": "Ana"}
    }
    (told,) = read(plain).deployments
    assert (
        Deployed(
            "/ci",
            "e-1",
            ("payments",),
            "2.4.1",
            at=datetime(2026, 3, 2, 8, 50, tzinfo=UTC),
            by="Ana",
            url="https://ci/1",
        )
        == told
    )


def test_what_is_no_cloud_event_is_refused_and_other_cdevents_are_no_deployments() -> None:
    with pytest.raises(Invalid, match="`id` is missing"):
        read(cdevent() | {"id": ""})
    with pytest.raises(Invalid, match="does not say whether anything is wrong"):
        read(cdevent() | {"type": "dev.cdevents.pipelinerun.finished.0.2.0"})
