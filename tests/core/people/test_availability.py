from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.telling.order import in_order
from core.hours import Hours, parse_days, parse_time
from core.people.availability import PRESENCE, Standing, There, Whereabouts, there

OFFICE = Hours(parse_days("mon-fri"), parse_time("09:00"), parse_time("17:00"))
BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


FRIDAY_NOON, FRIDAY_NIGHT, MONDAY = at("2026-03-06T12:00"), at("2026-03-06T22:00"), at("2026-03-09T09:00")


@pytest.mark.parametrize(
    ("known", "now", "standing", "back"),
    [
        (Whereabouts(BERLIN, OFFICE), FRIDAY_NOON, Standing.IN_HOURS, None),
        (Whereabouts(BERLIN, OFFICE), FRIDAY_NIGHT, Standing.OUTSIDE, MONDAY),
        (Whereabouts(BERLIN), FRIDAY_NIGHT, Standing.IN_HOURS, None),
        (Whereabouts(BERLIN, OFFICE, on_call=True), FRIDAY_NIGHT, Standing.IN_HOURS, None),
        (Whereabouts(BERLIN, OFFICE, seen=FRIDAY_NIGHT - PRESENCE), FRIDAY_NIGHT, Standing.HERE, None),
        (
            Whereabouts(BERLIN, OFFICE, seen=FRIDAY_NIGHT - PRESENCE, on_call=True),
            FRIDAY_NIGHT,
            Standing.ON_CALL,
            None,
        ),
        (
            Whereabouts(BERLIN, OFFICE, seen=FRIDAY_NIGHT - PRESENCE - timedelta(seconds=1)),
            FRIDAY_NIGHT,
            Standing.OUTSIDE,
            MONDAY,
        ),
        (
            Whereabouts(BERLIN, OFFICE, away=at("2026-03-07T10:00"), seen=FRIDAY_NOON, on_call=True),
            FRIDAY_NOON,
            Standing.AWAY,
            MONDAY,
        ),
        (Whereabouts(BERLIN, away=MONDAY), FRIDAY_NOON, Standing.AWAY, MONDAY),
        (Whereabouts(BERLIN, OFFICE, away=FRIDAY_NOON), FRIDAY_NOON, Standing.IN_HOURS, None),
    ],
)
def test_somebody_stands_as_what_is_known_of_them_says(
    known: Whereabouts, now: datetime, standing: Standing, back: datetime | None
) -> None:
    assert There(standing, back) == there(known, now)


standings = st.dictionaries(
    st.sampled_from(["ana", "bo", "chi", "dev"]), st.sampled_from(list(Standing)).map(There), max_size=4
)


@given(standings, st.sampled_from(["NORMAL", "HIGH", "CRITICAL"]), st.sampled_from([0, 5]))
def test_the_order_leaves_nobody_out_and_spares_only_the_absent_of_what_is_not_grave(
    known: dict[str, There], priority: str, minutes: int
) -> None:
    order, later = in_order(known, priority, timedelta(minutes=minutes))  # type: ignore[arg-type]
    assert sorted(known) == sorted(order)
    ranks = [known[person].standing for person in order]
    assert sorted(ranks) == ranks
    absent = {person for person in known if not known[person].is_available}
    spares = priority == "NORMAL" and bool(minutes) and absent != set(known)
    assert (absent if spares else set()) == later
