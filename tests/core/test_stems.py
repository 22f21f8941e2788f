"""Stems: the same for every thread that asks."""

from concurrent.futures import ThreadPoolExecutor

from core.stems import stem

_WORDS = [
    f"{word}{ending}"
    for word in ("deploy", "organis", "replic", "connect", "monitor", "relat")
    for ending in ("ments", "ing", "ed", "ations", "ional", "fulness", "")
]


def test_threads_do_not_mix_their_words() -> None:
    plain = stem.__wrapped__
    wanted = [plain(word) for word in _WORDS]

    def many(_: int) -> bool:
        return all([plain(word) for word in _WORDS] == wanted for _ in range(120))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(many, range(8)))
