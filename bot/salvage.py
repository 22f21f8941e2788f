"""What of a configuration with mistakes can be judged further, so that all of them are told at once."""

from copy import deepcopy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import Problem
from core.source import Source

M = TypeVar("M", bound=BaseModel)
_ROUNDS = 8  # in which mistakes are taken out; each shows what the one before hid


def salvage(source: Source, model: type[M]) -> M:
    """What of a file can be judged further although other parts of it are wrong."""
    data = deepcopy(source.data) if isinstance(source.data, dict) else {}
    data.setdefault("workspace", "?")
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(data)
        except ValidationError as error:
            places = [one["loc"] for one in error.errors(include_url=False, include_input=False)]
            for loc in places:
                # A list of which every item is wrong is told to be too short as well: its items are what has to go.
                if not any(len(other) > len(loc) and other[: len(loc)] == loc for other in places):
                    _drop(data, loc)
    return model.model_construct(workspace="?")


def _drop(data: dict[str, Any], loc: tuple[int | str, ...]) -> None:
    """Take out the deepest key on the way to a mistake. No item is taken out of a list, or others would change places."""
    place: Any = data
    holder, key = data, loc[0]
    for part in loc:
        if isinstance(place, dict) and part in place:
            holder, key, place = place, part, place[part]
        elif isinstance(place, list) and isinstance(part, int) and part < len(place):
            place = place[part]
        else:
            break
    holder.pop(str(key), None)


def still_there(source: Source, config: BaseModel, problems: list[Problem]) -> list[Problem]:
    """Without those who miss an entry that is there, and could not be read for a mistake of its own."""
    lost: set[str] = set()
    for name in type(config).model_fields:
        written, kept = source.get((name,)), getattr(config, name)
        if isinstance(written, dict) and isinstance(kept, dict):
            lost |= written.keys() - kept.keys()
    return [
        it
        for it in problems
        if not (it.what.startswith("Unknown ") and any(f"`{name}`" in it.what for name in lost))
    ]
