from datetime import timedelta
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from core.document import DEPTH_LIMIT, SIZE_LIMIT
from core.errors import ConfigError
from core.quantity import Duration
from core.source import Source, load, nearest, suggestion, validate


class Flag(BaseModel):
    model_config = ConfigDict(extra="forbid")

    colour: Literal["RED", "GREEN"] = "RED"
    height: int = 1
    label: str = ""
    tags: tuple[str, ...] = ()
    masts: int = Field(default=1, ge=1, lt=9)
    rest: Annotated[Duration, Field(ge=timedelta(seconds=30))] = timedelta(hours=1)


class Fleet(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    flags: dict[str, Flag] = {}
    berths: dict[Literal["north", "south"], Flag] = {}
    spare: Flag | list[Flag] | None = None
    ports: tuple[Flag, ...] = Field(default=(Flag(),), min_length=1)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        validate(load(text, "fleet.yaml"), Fleet)
    return [str(problem) for problem in caught.value.problems]


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(text, "a.yaml")
    return str(caught.value)


@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"#%@\n\t 1.?,"))
@settings(max_examples=400)
def test_any_text_gives_a_value_or_a_config_error(text: str) -> None:
    try:
        source = load(text, "any.yaml")
    except ConfigError as error:
        lines = [problem.line for problem in error.problems]
    else:
        lines = [source.at(("no", "such", "path"))[0]]
    assert lines
    assert min(lines) >= 1


@given(st.text(alphabet="namefgshtcolur:[]{}RED12-\n \"'", max_size=60))
@settings(max_examples=300)
def test_any_text_is_a_valid_model_or_told_with_its_line(text: str) -> None:
    try:
        validate(load(text, "any.yaml"), Fleet)
        said = ["fine"]
    except ConfigError as error:
        said = [problem.what for problem in error.problems]
    assert said
    assert all(said)


def test_positions_are_those_of_keys_and_items() -> None:
    source = load("name: x\nflags:\n  a:\n    tags: [one,\n      two]\n", "f.yaml")
    assert source.at(("flags", "a", "tags")) == (4, 5)
    assert source.at(("flags", "a", "tags", 1)) == (5, 7)


def test_a_path_that_is_not_there_has_the_line_of_its_nearest_ancestor() -> None:
    source = load("name: x\nflags:\n  a: {}\n", "f.yaml")
    assert source.at(("flags", "a", "colour", "deep")) == (3, 3)
    assert str(source.problem(("flags", "z"), "Gone.", "Find it.")) == "f.yaml:2:1: Gone. Find it."


def test_scalars_follow_yaml_1_2_so_words_and_dates_stay_text() -> None:
    source = load("a: on\nb: 2026-01-05\nc: 12:30\nd: 007\ne: true\nf: ~\n1: x\ng: 1.5\nh: '1'\n", "f.yaml")
    assert source.data == {
        "a": "on", "b": "2026-01-05", "c": "12:30", "d": 7, "e": True, "f": None, "1": "x", "g": 1.5, "h": "1",
    }  # fmt: skip


def test_numbers_that_are_no_numbers_stay_text() -> None:
    assert load("[.nan, .inf, 1e999]", "f.yaml").data == [".nan", ".inf", "1e999"]
    assert load("9" * 5000, "f.yaml").data == "9" * 5000


def test_every_mistake_is_told_at_once_with_line_key_and_nearest_valid() -> None:
    text = "name: 5\nflags:\n  a: {colour: GREN, hieght: 3}\n  b: {height: tall}\nextra: 1\n"
    assert mistakes(text) == [
        'fleet.yaml:1:1: `name` must be text, and is a number. Put it in quotes: "5".',
        "fleet.yaml:3:7: `colour` cannot be `GREN`. Did you mean `GREEN`? Valid here: GREEN, RED.",
        "fleet.yaml:3:21: Unknown key `hieght` in `flags.a`. Did you mean `height`? Valid here: colour, height, label, masts, rest, tags.",
        "fleet.yaml:4:7: `height` must be a whole number, and is text.",
        "fleet.yaml:5:1: Unknown key `extra`. Valid here: berths, flags, name, ports, spare.",
    ]


def test_what_is_too_small_too_large_or_too_short_is_told_with_its_bound() -> None:
    assert mistakes("name: x\nports: []\nflags: {a: {masts: 0}, b: {masts: 9}}\n") == [
        "fleet.yaml:2:1: `ports` has 0, and needs 1 or more.",
        "fleet.yaml:3:13: `masts` must be at least 1, and is 0.",
        "fleet.yaml:3:28: `masts` must be less than 9, and is 9.",
    ]


def test_a_span_that_is_too_short_is_told_as_files_write_spans() -> None:
    assert ["fleet.yaml:2:13: `rest` must be at least 30s, and is 5s."] == mistakes(
        "name: x\nflags: {a: {rest: 5s}}\n"
    )


def test_a_key_that_is_none_of_few_is_unknown_and_the_nearest_is_named() -> None:
    assert [
        "fleet.yaml:3:3: Unknown key `nort` in `berths`. Did you mean `north`? Valid here: north, south."
    ] == mistakes("name: x\nberths:\n  nort: {colour: RED}\n")


def test_a_list_whose_only_entry_is_wrong_is_not_called_too_short() -> None:
    (mistake,) = mistakes("name: x\nports: [{colour: GREN}]\n")
    assert "`colour` cannot be `GREN`" in mistake


def test_a_missing_key_is_told_at_the_place_that_lacks_it() -> None:
    assert mistakes("flags: {}\n") == ["fleet.yaml:1:1: `name` is missing. Add `name: …`."]


def test_a_mistake_inside_a_union_has_its_own_line() -> None:
    problems = mistakes("name: x\nspare:\n  - colour: RED\n  - colr: RED\n")
    assert any(p.startswith("fleet.yaml:4:5: Unknown key `colr`") and "`colour`" in p for p in problems)


def test_an_empty_file_is_told_as_such() -> None:
    assert "must be a mapping, and is empty" in mistakes("")[0]


def test_a_duplicate_key_names_both_lines() -> None:
    assert (
        refusal("a: 1\nb: 2\na: 3\n") == "a.yaml:3:1: `a` is there twice; first on line 1. Keep one of them."
    )


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    assert "repeat too much" in refusal("\n".join(lines))


def test_a_modest_alias_is_allowed() -> None:
    assert load("a: &x {k: [1, 2]}\nb: *x\n", "f.yaml").data == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}}


def test_an_alias_to_itself_is_refused() -> None:
    assert "not complete before this line" in refusal("a: &a [*a]")


def test_deep_nesting_is_refused() -> None:
    load("[" * (DEPTH_LIMIT - 1) + "]" * (DEPTH_LIMIT - 1), "f.yaml")
    assert "nested deeper than 60" in refusal("[" * 50_000)


def test_a_file_over_one_mebibyte_is_refused() -> None:
    assert "larger than 1024 KiB" in refusal("#" * (SIZE_LIMIT + 1))


def test_tags_are_refused_and_never_built() -> None:
    assert "Tags such as" in refusal("a: !!python/object/apply:os.system [echo]")


def test_two_documents_are_refused() -> None:
    assert "second document" in refusal("a: 1\n---\nb: 2\n")


def test_control_characters_and_broken_text_are_told_with_their_line() -> None:
    assert refusal("a: 1\nb: \x00\n").startswith("a.yaml:2: This is not YAML")
    assert "UTF-8" in refusal("a: \ud800")


def test_broken_yaml_is_told_with_line_and_cure() -> None:
    said = refusal("a: [1, 2\nb: 3\n")
    assert said.startswith("a.yaml:2:")
    assert "quotes" in said


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n"])
def test_a_tab_is_told_to_be_one(text: str) -> None:
    said = refusal(text)
    assert "A tab stands here, and YAML is indented with spaces." in said
    assert "Replace each tab by spaces." in said
    assert "cannot start any token" not in said


def test_the_nearest_word_is_offered_only_when_it_is_close() -> None:
    assert nearest("permisions", ["permissions", "members"]) == "permissions"
    assert nearest("zebra", ["permissions", "members"]) is None
    assert suggestion("x", []) == "None is configured yet."


def test_get_answers_none_where_the_file_is_silent() -> None:
    source = Source("f", {"a": [1]}, {})
    assert source.get(("a", 0)) == 1
    assert source.get(("a", 4)) is None
    assert source.get(("b", "c")) is None
