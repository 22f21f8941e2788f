"""Which room knows what a notice says, whether it is still wanted, and what follows from its fate."""

from collections.abc import Sequence
from typing import Protocol

from core.approvals.settling import units as settling
from core.approvals.telling import units as telling
from core.notify.ledger import Entry
from core.notify.notice import Letter
from core.paging import scene as paging_scene
from core.paging import units as paging
from core.paging.telling import units as page_telling
from core.runbooks.telling import note
from core.runbooks.telling import units as noting
from core.store.engine import Unit


class Scene(noting.Scene, paging_scene.Scene, Protocol):
    """What of the world notices need."""


def wanted(unit: Unit, about: str, delivery: str) -> tuple[list[Entry], list[Entry]]:
    """The entries of a delivery about this thing that still wait: those to send, and those that nobody wants any more."""
    match _kind(about):
        case note.PREFIX:
            return noting.wanted(unit, delivery)
        case paging.PREFIX:
            return page_telling.wanted(unit, delivery)
        case _:
            return telling.wanted(unit, delivery)


def letter(unit: Unit, scene: Scene, entries: Sequence[Entry]) -> Letter:
    """What to send for the entries of one message, from the state of now; only pages stand beside others in one."""
    entry = entries[0]
    match _kind(entry.about):
        case note.PREFIX:
            return noting.letter(unit, scene, entry)
        case paging.PREFIX:
            return page_telling.letter(unit, scene, entries)
        case _:
            return telling.letter(unit, scene, entry)


def arrived(unit: Unit, about: str, entries: Sequence[Entry], message: str) -> None:
    """What was sent about this thing has been taken, and is known on the other side as `message`."""
    if _kind(about) == paging.PREFIX:
        page_telling.arrived(unit, entries, message)


def troubled(unit: Unit, scene: Scene, about: str, entries: Sequence[Entry]) -> None:
    """What was sent about this thing was not taken, or has not been yet: whoever waits for it may go on."""
    if _kind(about) == paging.PREFIX:
        paging.on_trouble(unit, scene, entries)


def shown_as(about: str) -> str:
    """The view of the card that says whom news of this thing did not reach."""
    return page_telling.VIEW if _kind(about) == paging.PREFIX else settling.VIEW


def _kind(about: str) -> str:
    return about.partition("-")[0]
