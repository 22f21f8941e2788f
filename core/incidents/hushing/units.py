"""An incident all of whose alerts are kept quiet calls nobody: its pages are held, and go on when one is heard again.

Each public function is part of a unit.
"""

from typing import Protocol

from core.incidents import records as incidents
from core.incidents.alerts.search import records as searching
from core.incidents.config import AlertsConfig
from core.incidents.incident import Incident
from core.incidents.incident import State as Stage
from core.incidents.silences import records as silences
from core.incidents.silences.silence import called, end_of, is_window
from core.paging import records as pages
from core.paging.page import Origin, Page, Quiet
from core.paging.quieting import units as quieting
from core.paging.scene import Scene as Calling
from core.store.engine import Unit


class Scene(Calling, Protocol):
    """What of the world is needed to know what is kept quiet, and to call people."""

    @property
    def timezone(self) -> str:
        """The zone of moments that name none."""
        ...

    @property
    def alerts(self) -> AlertsConfig:
        """Maintenance windows."""
        ...


def quiet(unit: Unit, scene: Scene, incident: Incident) -> Quiet | None:
    """What keeps every alert of an incident quiet that fires: of several the one that ends first; None if one is heard.

    What people declared is theirs, whatever becomes of alerts that belong to it.
    """
    if not (incident.is_open and incident.came_of_alerts):
        return None
    by = searching.muted_by(unit, incident.id)
    if not by or "" in by:
        return None
    found = [_quiet(unit, scene, one) for one in sorted(by)]
    return min(found, key=lambda one: (one.until is None, one.until.timestamp() if one.until else 0))


def settle(unit: Unit, scene: Scene, incident_id: str) -> list[Page]:
    """Hold the pages of an incident that is quiet by now, and let those go of one that is heard again; returns its pages."""
    known = [one for one in pages.of_incident(unit, incident_id) if one.origin is Origin.INCIDENT]
    incident = incidents.get(unit, incident_id) if known else None
    # What is over or only watched takes its pages with it: nobody is called for it any more.
    if incident is None or not incident.is_open or incident.state is Stage.MONITORING:
        return []
    found = quiet(unit, scene, incident)
    return [
        quieting.hold(unit, one.id, found) if found else quieting.let_go(unit, scene, one.id) for one in known
    ]


def held_by(unit: Unit, keeper: str) -> list[str]:
    """The pages that are held because of this silence or window."""
    return [one.id for one in pages.held(unit, called(keeper))]


def _quiet(unit: Unit, scene: Scene, keeper: str) -> Quiet:
    if not is_window(keeper):
        return Quiet(by=called(keeper), until=silences.get(unit, keeper).ends)
    ends = (
        end_of(one, scene.timezone, unit.now) for one in scene.alerts.windows if is_window(keeper, one.name)
    )
    return Quiet(by=called(keeper), until=next((one for one in ends if one is not None), None))
