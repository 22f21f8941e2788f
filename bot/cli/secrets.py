"""The part of a check that looks at secrets: whether each can be read here, and whether those of hooks can prove a call."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError, WardroomError

if TYPE_CHECKING:
    from core.world import World


def parts(settings: Settings) -> list[Part]:
    """A line for all secrets that are fine, and one for each that is not, with what hangs on it.

    A configuration with mistakes is told of elsewhere.
    """
    from bot.configuration import load_world
    from bot.secrets import Secrets

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    hooks = _hooks(world)
    kept = Secrets(world.secrets, settings.config.parent)
    broken = list(_broken(kept, hooks))
    fine = len(kept) - len(broken)
    called = ", ".join(sorted({book for users in hooks.values() for book, _ in users}))
    detail = f"{fine} can be read here" + (f"; calls from outside start {called}" if called else "")
    return [*([Part("secrets", Status.OK, detail)] if fine else []), *broken]


def _hooks(world: "World") -> dict[str, list[tuple[str, str]]]:
    """By secret, the runbooks whose calls it proves, and how."""
    found: dict[str, list[tuple[str, str]]] = {}
    for book in world.runbooks.values():
        for trigger in book.triggers:
            for way, name in trigger.webhook.secrets.items() if trigger.webhook else ():
                found.setdefault(name, []).append((book.name, way))
    return found


def _broken(kept: Mapping[str, str], hooks: Mapping[str, list[tuple[str, str]]]) -> Iterator[Part]:
    for name in kept:
        users = hooks.get(name, [])
        books = ", ".join(sorted(book for book, _ in users))
        hangs = f" Every call that would start {books} is refused until then." if books else ""
        try:
            _try(kept[name], {way for _, way in users})
        except WardroomError as error:
            yield Part("secrets", Status.FAIL, f"{error.what}{hangs}", error.mend)


def _try(secret: str, ways: set[str]) -> None:
    """Use it as the doors and the steps do.

    Raises:
        Invalid: it is too short to be hidden.
        Unavailable: it cannot sign.
    """
    from bot.web import proof
    from core.runbooks.secrecy import Hider

    Hider().learn([secret])
    if "signature" in ways:
        proof.can_sign(secret)
