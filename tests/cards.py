"""Any card and any form, with anything in them: strategies for every renderer's property tests."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from handlers.cards import card as words
from handlers.cards.card import Bold, Button, Card, Code, Line, Link, Plain, Select, Text, When, Who
from handlers.cards.form import Form, FormField

NASTY = st.sampled_from(
    [
        "@everyone",
        "<@1001>",
        "<@U0ANA>",
        "<!channel>",
        "<!here|x>",
        "<https://evil.test|good>",
        "*bold*",
        "_it_",
        "<@&5>",
        "<#2001>",
        "</run:1>",
        "<t:1:R>",
        "[x](https://evil.test)",
        "```",
        "`",
        "# big",
        "- item",
        "1. one",
        "> quote",
        "||spoiler||",
        "\u202egnp.exe",
        "\x00",
        "@here",
        "\n",
        "é" * 50,
        "😀" * 30,
    ]
)
TEXTS = st.lists(st.one_of(st.text(max_size=60), NASTY), max_size=5).map("".join)
LONG = st.one_of(TEXTS, st.builds(lambda t, n: t * n, TEXTS, st.integers(1, 900)))
NAMES = st.from_regex(r"[a-z]{1,9}", fullmatch=True)
URLS = st.one_of(st.just(""), st.just("https://wardroom.test/a_(b)"), LONG)
WHO = st.builds(
    Who,
    name=TEXTS,
    ids=st.dictionaries(st.sampled_from(["discord", "slack"]), TEXTS | st.just("1001") | st.just("U0ANA")),
    ping=st.booleans(),
)
WHEN = st.builds(
    When,
    at=st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    style=st.sampled_from(["time", "date_time", "relative"]),
    ago=st.booleans(),
)
SPANS = st.one_of(
    st.builds(Plain, text=LONG),
    st.builds(Bold, text=TEXTS),
    st.builds(Code, text=TEXTS),
    st.builds(Link, text=TEXTS, url=URLS),
    WHO,
    WHEN,
)
LINES: st.SearchStrategy[Line] = st.lists(SPANS, max_size=6).map(tuple)
MARKS = st.sampled_from(["done", "running", "waiting", "failed", "skipped", "undone", "asking", "pending"])
PARTS = st.one_of(
    st.builds(Text, line=LINES, small=st.booleans()),
    st.builds(words.Fields, items=st.lists(st.tuples(TEXTS, LINES), max_size=6).map(tuple)),
    st.builds(words.Quote, label=TEXTS, text=LONG),
    st.builds(words.Literal_, text=LONG),
    st.builds(words.Progress, done=st.integers(-3, 99), total=st.integers(-1, 50), label=LONG),
    st.builds(
        words.Steps,
        items=st.lists(st.builds(words.Step, mark=MARKS, name=LONG, detail=LINES), max_size=40).map(tuple),
    ),
    st.builds(
        words.Table,
        head=st.lists(TEXTS, max_size=4).map(tuple),
        rows=st.lists(st.lists(LINES, max_size=5).map(tuple), max_size=8).map(tuple),
    ),
    st.builds(words.Image, url=URLS, alt=LONG),
    st.just(words.Rule()),
)
ARGS = st.dictionaries(NAMES, TEXTS | NAMES, max_size=3)
VERBS = st.sampled_from(["approval.approve", "runbook.retry", "x"])
CONTROLS = st.one_of(
    st.builds(
        Button,
        label=LONG,
        verb=VERBS,
        object=TEXTS | NAMES,
        args=ARGS,
        confirm=TEXTS,
        url=st.one_of(st.just(""), URLS),
        style=st.sampled_from(["plain", "primary", "danger"]),
    ),
    st.builds(
        Select,
        label=LONG,
        verb=VERBS,
        object=NAMES,
        args=ARGS,
        options=st.lists(st.tuples(LONG, TEXTS | NAMES), max_size=40).map(tuple),
    ),
)
CARDS = st.builds(
    Card,
    title=LONG,
    tone=st.sampled_from(["neutral", "waiting", "partial", "good", "bad", "ended"]),
    parts=st.lists(PARTS, max_size=45).map(tuple),
    controls=st.lists(CONTROLS, max_size=45).map(tuple),
    footer=LINES,
    summary=LONG,
    link=URLS,
    hint=LONG,
    revision=st.integers(0, 10**6),
    digest=st.text("0123456789abcdef", max_size=64),
)
FIELDS = st.builds(
    FormField,
    name=NAMES,
    label=LONG,
    kind=st.sampled_from(["text", "long", "choice"]),
    required=st.booleans(),
    default=LONG,
    hint=LONG,
    options=st.lists(st.tuples(LONG, TEXTS), max_size=30).map(tuple),
    max_length=st.integers(1, 9_000),
)
FORMS = st.builds(
    Form,
    title=LONG,
    verb=VERBS,
    object=NAMES,
    digest=st.text("0123456789abcdef", max_size=64),
    args=st.dictionaries(NAMES, LONG, max_size=3),
    intro=LONG,
    fields=st.lists(FIELDS, min_size=1, max_size=8, unique_by=lambda field: field.name).map(tuple),
    submit=LONG,
)
