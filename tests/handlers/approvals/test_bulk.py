"""Many decisions at once: only of what a press of one's own button would decide."""

import pytest

from core.approvals import units
from core.approvals.draft import Draft
from core.approvals.request import Ask, Severity, Terms
from tests.handlers.house import House, said


async def asked(house: House, key: str, severity: Severity, *, second_factor: bool = False) -> None:
    terms = Terms(ask=(Ask(role="sre"),), severity=severity, second_factor=second_factor)
    draft = Draft("access", f"Access {key}", "", {"key": key}, house.world.people["dev"], terms, key)
    await house.store.transact(units.ask, draft, house.world.people, house.world.teams)


async def test_what_is_of_low_severity_is_listed_together(house: House) -> None:
    for key in ("one", "two"):
        await asked(house, key, "LOW")
    listed = said(await house.command("ana", "/approvals approveall"))
    assert "Approve all 2?" in listed


@pytest.mark.parametrize(("severity", "second_factor"), [("MEDIUM", False), ("LOW", True)])
async def test_what_is_graver_or_asks_for_a_second_factor_is_not_among_it(
    house: House, severity: Severity, *, second_factor: bool
) -> None:
    await asked(house, "one", severity, second_factor=second_factor)
    assert "Nothing of LOW severity waits for you." in said(
        await house.command("ana", "/approvals approveall")
    )
