import pytest

from bot.discord import markdown


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://wardroom.test/run/1", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost:8080/x", False),
        ("javascript:alert(1)", False),
        ("https://a.test/ b", False),
        ("https://a.test/" + "x" * 600, False),
    ],
)
def test_only_what_discord_takes_becomes_a_link(url: str, is_link: bool) -> None:
    assert is_link == markdown.is_web(url)
