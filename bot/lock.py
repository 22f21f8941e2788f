"""One process per SQLite file: a lock that the system takes back when the process dies."""

import fcntl
import os
from pathlib import Path

from core.errors import Unavailable


class FileLock:
    """A lock beside a file; without a file there is nothing to lock."""

    def __init__(self, path: Path | None) -> None:
        self._path = path.with_name(path.name + ".lock") if path else None
        self._handle: int | None = None

    def take(self) -> None:
        """Take it.

        Raises:
            Unavailable: another process has it.
        """
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Unavailable(
                "Another Wardroom runs on this database.",
                "Stop it first; several at once need PostgreSQL (WARDROOM_DATABASE_URL).",
            ) from None
        self._handle = handle

    def give_back(self) -> None:
        """Let others have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
