"""The address of what the public may read: it is of one incident, and tells nothing to whoever has no key."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.incidents.summaries.address import number_of, token_of


@given(some.integers(0, 2**63 - 1))
def test_an_address_is_of_its_incident_and_of_no_other_house(number: int) -> None:
    token = token_of("key", number)
    assert (number, None) == (number_of("key", token), number_of("another key", token))
    assert token == token_of("key", number)


@given(some.integers(0, 10_000), some.integers(0, 31), some.integers(1, 255))
def test_a_changed_address_is_none(number: int, place: int, by: int) -> None:
    token = token_of("key", number)
    place %= len(token)
    changed = token[:place] + chr(ord(token[place]) ^ by) + token[place + 1 :]
    assert number_of("key", changed) is None


@pytest.mark.parametrize("token", ["", "x", "0" * 48, "é" * 30, "a/b+", "\x00", "=" * 32, "A" * 4_000])
def test_what_is_no_address_is_none(token: str) -> None:
    assert number_of("key", token) is None


def test_neighbours_have_nothing_in_common() -> None:
    tokens = [token_of("key", number) for number in range(200)]
    assert 200 == len({token[:8] for token in tokens})
    assert {len(tokens[0])} == {len(token) for token in tokens}
