"""The action `incident.update`: news of an incident, and what changes with it."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.errors import Conflict, Invalid, NotFound, VersionConflict
from core.ids import parse_numbered
from core.incidents import records, severity, units
from core.incidents.ending import units as ending
from core.incidents.ending.units import End
from core.incidents.incident import State
from core.incidents.units import PREFIX, News
from core.people.person import Person
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.store.engine import Unit
from core.world import World


class IncidentArgs(BaseModel):
    """What is new; `incident` is the one that the run was started from, unless another is named.

    `anyway` says why it is resolved although there are signs that it is not over.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    incident: str = Field(default="", max_length=20)
    text: str = Field(default="", max_length=8_000)
    state: Literal["", "acknowledged", "mitigating", "monitoring", "resolved"] = ""
    severity: str = Field(default="", max_length=40)
    service: str = Field(default="", max_length=100)
    anyway: str = Field(default="", max_length=600)


class IncidentUpdate:
    """Changes incidents as whoever started the run. What it changes is rows of the commit that finishes the step."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="incident.update",
        args=IncidentArgs,
        nature=lambda _: "idempotent",
        changes=lambda _: False,
        shows=True,
    )

    def __init__(self, world: World) -> None:
        self._world = world

    def write(self, unit: Unit, args: IncidentArgs, context: Context) -> dict[str, Any]:
        """Change it; the result has `incident`, `state`, `severity` and `changed`: false where all of it was so already.

        Raises:
            ActionFailed: there is no such incident, it cannot come into that state from the one it is in, or it is to
                be resolved while what began it is still there, and `anyway` does not say why.
        """
        by = self._world.people.get(context.by) or Person(id=context.by, name=context.by)
        try:
            return self._write(unit, args, context, by)
        except VersionConflict:
            raise
        except (Conflict, Invalid, NotFound) as error:
            # What speaks against its end may pass: a step that is tried again waits for it.
            raise ActionFailed(error.sentence(), retriable="still" in error.data) from None

    def _write(self, unit: Unit, args: IncidentArgs, context: Context, by: Person) -> dict[str, Any]:
        if not (args.incident or context.incident):
            raise ActionFailed("This run was started from no incident. Name one in `incident`.")
        incident = records.get(unit, parse_numbered(args.incident or context.incident, PREFIX), lock=True)
        before = incident.version
        grade = severity.parse(args.severity) if args.severity else None
        state = State(args.state) if args.state not in ("", "resolved", incident.state) else None
        ends = args.state == "resolved" and incident.is_open
        news = News("" if ends else args.text, state, grade, args.service or None)
        if (
            news.text
            or state
            or grade not in (None, incident.severity)
            or args.service not in ("", incident.service)
        ):
            incident = units.tell(unit, incident.id, by, news)
        if ends:
            incident = ending.end(
                unit, self._world, incident.id, by, End(cause=args.text, anyway=args.anyway)
            )
        return {
            "incident": incident.id,
            "state": str(incident.state),
            "severity": incident.severity,
            "changed": incident.version != before,
        }
