"""The demo's files: its configuration with the port it runs on, its runbooks, and its key."""

import os
import socket
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from core.errors import Unavailable
from core.ids import new_secret

_PORT = "{{port}}"
_KEY = "secret.key"


def seed(folder: Path, port: int) -> Path:
    """Write the demo's configuration and runbooks into `folder` and return the configuration's path.

    What was there of an earlier demo is written anew, so that it fits this version and `port`; what people
    did in it lives in the database and stays.

    Raises:
        Unavailable: the folder cannot be written.
    """
    world = files("bot.demo") / "world"
    try:
        _copy(world / "wardroom.yaml", folder / "wardroom.yaml", port)
        for book in (world / "runbooks").iterdir():
            if book.name.endswith(".yaml"):
                _copy(book, folder / "runbooks" / book.name, port)
    except OSError as error:
        what = f"The demo's files cannot be written to {folder}: {error.strerror}."
        raise Unavailable(what, "Choose another folder with --folder.") from None
    return folder / "wardroom.yaml"


def secret_key(folder: Path) -> str:
    """The demo's own key, made at its first start and readable by its owner alone.

    Raises:
        Unavailable: the folder cannot be written.
    """
    path = folder / _KEY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(new_secret())
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise Unavailable(f"The demo's key cannot be kept in {folder}: {error.strerror}.") from None


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _copy(source: Traversable, target: Path, port: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.read_text(encoding="utf-8").replace(_PORT, str(port)), encoding="utf-8")
