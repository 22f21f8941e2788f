"""A team: people who own services and can be asked together."""

from pydantic import BaseModel, ConfigDict

from core.place import Place


class Team(BaseModel):
    """Some people. `schedule` names who of them is on call, `escalation` how they are paged; `places` is where the team is told things."""

    model_config = ConfigDict(frozen=True)

    name: str
    members: tuple[str, ...] = ()
    schedule: str | None = None
    escalation: str | None = None
    places: tuple[Place, ...] = ()
