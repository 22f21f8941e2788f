"""What somebody began last, and what can be done about it where words alone drop nothing. Pure."""

from collections.abc import Sequence
from typing import Protocol

from handlers.cards.card import Button, Card, say


class Begun(Protocol):
    """What was begun: how it stands, and the buttons that let go of it."""

    @property
    def words(self) -> str:
        """How it stands."""
        ...

    @property
    def buttons(self) -> Sequence[Button]:
        """What can be pressed."""
        ...


def begun(one: Begun, lead: str = "") -> Card:
    """That nothing is asked, how it stands, and what can be pressed; `lead` says first what was said before."""
    told = say(f"{lead} I ask you nothing here. {one.words}".strip())
    return told.model_copy(update={"controls": tuple(one.buttons)})
