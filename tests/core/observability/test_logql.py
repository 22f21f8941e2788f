"""Searches written as LogQL."""

from hypothesis import given
from hypothesis import strategies as st

from core.observability.queries.logql import Search, quoted, written
from tests.platforms import loki


@given(st.dictionaries(st.just("app"), st.text(min_size=1), min_size=1), st.lists(st.text(min_size=1)))
def test_whatever_the_values_are_the_query_is_well_formed_and_means_them(
    labels: dict[str, str], contains: list[str]
) -> None:
    query = loki._QUERY.fullmatch(written(Search(labels, tuple(contains))))
    assert query is not None
    assert all(quoted(text) in query[2] for text in contains)


@given(st.text(st.characters(codec="utf-8")))
def test_a_value_is_read_back_as_it_was(value: str) -> None:
    assert loki._unquoted(quoted(value)) == value
