"""The action `notify`: words to people, roles, teams and whoever is on call, by the channels there are."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.definition import Ask
from core.runbooks.telling import units
from core.runbooks.telling.units import Scene, Telling
from core.source import suggestion
from core.store.engine import Unit
from core.text import clean, cut

_LONGEST = 4_000


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Names = Annotated[tuple[str, ...], Field(max_length=20), BeforeValidator(_listed)]


class NotifyArgs(BaseModel):
    """What is told, and to whom; without `channels` it goes where notices go otherwise."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    text: str = Field(min_length=1)
    people: _Names = ()
    roles: _Names = ()
    teams: _Names = ()
    on_call: _Names = ()
    channels: _Names = ()


class Notify:
    """Tells people. What is sent is rows of the commit that finishes the step."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="notify", args=NotifyArgs, nature=lambda _: "idempotent", changes=lambda _: False, shows=True
    )

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def write(self, unit: Unit, args: NotifyArgs, context: Context) -> dict[str, Any]:
        """Tell them; the result has `note`, its id in the ledger, `people` and `channels`.

        Raises:
            ActionFailed: there is nobody and no channel to tell it, or one of those who are named is not there.
        """
        self._check(args)
        asks = [
            *(Ask(person=name) for name in args.people),
            *(Ask(role=name) for name in args.roles),
            *(Ask(team=name) for name in args.teams),
            *(Ask(team=name, oncall=True) for name in args.on_call),
        ]
        wish = Telling(
            execution=context.execution,
            step=context.step,
            runbook=context.runbook,
            by=context.by,
            text=cut(clean(args.text), _LONGEST),
            whom=tuple(asks),
            channels=args.channels,
        )
        note, channels = units.tell(unit, self._scene, wish)
        if asks and not note.people:
            raise ActionFailed("None of those who are named is anybody: the roles and teams are empty.")
        return {"note": note.id, "people": list(note.people), "channels": list(channels)}

    def _check(self, args: NotifyArgs) -> None:
        scene = self._scene
        on_call = {name: team for name, team in scene.teams.items() if team.schedule}
        for kind, names, known in (
            ("person", args.people, scene.people),
            ("team", args.teams, scene.teams),
            ("team with a schedule", args.on_call, on_call),
            ("channel", args.channels, scene.channels),
        ):
            for name in names:
                if name not in known:
                    raise ActionFailed(f"There is no {kind} “{name[:60]}”. {suggestion(name, known)}")
        if not (args.channels or scene.notices.otherwise):
            raise ActionFailed(
                "No channel is named, and `notifications: {otherwise: [...]}` names none. Name one in `channels`."
            )
