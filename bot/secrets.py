"""What `${{ secrets.NAME }}` in a runbook means: read from the environment or a file each time it is asked for."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from typing_extensions import override

from bot.settings import secret_named
from core.errors import ConfigError, Invalid
from core.runbooks.config import SecretConfig

_LARGEST = 65_536


class Secrets(Mapping[str, str]):
    """The configured secrets by name. Nothing is kept here, so a rotated secret is used from the next step on."""

    def __init__(self, configs: Mapping[str, SecretConfig], folder: Path) -> None:
        self._configs = configs
        self._folder = folder

    @override
    def __getitem__(self, name: str) -> str:
        """The secret as it is now.

        Raises:
            Invalid: it is not set, or its file cannot be read; says which, never what.
        """
        config = self._configs[name]
        if config.env is not None:
            return self._checked(name, _variable(config.env), config.env)
        return self._checked(name, self._file(name, config.file or ""), config.file or "")

    @override
    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._configs)

    @override
    def __len__(self) -> int:
        """How many there are."""
        return len(self._configs)

    def _file(self, name: str, file: str) -> str:
        try:
            with (self._folder / file).open(encoding="utf-8") as opened:
                return opened.read(_LARGEST + 1).rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            what = f"The secret {name} could not be read from {file}."
            raise Invalid(what, "Look whether the file is there and may be read.") from None

    def _checked(self, name: str, value: str, source: str) -> str:
        if not value or len(value) > _LARGEST:
            how = "longer than 64 KiB" if value else "empty"
            raise Invalid(f"The secret {name} is {how}.", f"Look at {source}.")
        return value


def _variable(variable: str) -> str:
    try:
        return secret_named(variable)
    except ConfigError:
        return ""
