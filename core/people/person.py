"""A person: one human or one program, whatever the platform they come from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.hours import Hours
from core.people.contact import NOTHING_SAID, Contact


class Person(BaseModel):
    """Somebody the house knows. `accounts` maps platform to account id; `owner` is the human behind a program.

    `hours` are when they work, in their time zone; None if nobody said. `contact` is how the file says that they are paged.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: Literal["human", "agent"] = "human"
    owner: str | None = None
    roles: frozenset[str] = frozenset()
    timezone: str = "UTC"
    hours: Hours | None = None
    email: str = ""
    phone: str = ""
    accounts: dict[str, str] = {}
    contact: Contact = NOTHING_SAID
    active: bool = True

    @property
    def is_human(self) -> bool:
        """Programs may ask; only humans decide."""
        return self.kind == "human"
