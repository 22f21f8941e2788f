"""Which words are in another language than English."""

import json

import pytest

from bench.language import SETS
from core.language.other_languages import is_clearly_in_another_language, is_in_another_language


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
    "text",
    [
        *("", "???", "um", "na", "purple llama sings of spring", "café menu please", "x" * 9_000),
        *("page Jürgen Löwe", "page søren", "status of São Paulo", "who is Müller on call with"),
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert not is_in_another_language(text)
    assert not is_clearly_in_another_language(text)


@pytest.mark.parametrize(
    "text",
    [
        "¿cómo está el servicio checkout?",
        "wie ist der status von checkout",
        "quel est le statut de checkout",
        "qual é o status do checkout?",
        "vad är statusen för checkout",
        "как дела у checkout",
    ],
)
def test_what_is_clearly_another_language_means_nothing_by_chance(text: str) -> None:
    assert is_clearly_in_another_language(text, ["checkout"])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "status of El Niño",
            "restart el-dorado de la cruz",
            "is la une down",
            "deploy das der-dienst please",
        ),
        *("checkout status por favor", "status Платежи", "show logs of über-service", "page Juan de la Cruz"),
    ],
)
def test_english_around_a_foreign_name_is_english(text: str) -> None:
    assert not is_clearly_in_another_language(text)
    assert not is_clearly_in_another_language("die Brücke von Köln", ["die brücke von köln"])


def test_hardly_any_english_is_taken_for_another_language() -> None:
    lines = [
        line
        for path in SETS.glob("*held_out*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    texts = [row["text"] for row in map(json.loads, lines) if "text" in row]
    assert len(texts) > 500
    assert sum(map(is_in_another_language, texts)) <= 2
    assert not sum(map(is_clearly_in_another_language, texts))
