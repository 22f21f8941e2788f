"""`/runbook actions`: what steps can do, as it is installed."""

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.plugins import offers
from core.runbooks.action import ActionSpec, Offer
from tests.handlers.house import House, said


class Look(BaseModel):
    """Which record to look up."""

    model_config = ConfigDict(extra="forbid")
    name: str
    kind: Literal["A", "MX"] = "A"


THEIRS = Offer(ActionSpec("dns.lookup", Look, lambda _: "idempotent", lambda _: False), "wardroom-dns 1.0")


async def test_every_action_is_listed_with_nature_parameters_undo_and_source(house: House) -> None:
    house.world = replace(house.world, offers=offers() | {"dns.lookup": THEIRS})
    told = said(await house.say("ana", "which actions are there?"))
    rows = {line.split(" ", 1)[0]: line for line in told.splitlines()}
    assert all(
        word in rows["shell"]
        for word in ("argv*", "at_most_once (a person is asked)", "as its step says", "Wardroom")
    )
    assert all(
        word in rows["http"]
        for word in ("url*", "idempotent (done again), or at_most_once", "where it changes something")
    )
    assert all(word in rows["dns.lookup"] for word in ("name*, kind", "changes nothing", "wardroom-dns 1.0"))
    assert set(offers()) <= set(rows)


async def test_one_action_is_shown_with_all_that_it_can_be_told_and_a_misspelt_one_with_the_nearest(
    house: House,
) -> None:
    house.world = replace(house.world, offers=offers() | {"dns.lookup": THEIRS})
    told = said(await house.command("ana", "/runbook actions dns.lookup"))
    assert all(word in told for word in ("Which record to look up.", "required", "one of A, MX", "else A"))
    assert "from wardroom-dns 1.0" in told
    assert "Did you mean “shell”?" in said(await house.command("ana", "/runbook actions shel"))
    assert "You may not" in said(await house.command("gus", "/runbook actions"))
