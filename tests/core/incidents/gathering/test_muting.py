from datetime import timedelta

import pytest

from core.errors import Conflict, Invalid
from core.incidents.muting import units as muting
from core.incidents.silences import records as silences
from core.incidents.silences.silence import parse
from tests.core.incidents.gathering.street import ANA, Street, firing, over

HOUR = timedelta(hours=1)


async def silenced(street: Street, text: str = "service=checkout", span: timedelta = HOUR) -> int:
    matchers, reason = parse(text)
    wish = muting.Wish(matchers, span, reason)
    begun = await street.store.transact(muting.silence, street.world, ANA, wish)
    covered: int = begun.covered
    return covered


async def test_a_silenced_alert_is_kept_and_told_to_nobody(any_street: Street) -> None:
    street = any_street
    await silenced(street)
    await street.hears(firing())
    assert [] == await street.incidents()
    (alert,) = await street.alerts(muted=True)
    assert (alert.muted, alert.announced) == ("SIL-1", False)


async def test_what_still_fires_when_the_silence_ends_is_told_then(any_street: Street) -> None:
    street = any_street
    await silenced(street)
    await street.hears(firing(), firing("Slow", group="other"))
    await street.hears(over("Slow", group="other"))
    await street.passes(minutes=59)
    assert [] == await street.incidents()
    await street.passes(minutes=2)
    (incident,) = await street.incidents()
    assert incident.title == "HighErrors on web-1"


async def test_a_silence_says_how_many_alerts_it_keeps_quiet_and_ends_early(street: Street) -> None:
    await street.hears(firing(), firing(where="web-2"))
    assert 2 == await silenced(street, "service=checkout we know")
    assert "Ana silenced alerts of it until 2026-03-02 10:00 UTC (SIL-1)." in await street.story()
    (known,) = await street.store.read(silences.active)
    assert (known.reason, known.by_name) == ("we know", "Ana")
    ended = await street.store.transact(muting.unsilence, street.world, "SIL-1", ANA)
    assert (2, 0) == (ended.firing, ended.told), "they were told before it began"
    assert [] == await street.store.read(silences.active)
    with pytest.raises(Conflict):
        await street.store.transact(muting.unsilence, street.world, "SIL-1", ANA)


async def test_a_silenced_alert_can_still_end(street: Street) -> None:
    await street.hears(firing())
    await silenced(street)
    await street.passes(minutes=1)
    await street.hears(over())
    assert "watched until" in (await street.story())[-1]


async def test_another_silence_keeps_quiet_what_the_first_no_longer_does(street: Street) -> None:
    await silenced(street)
    await street.hears(firing())
    await silenced(street, "alertname=HighErrors", 2 * HOUR)
    await street.passes(minutes=61)
    assert [] == await street.incidents()
    assert "SIL-2" == (await street.alerts())[0].muted
    await street.passes(minutes=61)
    assert 1 == len(await street.incidents())


async def test_a_window_of_the_file_keeps_alerts_quiet_until_it_closes(any_street: Street) -> None:
    street = any_street
    window = {
        "name": "move",
        "match": 'labels.service == "checkout"',
        "hours": {"from": "08:00", "to": "10:00"},
    }
    await street.changes(windows=[window])
    await street.hears(firing())
    assert [] == await street.incidents()
    assert "window:move" == (await street.alerts())[0].muted
    await street.passes(minutes=61)
    assert 1 == len(await street.incidents())


async def test_an_incident_is_silenced_by_what_its_alerts_have_in_common(street: Street) -> None:
    await street.hears(firing(), firing("Slow"))
    matchers = await street.store.read(muting.shared_by, "INC-1")
    assert ["service=checkout", "severity=critical"] == [str(one) for one in matchers]
    with pytest.raises(Invalid):
        await street.store.read(muting.shared_by, "INC-9")


@pytest.mark.parametrize("span", [timedelta(), timedelta(days=91)])
async def test_a_silence_lasts_some_time_and_not_for_ever(street: Street, span: timedelta) -> None:
    with pytest.raises(Invalid, match="90d"):
        await silenced(street, span=span)


MOVE = {"name": "move", "match": 'labels.service == "checkout"', "hours": {"from": "08:00", "to": "10:00"}}
OTHER = {"name": "other", "match": 'labels.service == "search"', "hours": {"from": "08:00", "to": "10:00"}}


@pytest.mark.parametrize("windows", [[], [OTHER], [MOVE | {"hours": {"from": "07:00", "to": "08:00"}}]])
async def test_what_a_window_that_was_changed_in_the_file_kept_quiet_is_told_at_the_start(
    street: Street, windows: list[dict[str, object]]
) -> None:
    await street.changes(windows=[MOVE])
    await street.hears(firing())
    await street.changes(windows=windows)
    await street.store.transact(muting.rejudge, street.world)
    await street.passes(seconds=4)
    assert "" == (await street.alerts())[0].muted
    assert 1 == len(await street.incidents())
    await street.passes(minutes=121)
    assert 1 == len(await street.incidents())


async def test_a_window_that_holds_on_after_a_start_ends_when_the_file_says_now(street: Street) -> None:
    await street.changes(windows=[MOVE])
    await street.hears(firing())
    await street.changes(windows=[MOVE | {"hours": {"from": "08:00", "to": "09:30"}}])
    await street.store.transact(muting.rejudge, street.world)
    await street.passes(seconds=4)
    assert "window:move" == (await street.alerts())[0].muted
    await street.passes(minutes=31)
    assert 1 == len(await street.incidents())
