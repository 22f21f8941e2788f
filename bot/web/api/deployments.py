"""Deployments for programs: a pipeline reports one, and whoever is known sees what there was."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from bot.web.api.approvals import Body
from bot.web.api.route import Answer, Asking, Moment, Query, Route
from core.catalogue.deployments import records, units
from core.catalogue.deployments.deployment import Deployment, Kind, Report
from core.catalogue.names import resolve
from core.errors import Invalid, NotFound
from core.incidents.sources.source import link
from core.store.engine import Unit
from core.world import World


class Reported(Body):
    """What was deployed; `id` is the pipeline's own, and the same one again is the same deployment."""

    service: str = Field(min_length=1, max_length=200)
    version: str = Field(default="", max_length=200)
    environment: str = Field(default="", max_length=64)
    kind: Kind = "deployed"
    at: Moment | None = None
    by: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=1_000)
    id: str = Field(default="", max_length=200)


class Which(Query):
    """Of one service, or of all; how many."""

    service: str = Field(default="", max_length=64)
    limit: int = Field(default=50, ge=1, le=200)


def routes() -> tuple[Route, ...]:
    """Each with what it takes and may."""
    return (
        Route(
            "GET",
            "/deployments",
            "What was deployed, the newest first.",
            "",
            listing,
            query=Which,
            refuses=(404,),
        ),
        Route(
            "POST",
            "/deployments",
            "Report a deployment that was made elsewhere.",
            "deployment.report",
            report,
            Reported,
            statuses=(200, 201),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """The newest ones."""
    said: Which = asking.query
    try:
        services = {resolve(said.service, asking.world.services, "service").name} if said.service else None
    except Invalid as error:
        raise NotFound(error.what, "`GET /api/v1/services` lists them.") from None

    def look(unit: Unit) -> Answer:
        found = records.newest(unit, records.Which(services), limit=said.limit)
        return Answer({"items": [shape(asking.world, one) for one in found], "next": None})

    return await asking.store.read(look)


async def report(asking: Asking) -> Answer:
    """Keep one; the same id, or without an id the same key, is the same one."""
    said: Reported = asking.body
    by = asking.caller.person
    told = Report(
        source=f"api:{by.id}",
        event=said.id or f"key:{asking.key}",
        names=(said.service,),
        version=said.version,
        environment=said.environment,
        kind=said.kind,
        at=said.at,
        by=said.by,
        url=link(said.url),
    )
    made, is_new = await asking.store.transact(units.report, asking.world, told, by.name)
    return Answer(shape(asking.world, made), 201 if is_new else 200)


def shape(world: World, one: Deployment) -> dict[str, Any]:
    """A deployment as the interface shows it; `known`: the catalogue has its service."""
    return asdict(one) | {"known": one.service in world.services}
