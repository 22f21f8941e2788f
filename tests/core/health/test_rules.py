"""The rules of health: what follows from results in a row, and from several checks together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.model import HealthCheck, Service
from core.health import standing as standings
from core.health.aggregate import Part, overall, own_status, report
from core.health.check import Finding, Status, Watched
from core.health.standing import Standing, after, new
from core.health.timetable import Timetable, following, place

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
H, U, D, K = Status.HEALTHY, Status.UNHEALTHY, Status.DEGRADED, Status.UNKNOWN
WORDS = {"h": H, "u": U, "d": D, "k": K}
EVERY = timedelta(seconds=10)
statuses = st.sampled_from(list(Status))
parts = st.lists(st.builds(Part, st.just("x"), statuses, st.just(""), st.booleans()), max_size=6)


def check(name: str = "live", **more: Any) -> HealthCheck:
    given = {"kind": "liveness", "means": "http", "target": "x", "interval": EVERY, **more}
    return HealthCheck.model_validate({"name": name, **given})


def seen(results: str, of: HealthCheck | None = None, begin: Standing | None = None) -> list[Standing]:
    """How a check stands after each of these results: h, d, u and k (could not be found out)."""
    of = of or check()
    now, standing, found = START, begin or new(START), []
    for letter in results:
        now = max(now, standing.at or now) + EVERY
        standing = after(standing, Finding(WORDS[letter], letter), timedelta(), of, now)
        found.append(standing)
    return found


def status(results: str, **more: Any) -> Status:
    return seen(results, check(**more))[-1].status


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("h", K), ("hh", H), ("uu", K), ("uuu", U), ("kkk", K),
        ("hhu", H), ("hhuu", H), ("hhuuu", U), ("hhuuhuu", H),
        ("hhuuuh", U), ("hhuuuhh", H), ("hhuuuhuh", U),
        ("hhddd", D), ("hhudd", U), ("hhkkk", K), ("hhkku", U),
        ("hhdddu", D), ("hhddduu", D), ("hhddduuu", U), ("hhuuudud", U), ("hhuuuddd", D),
    ],
)  # fmt: skip
def test_a_status_follows_from_results_in_a_row(results: str, expected: Status) -> None:
    assert expected is status(results)


def test_rise_and_fall_can_be_chosen() -> None:
    assert [H, U] == [status("h", rise=1), status("hu", rise=1, fall=1)]
    assert [K, H] == [status("hhhh", rise=5), status("hhhhh", rise=5)]


def test_what_falls_again_and_again_takes_longer_to_count_as_healthy() -> None:
    fallen = seen("hh" + "uuuhh" * 2 + "uuu")[-1]
    assert (U, 4) == (fallen.status, standings.needed(fallen, H, check(), fallen.at or START))
    assert (U, H) == tuple(one.status for one in seen("hhhh", begin=fallen)[-2:])
    assert standings.is_flapping(fallen, check(), fallen.at or START)


def test_what_has_been_quiet_for_a_while_counts_as_healthy_as_soon_as_ever() -> None:
    fallen = seen("hh" + "uuuhh" * 6 + "uuu")[-1]
    later = (fallen.at or START) + timedelta(minutes=16)
    assert 2 < standings.needed(fallen, H, check(), fallen.at or START)
    assert 2 == standings.needed(fallen, H, check(), later)


def test_the_worst_that_can_flap_is_told_of_a_few_times_an_hour() -> None:
    standing, falls = seen("hh")[-1], 0
    for _ in range(360):
        turned = standing.status is H
        standing = seen("u" if turned else "h", begin=standing)[-1]
        falls += turned and standing.status is not H
    assert 20 < falls < 30, "without a growing wait they would be 72"


@given(st.lists(st.sampled_from("hduk"), max_size=60).map("".join))
def test_no_fall_is_hidden_however_it_flapped_before(results: str) -> None:
    assert seen(results + "uuu")[-1].status is not H


@given(st.lists(st.sampled_from("hduk"), min_size=1, max_size=60).map("".join))
def test_nothing_is_healthy_that_was_not_seen_to_be(results: str) -> None:
    stood = seen(results)[-1]
    if stood.status is H:
        assert "hh" in results
    if "h" not in results:
        assert stood.status is not H


@given(parts)
def test_together_they_give_what_the_rule_says_and_never_healthy_by_silence(found: Sequence[Part]) -> None:
    result = overall(found)
    if any(one.critical and one.status is U for one in found):
        assert result is U
    elif any(one.status in (D, U) for one in found):
        assert result is D
    elif found and all(one.status is H for one in found):
        assert result is H
    else:
        assert result is K


@given(parts, st.builds(Part, st.just("y"), statuses, st.just(""), st.booleans()))
def test_one_more_check_never_makes_it_better(found: list[Part], more: Part) -> None:
    order = list(Status)
    if found:
        assert order.index(overall([*found, more])) >= order.index(overall(found))


def test_an_unknown_service_needs_every_check_judged_and_a_bad_one_does_not() -> None:
    checks = [check("live"), check("ready")]
    good, bad = seen("hh")[-1], seen("uuu")[-1]
    assert own_status(checks, {"live": good}) is None
    assert own_status(checks, {"live": good, "ready": seen("h")[-1]}) is None
    assert H is own_status(checks, {"live": good, "ready": good})
    assert U is own_status(checks, {"live": bad})


def test_a_service_is_degraded_by_what_it_depends_on_and_circles_do_no_harm() -> None:
    one = Service(name="one", depends_on=("two", "bare"), health=(check(),))
    two = Service(name="two", depends_on=("one",), health=(check(),))
    services = {"one": one, "two": two, "bare": Service(name="bare", depends_on=("two",))}
    known = {("one", "live"): seen("hh")[-1], ("two", "live"): seen("uuu")[-1]}
    now = START + 3 * EVERY
    found = {name: report(each, services, known, None, now) for name, each in services.items()}
    assert {"one": D, "two": U, "bare": K} == {name: each.status for name, each in found.items()}
    assert [("two", "live: u", False)] == [(why.name, why.why, why.critical) for why in found["one"].reasons]


def test_what_nobody_has_looked_at_for_long_is_unknown() -> None:
    service = Service(name="one", health=(check(),))
    known = {("one", "live"): seen("hh")[-1]}
    last = START + 2 * EVERY
    fresh, stale = (
        report(service, {"one": service}, known, None, last + timedelta(seconds=wait)) for wait in (60, 61)
    )
    assert (H, K) == (fresh.status, stale.status)
    assert "nobody has looked for 1m1s" == stale.reasons[0].why


def test_looks_keep_their_rhythm_and_are_spread() -> None:
    each = [Watched(f"s{number}", check()) for number in range(500)]
    table = Timetable(each, START)
    taken: dict[tuple[str, str], list[datetime]] = {}
    now = START
    while now < START + timedelta(minutes=2):
        due = table.next
        assert due is not None
        now = due + timedelta(milliseconds=40)  # every look begins a little late
        for _, one in table.take(now):
            taken.setdefault(one.key, []).append(now)
    firsts = sorted(moments[0] for moments in taken.values())
    assert 500 == len(firsts)
    assert EVERY + timedelta(seconds=1) > firsts[-1] - START
    fullest = max(sum(low <= (at - START).total_seconds() < low + 1 for at in firsts) for low in range(10))
    assert 100 > fullest, "never more than twice the share of a second"
    for moments in taken.values():
        steps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
        assert all(abs(step - 10) < 0.1 for step in steps)
        assert abs((moments[-1] - moments[0]).total_seconds() - 10 * len(steps)) < 0.1, "it does not drift"


@given(st.integers(min_value=1, max_value=86_400), st.integers(min_value=0, max_value=10**9))
def test_the_next_moment_is_within_one_interval_and_in_the_rhythm(seconds: int, offset: int) -> None:
    one = Watched("a", check(interval=timedelta(seconds=seconds), timeout=timedelta(seconds=1)))
    now = START + timedelta(milliseconds=offset)
    due = following(one, now)
    assert now < due <= now + one.check.interval
    assert due + one.check.interval == following(one, due)
    assert 0 <= place(one) < 1


def test_a_clock_that_is_set_back_begins_anew() -> None:
    table = Timetable([Watched("a", check())], START)
    assert 1 == len(table.take(START + timedelta(minutes=1)))
    back = START - timedelta(hours=1)
    assert [] == table.take(back)
    assert table.next is not None
    assert EVERY >= table.next - back
