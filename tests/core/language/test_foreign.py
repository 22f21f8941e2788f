"""Which words are in another language than English."""

import json

import pytest

from bench.language import SETS
from core.language.foreign import is_in_another_language


@pytest.mark.parametrize(
    "text",
    [
        "hey wie geht es dem checkout service?",
        "comment va le service checkout",
        "reinicia el servicio de pagos por favor",
        "qual é o status do serviço de pagamentos",
        "come sta il checkout",
        "czy checkout działa?",
        "Как дела с checkout?",
        "checkout 再起動して",
        "hilfe",
    ],
)
def test_another_language_is_known_by_its_small_words_and_its_letters(text: str) -> None:
    assert is_in_another_language(text)


@pytest.mark.parametrize(
    "text", ["", "???", "um", "na", "purple llama sings of spring", "café menu please", "x" * 9_000]
)
def test_other_words_are_none(text: str) -> None:
    assert not is_in_another_language(text)


def test_hardly_any_english_is_taken_for_another_language() -> None:
    lines = [
        line
        for path in SETS.glob("*held_out*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    texts = [row["text"] for row in map(json.loads, lines) if "text" in row]
    assert len(texts) > 500
    assert sum(map(is_in_another_language, texts)) <= 2
