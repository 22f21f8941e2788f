from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from core.catalogue.deployments import units as deployments
from core.catalogue.deployments.deployment import Report
from core.clock import ManualClock
from core.incidents import units as incidents
from handlers.inbound import Message
from handlers.talk.grasp import meaning
from tests.handlers.house import HERE, House, actor
from tests.stores import START

HOUR = timedelta(hours=1)


async def _since(house: House, words: str) -> datetime | None:
    said = Message(key="1", actor=actor("ana"), place=HERE, text=words, addressed=True)
    meant = await house.store.read(meaning, house.world, house.world.people["ana"], said)
    spans = [one.value for one in meant.entities if isinstance(one.value, Mapping)]
    assert len(spans) <= 1
    return datetime.fromisoformat(spans[0]["start"]) if spans else None


@pytest.fixture
async def shipped(house: House) -> House:
    """Checkout was deployed three hours ago, payments one."""
    for service, hours in (("checkout", 3), ("payments", 1)):
        told = Report("ci", service, (service,), at=START - hours * HOUR)
        await house.store.transact(deployments.report, house.world, told, "CI")
    return house


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("show errors of checkout since the last deploy", 3),
        ("show errors of cart since the last release", 3),
        ("what changed since the last deploy?", 1),
    ],
)
async def test_the_last_deploy_is_the_newest_of_what_the_words_name(
    shipped: House, words: str, hours: int
) -> None:
    assert START - hours * HOUR == await _since(shipped, words)


async def test_the_incident_is_the_open_one_and_any_can_be_named(house: House, clock: ManualClock) -> None:
    words = "show errors of checkout since the incident started"
    assert await _since(house, words) is None
    await house.command("ana", "/incident declare", title="checkout is down")
    await house.store.transact(incidents.resolve, "INC-1", house.world.people["ana"], "a disk")
    clock.advance(HOUR)
    await house.command("ana", "/incident declare", title="payments are slow")
    clock.advance(HOUR)
    assert START + HOUR == await _since(house, words)
    assert START == await _since(house, "show errors of checkout since INC-1 began")
    assert await _since(house, "show errors of checkout since INC-9 began") is None
