from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language.normalise import decode

_PIECES = [
    "<@U1|bob>",
    "<@!9>",
    "<#C1|ops>",
    "<!here>",
    "<https://a.b/c|doc>",
    "<mailto:a@b.c|a@b.c>",
    "&amp;",
    "&lt;",
    "&gt;",
    ":fire:",
    "*bold*",
    "_it_",
    "~no~",
    "~~no~~",
    "`",
    "```",
    ">",
    "|",
    "||",
    "**",
    "[a](https://b.c)",
    "<t:1773784800:R>",
    "<a:x:1>",
    "\u200b",
    "\u202e",
    "“",
    "”",
    "\n",
    "#",
    "word",
    "10:30",
    "<!date^1773784800^{date}|then>",
    "&",
    "<",
    ">",
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("<@U1|bob> restart `checkout` in *prod* :fire:", "<@U1> restart checkout in prod"),
        ("see <https://wiki.example/x|the page> &amp; tell <#C1|ops>", "see the page & tell <#C1|ops>"),
        ("deploy ~staging~ prod", "deploy prod"),
        ("deploy ~~staging~~ **prod** __now__", "deploy prod now"),
        ("since ~3pm until ~4pm", "since ~3pm until ~4pm"),
        ("“last 2 hours” – checkout’s latency", '"last 2 hours" – checkout\'s latency'),
        ("che\u200bck\u202eout ｐａｙｍｅｎｔｓ", "checkout payments"),
        ("http_requests_total of auth_gateway", "http_requests_total of auth_gateway"),
        ("between 10:30:15 and 10:31 :+1::skin-tone-2:", "between 10:30:15 and 10:31"),
        ("from <t:1773784800:f> on", "from 2026-03-17T22:00:00Z on"),
        ("since <!date^1773784800^{date_short}|Tuesday>", "since 2026-03-17T22:00:00Z"),
    ],
)
def test_markup_says_what_people_see(said: str, meant: str) -> None:
    assert meant == decode(said)


def test_what_was_only_typed_is_no_mention() -> None:
    assert "< @U1> and <C1" == decode("&lt;@U1&gt; and &lt;C1")


def test_pasted_blocks_and_quotes_are_not_what_is_asked_for() -> None:
    assert "why is that?" == decode("```\nERROR restart payments\n```\nwhy is that?")
    assert "deploy it" == decode("&gt; restart payments\ndeploy it")


def test_a_block_that_is_all_there_is_counts() -> None:
    assert "restart checkout" == decode("```restart checkout```")
    assert "restart checkout" == decode("> restart checkout")


@given(st.lists(st.sampled_from(_PIECES), max_size=30), st.sampled_from(["slack", "discord", ""]))
def test_any_markup_can_be_decoded(pieces: list[str], platform: str) -> None:
    assert "\u200b" not in decode(" ".join(pieces), platform)


@given(st.text(max_size=300))
def test_any_text_can_be_decoded(text: str) -> None:
    assert len(decode(text)) <= 4000


@pytest.mark.parametrize("piece", [piece for piece in _PIECES if piece])
def test_hostile_markup_takes_no_longer(piece: str) -> None:
    began = process_time()
    decode(piece * (10_000 // len(piece)))
    assert process_time() - began < 1
