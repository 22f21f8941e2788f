import pytest

from core.incidents import records
from core.incidents.severity import split
from tests.handlers.house import HERE, House, said


@pytest.mark.parametrize(
    ("text", "severity", "why"),
    [
        ("SEV1", 1, ""),
        ("sev 2 because the board asks", 2, "the board asks"),
        ("high: all of Europe", 2, "all of Europe"),
        ("3 it is only a test", 3, "it is only a test"),
    ],
)
def test_a_severity_may_be_followed_by_why(text: str, severity: int, why: str) -> None:
    assert split(text.replace(":", "")) == (severity, why)


async def test_the_five_factors_are_shown_with_their_inputs_and_what_is_missing(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    words = said(await house.command("ana", "/incident assess INC-1"))
    for expected in (
        "How grave is INC-1?",
        "failing requests missing (neutral, 20 of 40)",
        "checkout is of tier 2",
        "0 services depend on it",
        "SLO breach",
        "it is a working day (9:00)",
        "It stands at SEV3",
    ):
        assert expected in words
    assert "Assessed: SEV" in said(await house.live("incident", "INC-1"))


async def test_whoever_knows_better_says_so_and_why(house: House) -> None:
    await house.command("ana", "/incident declare payments is down", severity="3")
    answer = said(await house.command("ana", "/incident severity INC-1 SEV1 because the board asks"))
    assert "INC-1 is SEV1 now." in answer
    story = [entry.text for entry in await house.store.read(records.timeline, "INC-1")]
    assert "Ana: SEV3 → SEV1 (the board asks)" in story[-1]


async def test_an_assessment_is_taken_by_its_button(house: House) -> None:
    await house.command("ana", "/incident declare payments is down", severity="1")
    card = await house.command("ana", "/incident assess INC-1")
    await house.press("ana", card, "Take SEV")
    (incident,) = await house.store.read(records.find)
    assert incident.severity != 1


async def test_a_severity_in_the_title_is_taken_and_the_one_beside_it_counts_more(house: House) -> None:
    await house.command("ana", "/incident declare --new customers cannot pay sev1")
    await house.command("ana", "/incident declare --new mails are late, sev4", HERE, severity="2")
    kept = [await house.store.read(records.get, f"INC-{number}") for number in (1, 2)]
    assert [(1, "customers cannot pay"), (2, "mails are late, sev4")] == [
        (one.severity, one.title) for one in kept
    ]
