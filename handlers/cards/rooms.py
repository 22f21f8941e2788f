"""The rooms of an incident's own as a line of its card. Pure."""

from collections.abc import Sequence

from core.incidents.rooms.room import RETRIES, Room, chat, no_room
from handlers.cards.card import Bold, Link, Part, Span, Text, line


def brief(known: Sequence[Room]) -> list[Part]:
    """Where it is worked on, besides in the threads of its cards."""
    own = [room for room in known if room.kind != "thread" and room.name]
    missing = [
        Text(line=line(f"{no_room(room.platform, room.why)} {RETRIES.format(room.incident)}"), small=True)
        for room in known
        if room.is_missing and room.why
    ]
    if not own:
        return list(missing)
    said: list[str | Span] = [Bold(text="Worked on in: ")]
    for number, room in enumerate(own):
        name = f"#{room.name}" if room.kind == "channel" else room.name
        is_web = room.url.startswith("https://")
        said += [", "] if number else []
        said += [Link(text=name, url=room.url) if is_web else name, f" ({chat(room.platform)})"]
    return [Text(line=line(*said)), *missing]
