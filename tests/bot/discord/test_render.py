"""Any card, with anything in it, is a message that Discord takes, and nothing foreign in it comes alive."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from discord import ui
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.discord import forms, markdown, tags
from bot.discord.render import marks, preview, render
from bot.discord.tags import Tag
from handlers.cards import card as words
from handlers.cards.card import Bold, Button, Card, Code, Link, Text, When, Who, line
from handlers.cards.form import Form
from tests.cards import ARGS, CARDS, FIELDS, LONG, NAMES, TEXTS, VERBS
from tests.platforms import discord_limits as limits
from tests.platforms.discord_limits import walk

RUNG = re.compile(r"@everyone|@here|@[!&]?\d", re.IGNORECASE)
ALIVE = re.compile(r"(?<!\\)(<#\d|</\w|<t:|\[|\|\|)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def body(card: Card, key: str = "") -> dict[str, Any]:
    made = render(card, key)
    return {
        "flags": limits.COMPONENTS_V2,
        "components": [item.to_component_dict() for item in made.view.children],
        "allowed_mentions": made.mentions.to_dict(),
    }


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(CARDS)
def test_any_card_is_within_discords_limits(card: Card) -> None:
    assert [] == limits.message(body(card, "k" * 24))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(LONG)
def test_nothing_foreign_mentions_anybody(foreign: str) -> None:
    card = Card(
        title=foreign,
        parts=(
            Text(line=line(foreign, Bold(text=foreign), Code(text=foreign))),
            words.Quote(label=foreign, text=foreign),
            words.Literal_(text=foreign),
            words.Fields(items=((foreign, line(foreign)),)),
        ),
        footer=line(foreign),
        hint=foreign,
    )
    shown = [c["content"] for c in walk(body(card)["components"]) if c["type"] == 10]
    assert [] == [text for text in shown if RUNG.search(text) or ALIVE.search(CODE.sub("", text))]
    assert {"parse": []} == {k: v for k, v in render(card).mentions.to_dict().items() if k == "parse"}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        Form,
        title=LONG,
        verb=VERBS,
        intro=LONG,
        fields=st.lists(FIELDS, min_size=1, max_size=9, unique_by=lambda f: f.name).map(tuple),
    )
)
def test_any_form_is_within_discords_limits(form: Form) -> None:
    assert [] == limits.modal(forms.modal(form, "w1:x:1||0||").to_dict())


@settings(max_examples=100)
@given(VERBS, TEXTS | NAMES, st.integers(0, 10**9), ARGS, st.sampled_from([":", "?", "!"]))
def test_a_tag_fits_and_comes_back_or_is_not_written(
    verb: str, object_id: str, revision: int, args: dict[str, str], mode: Any
) -> None:
    tag = Tag(verb, object_id, revision, "0123abcd", tuple(sorted(args.items())), mode)
    written = tags.write(tag)
    if written is not None:
        assert len(written) <= 97
        assert tag == tags.read(written)
        assert tag == tags.read(tags.apart(written, {written}))


@pytest.mark.parametrize(
    "custom_id", ["", "w0:x:1||0||", "w1:x:2|a|0||", "w1:x:", "w1:x:1|a|b||", "w2:x:1||0||"]
)
def test_what_was_never_ours_is_no_tag(custom_id: str) -> None:
    assert tags.read(custom_id) is None


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("*bold* _it_ ~no~", r"\*bold\* \_it\_ \~no\~"),
        ("[click](https://evil.test)", r"\[click\](https://evil.test)"),
        ("# title\n- item\n1. one", "\\# title\n\\- item\n1\u200b. one"),
        ("<@1001> @everyone", "\\<@\u200b1001\\> @\u200beveryone"),
    ],
)
def test_markup_in_data_is_shown_as_written(foreign: str, shown: str) -> None:
    assert shown == markdown.escape(foreign)


def test_spans_become_discords_own() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    spans = line(
        "by ",
        Who(name="Ana", ids={"discord": "1001"}),
        ", ",
        Who(name="B*o", ids={"slack": "U0BO"}),
        " at ",
        When(at=at, ago=True),
        " ",
        Link(text="the plan", url="https://w.test/p(1)"),
    )
    assert (
        "by <@1001>, **B\\*o** at <t:1767323040:t> (<t:1767323040:R>) [the plan](https://w.test/p%281%29)"
        == markdown.line(spans, 900)
    )


def test_blanks_between_spans_stay() -> None:
    assert "**Still needed:** 2 of `AP-1` now" == markdown.line(
        line(Bold(text="Still needed: "), "2 of", Code(text=" AP-1 "), "now"), 900
    )


def test_what_does_not_fit_is_cut_with_the_way_to_the_rest() -> None:
    long = Card(parts=(words.Literal_(text="line\n" * 3_000),), hint="Type /runbook status RUN-1.")
    assert "Shortened" in last(long)
    assert "Type /runbook status RUN\\-1." not in last(long)
    assert "/runbook status RUN-1" in last(long)
    linked = long.model_copy(update={"link": "https://w.test/run/1"})
    assert "[Everything is here](https://w.test/run/1)" in last(linked)


def test_a_button_that_does_not_fit_is_named_instead_of_changed() -> None:
    card = Card(title="x", controls=(Button(label="Start", verb="a.b", args={"what": "y" * 90}),))
    assert "Not shown here: Start" in last(card)


def test_equal_buttons_of_one_message_stay_apart() -> None:
    button = Button(label="Again", verb="a.b", object="RUN-1")
    ids = [
        c["custom_id"]
        for c in walk(body(Card(title="x", controls=(button, button)))["components"])
        if c["type"] == 2
    ]
    assert 2 == len(set(ids))
    assert {Tag("a.b", "RUN-1")} == {tags.read(custom_id) for custom_id in ids}


def test_the_key_stands_in_the_numbers_of_two_components() -> None:
    top = body(Card(title="x"), "key")["components"][0]
    assert marks("key") == (top["id"], top["components"][0]["id"])
    assert marks("key") != marks("another")


def test_a_preview_is_what_discord_gets() -> None:
    card = Card(title="x", controls=(Button(label="Go", verb="a.b"),))
    assert body(card)["components"] == preview(card)


def test_a_view_outlives_the_process() -> None:
    view = render(Card(title="x", controls=(Button(label="Go", verb="a.b"),))).view
    assert isinstance(view, ui.LayoutView)
    assert view.is_persistent()


def last(card: Card) -> str:
    return [str(c["content"]) for c in walk(body(card)["components"]) if c["type"] == 10][-1]
