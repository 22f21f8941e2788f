"""The demo's files: its configuration with the port it runs on, its runbooks, and its key."""

import hashlib
import json
import os
import re
import socket
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from statistics import mode

from core.errors import Unavailable
from core.ids import new_secret

_PORT = "{{port}}"
_WRITTEN = ".written.json"
_KEY = "secret.key"


def seed(folder: Path, port: int) -> Path:
    """Write the demo's configuration and runbooks into `folder` and return the configuration's path.

    What was there of an earlier demo is written anew, so that it fits this version and `port`, unless somebody has
    `changed` it: then only the port is. What people did in it lives in the database and stays.

    Raises:
        Unavailable: the folder cannot be written, or one of the files cannot be read.
    """
    try:
        known, theirs = _written(folder), changed(folder)
        wrote: dict[str, str] = {}
        for name, source in _world():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            own = source.read_text(encoding="utf-8")
            if path in theirs:
                text = _read(path)
                before = _port(text, own) or known.get(_PORT, str(port))
                here = re.compile(rf"\b127\.0\.0\.1:{re.escape(before)}\b")
                path.write_text(here.sub(f"127.0.0.1:{port}", text), encoding="utf-8")
                wrote[name] = known.get(name, "")
                continue
            text = own.replace(_PORT, str(port))
            path.write_text(text, encoding="utf-8")
            wrote[name] = _digest(text)
        (folder / _WRITTEN).write_text(json.dumps({_PORT: str(port), **wrote}), encoding="utf-8")
    except OSError as error:
        what = f"The demo's files cannot be written to {folder}: {error.strerror}."
        raise Unavailable(what, "Choose another folder with --folder.") from None
    return folder / "wardroom.yaml"


def changed(folder: Path) -> list[Path]:
    """The demo's files in `folder` that are not as the demo has written them, or writes them now.

    Raises:
        OSError: they cannot be read.
        Unavailable: one is not in UTF-8.
    """
    known = _written(folder)
    there = [(name, folder / name, source) for name, source in _world() if (folder / name).exists()]
    return [path for name, path, source in there if not _is_ours(path, known.get(name), source)]


def _is_ours(path: Path, digest: str | None, source: Traversable) -> bool:
    text = _read(path)
    if _digest(text) == digest:
        return True
    # An earlier version kept no list of what it wrote, and a start that was cut short has not: what is as we write
    # it, but for the port, is ours.
    parts = [re.escape(part) for part in source.read_text(encoding="utf-8").split(_PORT)]
    return re.fullmatch(r"\d+".join(parts), text) is not None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "Save it as UTF-8, or remove it to have the demo's own again."
        raise Unavailable(f"{path} cannot be read: it is not in UTF-8.", mend) from None


def _port(text: str, own: str) -> str:
    """The port that stands in most of what `text` has of the demo's own lines; "" if it has none of them."""
    found: list[str] = []
    for line in own.splitlines():
        before, is_there, after = line.partition(_PORT)
        if is_there:
            found += re.findall(rf"{re.escape(before)}(\d+){re.escape(after)}", text)
    return mode(found) if found else ""


def _world() -> Iterator[tuple[str, Traversable]]:
    """The demo's files, by where they are put."""
    world = files("bot.demo") / "world"
    yield "wardroom.yaml", world / "wardroom.yaml"
    for book in (world / "runbooks").iterdir():
        if book.name.endswith(".yaml"):
            yield f"runbooks/{book.name}", book


def _written(folder: Path) -> dict[str, str]:
    """What was written there last: the digest of each file, and the port."""
    try:
        known = json.loads((folder / _WRITTEN).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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
