"""The simulated chat's own memory: one file, one table, as a chat company would keep it, apart from ours."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from core.ids import new_id

Kind = Literal["text", "command", "card", "home"]
_COLUMNS = "position, id, key, change, channel, thread, author, only_for, kind, body, created_at, edited"
_PINNED = "EXISTS (SELECT 1 FROM pins WHERE message = messages.id)"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
  position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
  change INTEGER NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, author TEXT NOT NULL,
  only_for TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, created_at TEXT NOT NULL,
  edited INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS messages_change ON messages (change);
CREATE INDEX IF NOT EXISTS messages_thread ON messages (thread) WHERE thread <> '';
CREATE TABLE IF NOT EXISTS workspace (epoch TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS channels (id TEXT PRIMARY KEY, topic TEXT NOT NULL, key TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS pins (message TEXT PRIMARY KEY);
"""


@dataclass(frozen=True)
class Draft:
    """A message about to be kept. `only_for` names the one person who sees it; empty: everybody."""

    key: str
    channel: str
    author: str
    kind: Kind
    body: str
    thread: str = ""
    only_for: str = ""


@dataclass(frozen=True)
class Stored(Draft):
    """A message as it is kept; `position` is its place among all, `change` grows with every change of the whole workspace."""

    position: int = 0
    id: str = ""
    change: int = 0
    created_at: str = ""
    edited: bool = False
    pinned: bool = False


class Messages:
    """The table of messages. Every write is durable when the call returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        self._change: int = self._db.execute("SELECT coalesce(max(change), 0) FROM messages").fetchone()[0]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def change(self) -> int:
        """The number of the latest change."""
        return self._change

    def epoch(self, now: datetime) -> str:
        """The name of this history; another one means that what a page remembers is of another world."""
        row = self._db.execute("SELECT epoch FROM workspace").fetchone()
        if row is None:
            row = (new_id(now),)
            self._db.execute("INSERT INTO workspace VALUES (?)", row)
        return str(row[0])

    def add(self, draft: Draft, now: datetime) -> Stored:
        """Keep a message; with a key that was used before, the message of then comes back."""
        values = (
            new_id(now), draft.key, self._change + 1, draft.channel, draft.thread, draft.author,
            draft.only_for, draft.kind, draft.body, now.isoformat(timespec="milliseconds"), 0,
        )  # fmt: skip
        query = f"INSERT INTO messages ({_COLUMNS}) VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING"  # noqa: S608 - constants
        self._change += self._db.execute(query, values).rowcount
        found = self.by_key(draft.key)
        assert found is not None  # noqa: S101 - it was written one statement before
        return found

    def replace(self, message: str, body: str) -> Stored | None:
        """Put another body into a message; None if there is no such message."""
        query = "UPDATE messages SET body = ?, change = ?, edited = 1 WHERE id = ?"
        self._change += self._db.execute(query, (body, self._change + 1, message)).rowcount
        return self.get(message)

    def get(self, message: str) -> Stored | None:
        """One message by its id."""
        return self._one("id = ?", message)

    def by_key(self, key: str) -> Stored | None:
        """One message by the key it was sent with."""
        return self._one("key = ?", key)

    def takes_part(self, author: str, thread: str) -> bool:
        """Whether `author` has written in a thread where everybody could read it."""
        query = "SELECT 1 FROM messages WHERE (thread = ? OR id = ?) AND author = ? AND only_for = '' LIMIT 1"
        return self._db.execute(query, (thread, thread, author)).fetchone() is not None

    def since(self, change: int, persona: str, limit: int = 1_000) -> list[Stored]:
        """What `persona` may see and what changed after `change`: the latest `limit`, oldest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS}, {_PINNED} FROM messages WHERE change > ? AND only_for IN ('', ?)"  # noqa: S608 - constants
            " AND (channel NOT LIKE '@%' OR channel = ?) ORDER BY position DESC LIMIT ?",
            (change, persona, f"@{persona}", limit),
        )
        return [_stored(row) for row in rows][::-1]

    def open_channel(self, name: str, topic: str, key: str) -> bool:
        """Add a channel. False: there is one of that name."""
        query = "INSERT INTO channels (id, topic, key) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING"
        return self._db.execute(query, (name, topic, key)).rowcount == 1

    def channel_of(self, key: str) -> str | None:
        """The channel that was made with this key, whatever it would be called by now; None if there is none."""
        row = self._db.execute("SELECT id FROM channels WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def entitle_channel(self, name: str, topic: str) -> None:
        """Say anew what a channel is about."""
        self._db.execute("UPDATE channels SET topic = ? WHERE id = ?", (topic, name))

    def close_channel(self, name: str) -> None:
        """Put a channel away."""
        self._db.execute("UPDATE channels SET archived = 1 WHERE id = ?", (name,))

    def channels(self) -> list[tuple[str, str]]:
        """Name and topic of every channel that was added and not put away."""
        rows = self._db.execute("SELECT id, topic FROM channels WHERE archived = 0 ORDER BY rowid")
        return [(str(name), str(topic)) for name, topic in rows]

    def pin(self, message: str, *, on: bool) -> Stored | None:
        """Pin a message, or take its pin off; None if there is no such message."""
        query = "INSERT OR IGNORE INTO pins VALUES (?)" if on else "DELETE FROM pins WHERE message = ?"
        if self._db.execute(query, (message,)).rowcount:
            changed = "UPDATE messages SET change = ? WHERE id = ?"
            self._change += self._db.execute(changed, (self._change + 1, message)).rowcount
        return self.get(message)

    def _one(self, where: str, value: str) -> Stored | None:
        query = f"SELECT {_COLUMNS}, {_PINNED} FROM messages WHERE {where}"  # noqa: S608 - constants
        row = self._db.execute(query, (value,)).fetchone()
        return None if row is None else _stored(row)


def _stored(row: tuple[int, str, str, int, str, str, str, str, Kind, str, str, int, int]) -> Stored:
    position, message, key, change, channel, thread, author, only_for, kind, body, created_at, edited, pin = (
        row
    )
    return Stored(
        position=position, id=message, key=key, change=change, channel=channel, thread=thread, author=author,
        only_for=only_for, kind=kind, body=body, created_at=created_at, edited=bool(edited),
        pinned=bool(pin),
    )  # fmt: skip
