"""Who plays in the simulated workspace, and the channels they play in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from handlers.verb import Verb

BOT = "wardroom"
HINTS = ("restart checkout in production", "/runbook list", "/incident declare")


@dataclass(frozen=True)
class Persona:
    """Somebody one can be in the workspace. `blurb` says in a few words what they are there to show."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    blurb: str = ""


@dataclass(frozen=True)
class ChannelInfo:
    """A channel everybody can see."""

    id: str
    name: str
    topic: str = ""


def direct(persona: str) -> str:
    """The id of the conversation between a persona and the bot."""
    return f"@{persona}"


def may_see(persona: str, channel: str, only_for: str) -> bool:
    """Whether a message in `channel`, perhaps for one person alone, is shown to `persona`."""
    return only_for in ("", persona) and (not channel.startswith("@") or channel == direct(persona))


def cast(personas: Sequence[Persona], channels: Sequence[ChannelInfo]) -> dict[str, Any]:
    """People and channels as the page reads them."""
    return {"personas": [asdict(one) for one in personas], "channels": [asdict(one) for one in channels]}


def menu(verbs: Sequence[Verb]) -> list[dict[str, Any]]:
    """The slash menu: every verb with its words, help, example and what can be suggested."""
    return [
        {
            "verb": verb.name,
            "command": f"/{verb.command}",
            "help": verb.help,
            "example": verb.example,
            "order": list(verb.order),
            "choices": sorted(verb.choices),
        }
        for verb in sorted(verbs, key=lambda verb: verb.command)
        if verb.command
    ]
