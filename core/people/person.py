"""A person: one human or one program, whatever the platform they come from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Person(BaseModel):
    """Somebody the house knows. `accounts` maps platform to account id; `owner` is the human behind a program."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: Literal["human", "agent"] = "human"
    owner: str | None = None
    roles: frozenset[str] = frozenset()
    timezone: str = "UTC"
    email: str = ""
    phone: str = ""
    accounts: dict[str, str] = {}
    active: bool = True

    @property
    def is_human(self) -> bool:
        """Programs may ask; only humans decide."""
        return self.kind == "human"
