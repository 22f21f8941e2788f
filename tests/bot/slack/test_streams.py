"""Words of a model as Markdown that a stream carries."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.streams import carries, markdown


def test_foreign_words_are_shown_as_they_are_and_lead_nowhere() -> None:
    assert "‹\\!channel› \\*now\\* \\@here" == markdown("<!channel> *now* @here")
    assert "see `https://evil.example/a?b=1` now" == markdown("see https://evil.example/a?b=1 now")
    assert "\\[click\\]\\(`javascript://x`\\)" == markdown("[click](javascript://x)")


@given(st.text(max_size=300), st.integers(0, 300))
def test_no_mention_and_no_markup_comes_of_pieces_wherever_they_are_cut(text: str, at: int) -> None:
    told = markdown(text[:at]) + markdown(text[at:])
    assert "<" not in told
    assert ">" not in told
    assert not any(
        told[number - 1] != "\\" for number, letter in enumerate(told) if letter == "*" and "`" not in told
    )


def test_a_stream_is_known_by_what_it_shows_only_if_a_bot_wrote_it() -> None:
    assert carries({"text": "ASK-1 · All", "bot_id": "B0", "metadata": {}}, "ASK-1")
    assert not carries({"text": "ASK-1 · All", "user": "U0ANA"}, "ASK-1")
    assert not carries({"text": "ASK-12 · All", "bot_id": "B0"}, "ASK-1")
    assert not carries({"text": " · All", "bot_id": "B0"}, "")
