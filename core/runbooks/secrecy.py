"""Secrets of runbooks: which a text names, whether all of them are known, and how their values are hidden. Pure."""

import base64
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from core import source
from core.errors import Invalid, Problem
from core.runbooks import expressions
from core.source import suggestion

MASK = "•••"
SHORTEST = 4
_BLOCK = 3  # letters that base64 turns into four


class Hider:
    """Replaces every secret it was told of, however it is written: plain, in a URL, in JSON, in base64."""

    def __init__(self) -> None:
        self._forms: tuple[str, ...] = ()

    def learn(self, values: Collection[str]) -> None:
        """Hide these from now on, also when they have been replaced by newer ones.

        Raises:
            Invalid: one is shorter than four letters, which would hide half of every text.
        """
        known = set(self._forms)
        for value in values:
            if len(value) < SHORTEST:
                raise Invalid(
                    f"A secret of less than {SHORTEST} letters cannot be hidden.", "Use a longer one."
                )
            known |= _forms(value)
        self._forms = tuple(sorted(known, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def begun(self, text: str) -> int:
        """How many letters at the end of a text may be the beginning of a secret that is not whole yet."""
        return max((_begun(text, form) for form in self._forms), default=0)

    def value(self, value: Any) -> Any:
        """A nested value without secrets, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list | tuple) else value


def _begun(text: str, form: str) -> int:
    sizes = range(min(len(form) - 1, len(text)), 0, -1)
    return next((size for size in sizes if text.endswith(form[:size])), 0)


def read(value: Any) -> set[str]:
    """The secrets that the expressions in `value` name."""
    return {name for _, text in expressions.texts(value) for name in expressions.secrets_read(text)}


def unknown(files: Collection[Path], known: Collection[str]) -> list[Problem]:
    """Every place in these runbook files that names a secret which the configuration does not have."""
    found: list[Problem] = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "secrets" not in text:
            continue
        read_file = source.load(text, str(file))
        for path, words in expressions.texts(read_file.data):
            for name in expressions.secrets_read(words):
                if name not in known:
                    mend = suggestion(name, known) if known else "Add it to `secrets` in wardroom.yaml."
                    found.append(read_file.problem(path, f"There is no secret `{name}`.", mend))
    return found


def pick(values: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """These secrets, read now.

    Raises:
        Invalid: there is no such secret, or it cannot be read.
    """
    missing = sorted(set(names) - set(values))
    if missing:
        raise Invalid(f"There is no secret {missing[0]} here.", "Add it to `secrets` in wardroom.yaml.")
    return {name: values[name] for name in names}


def _forms(value: str) -> set[str]:
    forms = {value, quote(value), quote(value, safe=""), quote_plus(value)}
    forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    raw = value.encode()
    for before in range(_BLOCK):
        # What stands before it shifts the letters; those that only the secret decides are the same wherever it is.
        first = -(-8 * before // 6)
        last = 8 * (before + len(raw)) // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * before + raw).decode()[first:last]
            if len(coded) >= SHORTEST:
                forms.add(coded)
    forms.add(json.dumps(json.dumps(value)[1:-1])[1:-1])
    return {form for form in forms if len(form) >= SHORTEST}
