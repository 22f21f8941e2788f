"""What is run here and how it is, for programs."""

from typing import Any

from bot.web.api.route import Answer, Asking, Page, Query, Route
from core.catalogue.names import resolve
from core.digest import digest
from core.errors import Invalid, NotFound
from core.health import records, units
from core.health.aggregate import Part, Report, Seen
from core.health.spell import Spell
from core.store.engine import Unit
from core.world import World

_ETAG = 10**9


def routes() -> tuple[Route, ...]:
    """Being known is enough, as in chat."""
    return (
        Route("GET", "/services", "What is run here, and how it is.", "", listing, query=Page),
        Route(
            "GET",
            "/services/{name}/health",
            "How a service is, with its checks and what it depends on.",
            "",
            health,
            query=Query,
            refuses=(404,),
        ),
    )


async def listing(asking: Asking) -> Answer:
    """Every service, by name."""
    names = [name for name in sorted(asking.world.services) if name > asking.query.cursor]
    page = names[: asking.query.limit]
    reports = await asking.store.read(units.reports, asking.world.services, page)
    items = [each.service.model_dump(mode="json") | _state(each) for each in reports]
    return Answer({"items": items, "next": page[-1] if len(names) > len(page) else None})


async def health(asking: Asking) -> Answer:
    """One; its ETag is another one when anything but the time of the last look is."""
    wanted, services = asking.path["name"], asking.world.services
    try:
        name = resolve(wanted, services, "service").name
    except Invalid as error:
        raise NotFound(error.what, "`GET /api/v1/services` lists them.") from None

    def work(unit: Unit) -> tuple[Report, list[Spell]]:
        (report,) = units.reports(unit, services, [name])
        return report, records.spells_of(unit, name)

    report, spells = await asking.store.read(work)
    return Answer(_shown(asking.world, report, spells), version=_version(report, spells))


def _version(report: Report, spells: list[Spell]) -> int:
    """What changes when anything but the moment and the words of a look does."""
    steady = {
        "state": report.status,
        "since": report.since,
        "checks": [
            (each.check.name, each.part.status, each.standing.since, each.is_flapping)
            for each in report.checks
        ],
        "dependencies": [(part.name, part.status) for part in report.needs],
        "history": [(one.id, one.ended, one.status) for one in spells],
    }
    return int(digest(steady)[:15], 16) % _ETAG


def _state(report: Report) -> dict[str, Any]:
    return {
        "state": str(report.status),
        "since": report.since,
        "checked_at": report.looked_at,
        "reasons": [_part(part) for part in report.reasons],
    }


def _shown(world: World, report: Report, spells: list[Spell]) -> dict[str, Any]:
    newest = spells[0] if spells and spells[0].ended is None else None
    return {
        "service": report.service.name,
        **_state(report),
        "checks": [_check(each) for each in report.checks],
        "dependencies": [_part(part) for part in report.needs],
        "needed_by": units.needed_by(world.services, report.service.name),
        "spell": newest.id if newest else None,
        "history": [
            {"id": one.id, "began_at": one.began, "ended_at": one.ended, "state": str(one.status)}
            for one in spells
        ],
    }


def _check(seen: Seen) -> dict[str, Any]:
    check, standing = seen.check, seen.standing
    return {
        "name": check.name,
        "kind": check.kind,
        "critical": check.critical,
        "means": check.means,
        "target": check.target,
        "state": str(seen.part.status),
        "since": standing.since if standing.judged else None,
        "saw": seen.part.why,
        "latest": str(standing.latest),
        "flapping": seen.is_flapping,
        "checked_at": standing.at,
        "took_ms": round(standing.took.total_seconds() * 1000),
    }


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "state": str(part.status), "why": part.why, "critical": part.critical}
