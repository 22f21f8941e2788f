import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.request import Status
from core.approvals.states import TABLE, Happening, after, is_final
from core.errors import Conflict


@given(st.sampled_from(Status), st.sampled_from(Happening))
def test_whatever_is_not_in_the_table_is_an_error(status: Status, happening: Happening) -> None:
    if (status, happening) in TABLE:
        assert TABLE[status, happening] is after(status, happening)
        return
    with pytest.raises(Conflict):
        after(status, happening)


def test_an_approval_can_be_used_once() -> None:
    executing = after(Status.APPROVED, Happening.CLAIMED)
    with pytest.raises(Conflict):
        after(executing, Happening.CLAIMED)


@given(st.lists(st.sampled_from(Happening), max_size=8))
def test_nothing_leads_from_a_refusal_to_an_execution(happenings: list[Happening]) -> None:
    status, refused = Status.PENDING, False
    for happening in happenings:
        if (status, happening) not in TABLE:
            continue
        status = TABLE[status, happening]
        refused = refused or status in (Status.REJECTED, Status.EXPIRED, Status.WITHDRAWN, Status.REVOKED)
        assert not (refused and status in (Status.APPROVED, Status.EXECUTING, Status.EXECUTED))


def test_refusals_are_final() -> None:
    for status in (
        Status.REJECTED,
        Status.EXPIRED,
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.REVOKED,
        Status.STALE,
    ):
        assert is_final(status)
    assert not is_final(Status.PENDING)
    assert not is_final(Status.EXECUTION_UNKNOWN)
