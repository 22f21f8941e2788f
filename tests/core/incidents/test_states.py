import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.incidents.incident import State
from core.incidents.states import TABLE, Happening, after


@given(st.lists(st.sampled_from(Happening), max_size=30))
def test_whatever_happens_only_the_table_moves_an_incident(happenings: list[Happening]) -> None:
    state = State.OPEN
    for happening in happenings:
        try:
            following = after(state, happening)
        except Conflict:
            assert (state, happening) not in TABLE
        else:
            assert TABLE[state, happening] is following
            state = following


def test_every_state_can_be_reached_and_left() -> None:
    assert set(State) == {State.OPEN, *TABLE.values()}
    assert set(State) == {state for state, _ in TABLE}


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.MITIGATING, State.MONITORING])
def test_work_can_be_resolved_at_any_point(state: State) -> None:
    assert after(state, Happening.RESOLVED) is State.RESOLVED


def test_what_is_over_says_what_can_still_be_done() -> None:
    with pytest.raises(Conflict) as refused:
        after(State.RESOLVED, Happening.ACKNOWLEDGED)
    assert "It can be closed, merged into another one or reopened." in refused.value.sentence()
