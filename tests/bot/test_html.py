"""Cards and forms as HTML and as plain words: nothing foreign ever becomes markup, nothing is lost."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from bot.html import card_html, form_html, safe_url
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Fields,
    Image,
    Line,
    Link,
    Literal_,
    Plain,
    Progress,
    Quote,
    Rule,
    Select,
    Step,
    Steps,
    Table,
    Text,
    When,
    Who,
    line,
    plain,
)
from handlers.cards.form import Form, FormField
from handlers.cards.words import bar, words
from handlers.inbound import decode

AT = datetime(2026, 11, 21, 13, 2, tzinfo=UTC)
TAGS = {
    "section",
    "h3",
    "p",
    "span",
    "strong",
    "code",
    "time",
    "a",
    "dl",
    "div",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "blockquote",
    "pre",
    "progress",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "img",
    "hr",
    "label",
    "select",
    "option",
    "button",
    "footer",
    "h2",
    "input",
    "textarea",
}
FOREIGN = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onclick='x",
        "{{ 7*7 }}",
        "</textarea>",
        "javascript:alert(1)",
        "a\nb",
    ]
)


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @override
    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def spans(text: str) -> Line:
    return line(
        text,
        Bold(text=text),
        Code(text=text),
        Who(name=text, ids={"local": text}),
        Link(text=text, url=text),
        When(at=AT),
    )


def card_of(text: str) -> Card:
    return Card(
        title=text,
        parts=(
            Text(line=spans(text), small=True),
            Fields(items=((text, spans(text)),)),
            Quote(label=text, text=text),
            Literal_(text=text),
            Progress(done=9, total=3, label=text),
            Steps(items=(Step(mark="failed", name=text, detail=spans(text)),)),
            Table(head=(text,), rows=((spans(text),),)),
            Image(url=text, alt=text),
            Rule(),
        ),
        controls=(
            Button(label=text, verb="a.b", confirm=text, speak=text),
            Button(label=text, url=text),
            Select(label=text, verb="a.b", options=((text, text),)),
        ),
        footer=spans(text),
        summary=text,
        hint=text,
        link=text,
    )


@given(FOREIGN)
def test_whatever_is_in_a_card_it_stays_words(text: str) -> None:
    reader = read(card_html(card_of(text)))
    assert {tag for tag, _ in reader.tags} <= TAGS
    for _, attributes in reader.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("href", "src"):
            assert safe_url(attributes.get(name) or "/") == (attributes.get(name) or "/")
    buttons = [found for tag, found in reader.tags if tag == "button" and found["data-verb"]]
    assert [one.get("data-confirm", "") for one in buttons] == [text]


@given(FOREIGN)
def test_whatever_is_in_a_form_it_stays_words(text: str) -> None:
    kinds = ("text", "long", "choice")
    fields = tuple(
        FormField(name=f"f{n}", label=text, kind=kind, default=text, hint=text, options=((text, text),))
        for n, kind in enumerate(kinds)
    )
    reader = read(form_html(Form(title=text, verb="a.b", intro=text, fields=fields)))
    assert {tag for tag, _ in reader.tags} <= TAGS
    assert [attributes["name"] for _, attributes in reader.tags if "name" in attributes] == ["f0", "f1", "f2"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example/x", "/\\evil.example", "data:text/html,x", "ftp://x", ""]
)
def test_a_link_leads_only_where_a_page_may_lead(url: str) -> None:
    assert safe_url(url) == ""
    assert 'href="' not in card_html(Card(title="t", link=url, controls=(Button(label="b", url=url),)))


def test_a_page_that_only_shows_has_no_buttons() -> None:
    assert "<button" in card_html(card_of("x"))
    assert "<button" not in card_html(card_of("x"), live=False)
    assert "<select" not in card_html(card_of("x"), live=False)


def test_a_button_carries_what_the_card_showed() -> None:
    card = Card(
        controls=(Button(label="Yes", verb="a.b", object="AP-1", args={"k": "v"}),),
        revision=4,
        digest="9f3c2a11ff",
    )
    (attributes,) = [found for tag, found in read(card_html(card)).tags if tag == "button"]
    assert decode(attributes["data-value"] or "") == ("AP-1", 4, "9f3c2a11", {"k": "v"})


def test_what_is_too_long_is_cut_and_says_so() -> None:
    steps = Steps(items=tuple(Step(mark="done", name=f"s{n}") for n in range(250)))
    html = card_html(Card(parts=(Literal_(text="x" * 50_000), steps)))
    assert len(html) < 60_000
    assert "50 more are not shown." in html


def test_a_card_in_plain_words_says_everything() -> None:
    card = Card(
        title="Approval needed",
        parts=(
            Fields(items=(("Asked by", line(Who(name="Dev"))),)),
            Quote(label="Dev wrote", text="one\ntwo"),
            Steps(items=(Step(mark="done", name="Drain", detail=(Plain(text="4 s"),)),)),
            Progress(done=1, total=2, label="steps"),
            Table(head=("a", "b"), rows=((line("long"), line("x")), (line("s"), line("y")))),
            Image(url="/x", alt="p95"),
            Literal_(text="$ ls"),
            Rule(),
        ),
        controls=(
            Button(label="Approve", verb="a.b"),
            Select(label="Sev", verb="a.b", options=(("1", "1"), ("2", "2"))),
        ),
        footer=line("AP-1 · ", When(at=AT)),
        link="https://w.example/o/AP-1",
    )
    assert words(card).splitlines() == [
        "Approval needed",
        "Asked by: @Dev",
        "Dev wrote",
        "> one",
        "> two",
        "✓ Drain 4 s",
        "▰▰▰▰▰▰▱▱▱▱▱▱ 1 of 2 steps",
        "a     b",
        "long  x",
        "s     y",
        "[picture: p95]",
        "    $ ls",
        "------------------------",
        "[Approve] [Sev: 1 | 2]",
        "AP-1 · 13:02 UTC",
        "https://w.example/o/AP-1",
    ]
    assert "[Approve]" not in words(card, controls=False)
    assert words(Card(summary="Only this.")) == "Only this."


@given(st.integers(-5, 50), st.integers(-5, 20))
def test_a_bar_is_always_twelve_wide(done: int, total: int) -> None:
    assert len(bar(done, total)) == 12


def test_a_moment_that_a_page_cannot_count_down_to_is_told_with_its_day() -> None:
    """Without a clock of its own, `21:25 UTC (21:25 UTC)` was all that a page said of tomorrow."""
    soon = When(at=AT, ago=True)
    shown = card_html(Card(parts=(Text(line=line(soon)),)))
    assert f">{AT:%Y-%m-%d %H:%M UTC}</time>" in shown
    assert " data-ago " in shown
    assert f"{AT:%Y-%m-%d %H:%M UTC}" == plain(line(soon))
    assert f"{AT:%H:%M UTC}" == plain(line(When(at=AT)))
    assert f"{AT:%Y-%m-%d %H:%M UTC}" == plain(line(When(at=AT, style="relative")))
