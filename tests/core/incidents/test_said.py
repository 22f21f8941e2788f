import pytest

from core.catalogue.model import Service
from core.incidents.said import Said, read

SERVICES = {name: Service(name=name) for name in ("checkout", "payments")}


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("sev1 checkout is down", Said("checkout is down", 1, "checkout")),
        ("SEV1 - checkout is down", Said("checkout is down", 1, "checkout")),
        ("SEV2 | checkout is down", Said("checkout is down", 2, "checkout")),
        ("*SEV1* checkout is down", Said("checkout is down", 1, "checkout")),
        ("“SEV1”: checkout is down", Said("checkout is down", 1, "checkout")),
        ("checkout is down *sev1*", Said("checkout is down", 1, "checkout")),
        ("checkout is down - SEV2", Said("checkout is down", 2, "checkout")),
        ("SEV1 /var is full", Said("/var is full", 1)),
        ('SEV1 "checkout" says no', Said('"checkout" says no', 1, "checkout")),
        ("the chapter sev-3-db fails", Said("the chapter sev-3-db fails")),
        ("SEV1", Said("", 1)),
        ("sev1, sev2", Said("", 1)),
        ("", Said("")),
        ("checkout and payments fail", Said("checkout and payments fail")),
    ],
)
def test_severity_and_service_may_stand_in_a_title(title: str, said: Said) -> None:
    assert said == read(SERVICES, title)


def test_what_is_too_long_for_a_title_keeps_the_severity_that_stands_behind_it() -> None:
    found = read({}, f"checkout is {'very ' * 60}slow, sev1")
    assert 1 == found.severity
    assert 200 == len(found.title)
    assert found.title.endswith("…")


def test_what_is_given_apart_counts_more_than_the_title() -> None:
    assert Said("checkout is down, sev1", 3, "payments") == read(
        SERVICES, "checkout is down, sev1", 3, "payments"
    )


@pytest.mark.parametrize(
    "words", ["(" * 4_000, "sev " * 1_000, "* " * 2_000, "as a " * 800 + "p", "sev1 " * 800]
)
def test_words_that_are_made_to_be_slow_are_read_at_once(words: str) -> None:
    assert read({}, words) is not None
