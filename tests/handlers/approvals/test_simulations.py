"""What would be asked, shown without asking: the verdict with what it saw, and the course as if nobody answered."""

from typing import Any

from core.approvals import records
from core.store import events
from tests.handlers.approvals.test_requests import lived_in
from tests.handlers.house import House, said

RUN = "/approvals simulate restart-service service=checkout environment=production"
POLICY: dict[str, Any] = {
    "name": "production-change",
    "applies_to": "runbook",
    "ask": [{"role": "developer"}],
    "approvals": 2,
    "severity": "HIGH",
    "timeout": "4h",
    "remind": ["50%"],
    "escalation": [
        {"at": "75%", "add": [{"person": "bo"}]},
        {"at": "100%", "add": [{"person": "gus"}], "timeout": "1h"},
    ],
    "triggers": [{"name": "live", "when": 'subject.environment == "production"', "message": "It is live"}],
}


async def test_a_run_is_simulated_with_who_hears_when_and_until_when(house: House) -> None:
    await lived_in(house, POLICY)
    before = await house.store.read(events.after, 0, 500)
    told = said(await house.command("ana", RUN))
    for words in (
        "2 of developer would have to approve, as HIGH.",
        "production-change",
        "It is live",
        "asks Dev (developer) and Fay (developer)",
        "2026-03-02 11:00 UTC",
        "2026-03-02 12:00 UTC",
        "also asks Bo (bo)",
        "2026-03-02 13:00 UTC",
        "also asks Gus (gus), and gives 1 h 0 min more",
        "2026-03-02 14:00 UTC",
        "expires, if nobody has answered",
        "Nothing was asked",
    ):
        assert words in told
    assert [] == await house.store.read(records.find)
    assert before == await house.store.read(events.after, 0, 500)


async def test_a_subject_of_a_kind_is_simulated_with_what_each_reason_saw(house: House) -> None:
    size = {"name": "size", "measure": "subject.amount", "limit": 100, "message": "Large"}
    await lived_in(
        house, {"name": "spend", "applies_to": "spend", "ask": [{"role": "sre"}], "triggers": [size]}
    )
    told = said(await house.command("dev", '/approvals simulate kind=spend {"amount": 250}'))
    assert "1 of sre would have to approve" in told
    assert "250" in told
    assert "no policy asks anybody" in said(
        await house.command("dev", '/approvals simulate kind=spend {"amount": 2}')
    )
    for wrong in ("{amount", "[1]"):
        assert "The subject is no JSON" in said(
            await house.command("dev", f"/approvals simulate kind=spend {wrong}")
        )
    assert "You may not plan runbooks" in said(await house.command("dev", RUN))
    assert "/approvals simulate" in said(await house.command("dev", "/approvals simulate"))
    assert "needs the permission `approval.request`" in said(await house.command("gus", RUN))


async def test_too_few_people_are_found_out_beforehand(house: House) -> None:
    await lived_in(house, {"name": "many", "ask": [{"person": "dev"}]})
    told = said(await house.command("dev", '/approvals simulate kind=request {"title": "x"}'))
    assert "only 0 people may decide" in told
