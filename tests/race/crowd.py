"""Fifty people with one request, and a process of its own for a part of them.

`python -m tests.race.crowd URL REQUEST FIRST LAST` lets people FIRST to LAST decide at once as soon as a line
arrives on its standard input, and prints what each was told.
"""

import asyncio
import json
import sys
from typing import Any

from core.approvals import units
from core.approvals.draft import Draft
from core.approvals.request import Ask, Choice, Request, Terms
from core.approvals.using import units as using
from core.clock import ManualClock
from core.errors import WardroomError
from core.people.person import Person
from core.place import Place
from core.store.engine import Store, Unit
from tests.stores import START, opened

CROWD = {f"p{n}": Person(id=f"p{n}", name=f"Person {n}", roles=frozenset({"sre"})) for n in range(50)}


def ask(unit: Unit, needed: int) -> Request:
    """Ask everybody at once."""
    draft = Draft(
        kind="runbook",
        title="Restart checkout in production",
        reason="",
        subject={"environment": "production"},
        requester=Person(id="dev", name="Dev"),
        terms=Terms(ask=(Ask(role="sre"),), approvals=needed, severity="HIGH"),
        key="once",
        places=(Place(platform="local", channel="ops"),),
    )
    return units.ask(unit, draft, CROWD, {})


async def decide(
    store: Store, request: Request, number: int, choice: Choice, *, use: bool = True
) -> dict[str, Any]:
    """One person's decision, and then, with `use`, the attempt to use the approval."""
    done = await store.transact(
        units.decide, request.id, CROWD[f"p{number}"], choice, "because", request.digest, via="local"
    )
    try:
        if use:
            await store.transact(using.claim, request.id, f"RUN-{number + 1}")
    except WardroomError as error:
        claimed = error.code
    else:
        claimed = ""
    refused = done.refusal.code if done.refusal else ""
    return {"changed": done.changed, "refused": refused, "words": done.words, "claimed": claimed}


async def decide_all(
    store: Store, request: Request, numbers: range, *, mixed: bool, use: bool = True
) -> list[dict[str, Any]]:
    """All of these people at once; when `mixed`, every second one rejects."""
    choices = [Choice.REJECT if mixed and number % 2 else Choice.APPROVE for number in numbers]
    pairs = zip(numbers, choices, strict=True)
    jobs = [decide(store, request, number, choice, use=use) for number, choice in pairs]
    return list(await asyncio.gather(*jobs))


async def _main(url: str, request: Request, numbers: range, *, mixed: bool) -> None:
    async with opened(url, ManualClock(START), process=f"crowd-{numbers.start}") as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        sys.stdout.write(json.dumps(await decide_all(store, request, numbers, mixed=mixed)))


if __name__ == "__main__":
    asked = Request.model_validate_json(sys.argv[2])
    people = range(int(sys.argv[3]), int(sys.argv[4]))
    asyncio.run(_main(sys.argv[1], asked, people, mixed=sys.argv[5] == "mixed"))
