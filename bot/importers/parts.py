"""The parts of `wardroom.yaml` that come of an export: names that fit, values that are accepted, and how they are written."""

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from bot.importers.report import Report

_ODD = re.compile(r"[^a-z0-9]+")
_LONGEST = 50
_ROUNDS = 10


class Names:
    """Keys for things by what they are called, each once; and which thing of the export has which."""

    def __init__(self, usual: str) -> None:
        self._usual = usual
        self._taken: set[str] = set()
        self._of: dict[str, str] = {}

    def give(self, thing: str, *called: str) -> str:
        """A key for a thing: made of the first name that has letters, with a number if it is taken."""
        slug = next((found for name in called if (found := slugged(name))), self._usual)
        key, number = slug, 1
        while key in self._taken:
            number += 1
            key = f"{slug}-{number}"
        self._taken.add(key)
        if thing:
            self._of[thing] = key
        return key

    def of(self, thing: str) -> str:
        """The key that a thing of the export has; empty if it did not come along."""
        return self._of.get(thing, "")

    def forget(self, thing: str) -> None:
        """It did not come along after all."""
        self._of.pop(thing, None)


def slugged(name: str) -> str:
    """A name as a key: small letters, digits and lines."""
    plain = unicodedata.normalize("NFKD", name.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    return _ODD.sub("-", plain).strip("-")[:_LONGEST].strip("-")


def accepted(model: type[BaseModel], said: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """What of an entry the file would take, and which of its keys it would not; None if nothing of it can stand."""
    entry = deepcopy({key: value for key, value in said.items() if value not in (None, "", [], {})})
    lost: list[str] = []
    for _ in range(_ROUNDS):
        try:
            model.model_validate(entry)
        except ValidationError as error:
            wrong = {
                str(detail["loc"][0]) for detail in error.errors(include_url=False) if detail["loc"]
            } & entry.keys()
            if not wrong:
                return None, lost
            lost += sorted(wrong)
            for key in wrong:
                del entry[key]
        else:
            return entry, lost
    return None, lost


def keep(
    report: Report, what: str, name: str, model: type[BaseModel], said: Mapping[str, Any], *changes: str
) -> dict[str, Any]:
    """The entry as the file takes it, reported; empty if it stays behind."""
    entry, lost = accepted(model, said)
    if entry is None:
        report.left(what, name, f"{', '.join(lost) or 'it'} cannot be used as it stands in the export")
        return {}
    notes = [*changes, *(f"{key} cannot be used as it stands in the export" for key in lost)]
    report.carried(what, name, *notes)
    return entry


def written(parts: Mapping[str, Any], came_from: str) -> str:
    """The parts as a file that `wardroom check` accepts."""
    told = {key: value for key, value in parts.items() if value}
    head = f"# Made by `wardroom import {came_from}`: read it before you use it, and move what is yours into your wardroom.yaml.\n"
    return head + yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=120)
