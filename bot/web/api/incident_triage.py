"""What an incident may be, and what people think caused it, for programs."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Route, numbered
from core.incidents import records
from core.incidents.triage import units
from core.incidents.triage.hypothesis import Hypothesis, Verdict
from core.store.engine import Unit


class Suspicion(Body):
    """A possible cause, in a line."""

    text: str = Field(min_length=1, max_length=300)


class Judgement(Body):
    """What became of a possible cause, and why."""

    key: str = Field(min_length=1, max_length=80)
    verdict: Verdict
    why: str = Field(default="", max_length=4_000)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    one = "/incidents/{id}"
    some: dict[str, Any] = {"refuses": (404, 409)}
    return (
        Route(
            "GET",
            f"{one}/triage",
            "What it is likely to be, with why.",
            "incident.read",
            look,
            refuses=(404,),
        ),
        Route(
            "POST",
            f"{one}/hypotheses",
            "Name a possible cause.",
            "incident.triage",
            suspect,
            Suspicion,
            statuses=(201,),
            refuses=(404, 409),
        ),
        Route(
            "POST",
            f"{one}/verdicts",
            "Confirm a possible cause, or rule it out.",
            "incident.triage",
            judge,
            Judgement,
            **some,
        ),
    )


async def look(asking: Asking) -> Answer:
    """Category, reach, owner and hypotheses, each explained."""

    def work(unit: Unit) -> Answer:
        incident = records.get(unit, _id(asking))
        return Answer({"incident": incident.id, **asdict(units.look(unit, asking.world, incident))})

    return await asking.store.read(work)


async def suspect(asking: Asking) -> Answer:
    """Keep what somebody suspects."""
    made = await asking.store.transact(units.suspect, _id(asking), asking.caller.person, asking.body.text)
    return Answer(asdict(made), 201)


async def judge(asking: Asking) -> Answer:
    """Keep what somebody says of it."""
    said: Judgement = asking.body

    def work(unit: Unit) -> Hypothesis:
        verdict = (said.key, said.verdict, said.why)
        return units.judge(unit, asking.world, _id(asking), asking.caller.person, verdict)

    return Answer(asdict(await asking.store.transact(work)))


def _id(asking: Asking) -> str:
    return numbered(asking, "INC", "incident")
