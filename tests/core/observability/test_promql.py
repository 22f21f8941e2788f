"""A value that is filled into PromQL stays a value: what comes behind it is read as it is written in the file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.observability.queries.promql import written

_STRING = r'"(?:[^"\\\n]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"'


@given(st.text())
def test_nothing_ends_the_string_in_which_it_stands(value: str) -> None:
    query = written([(False, 'up{service="'), (True, value), (False, '"}')])
    assert re.fullmatch(rf"up\{{service={_STRING}\}}", query)


@pytest.mark.parametrize(
    ("pieces", "query"),
    [
        ([(False, "up{a='"), (True, "it's"), (False, "'}")], "up{a='it\\'s'}"),
        ([(False, 'up{a="\\""} + up{b="'), (True, '"'), (False, '"}')], 'up{a="\\""} + up{b="\\""}'),
        ([(False, "up{a=`"), (True, '\\"'), (False, "`}")], 'up{a=`\\"`}'),
        ([(False, "# it's\nrate(up["), (True, "5m"), (False, "])")], "# it's\nrate(up[5m])"),
        ([(False, "up > "), (True, "-0.5")], "up > -0.5"),
        ([(False, "# "), (True, "why so"), (False, "\nup")], "# why so\nup"),
    ],
)
def test_it_is_written_for_where_it_stands(pieces: list[tuple[bool, str]], query: str) -> None:
    assert query == written(pieces)


@pytest.mark.parametrize(
    "pieces",
    [
        [(False, "up > "), (True, "0 or vector(1)")],
        [(False, "up{a=`"), (True, "` or up{a=`"), (False, "`}")],
        [(False, "# "), (True, "x\nup"), (False, "\nup")],
        [(True, "up{}"), (False, " > 1")],
        [(False, "up > "), (True, "")],
    ],
)
def test_what_would_be_more_than_a_value_is_refused(pieces: list[tuple[bool, str]]) -> None:
    with pytest.raises(Invalid, match="cannot stand in this query"):
        written(pieces)
