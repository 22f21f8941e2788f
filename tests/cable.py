"""A cable between us and a PostgreSQL, which can be cut at the worst moment: when a commit is made and not yet heard of."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

_SOCKET = ".s.PGSQL.5432"
_COMMIT = b"COMMIT;\x00"


@dataclass
class Cable:
    """What goes through it goes to the server at `server`. `lost` is how many answers were."""

    server: Path
    lost: int = 0
    _cut: bytes = b""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def cut(self, words: str) -> None:
        """Lose the answer to the next commit of a transaction that says these words, and its connection."""
        self._cut = words.encode()

    async def carry(self, ours: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection, until one of both ends it or its answer is lost."""
        theirs, there = await asyncio.open_unix_connection(str(self.server))
        answers = asyncio.create_task(self._answer(theirs, back))
        self._tasks.add(answers)
        so_far = b""
        with suppress(OSError):
            while said := await ours.read(65_536):
                so_far += said
                ends = said.endswith(_COMMIT)
                if ends and self._cut and self._cut in so_far:
                    self._cut = b""
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                    there.write(said)
                    await theirs.read(65_536)
                    self.lost += 1
                    break
                there.write(said)
                so_far = b"" if ends else so_far
        there.close()
        back.close()

    async def _answer(self, theirs: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await theirs.read(65_536):
                back.write(said)
        back.close()


@asynccontextmanager
async def through_a_cable(url: str) -> AsyncIterator[tuple[str, Cable]]:
    """The address of a database by way of a cable, and that."""
    parts = urlsplit(url)
    told = parse_qs(parts.query)
    cable = Cable(Path(told["host"][0]) / _SOCKET)
    # The name of a socket may have a hundred letters, and those of folders for tests are long.
    with tempfile.TemporaryDirectory(prefix="cable-") as folder:
        listening = await asyncio.start_unix_server(cable.carry, Path(folder) / _SOCKET)
        query = urlencode(told | {"host": [folder]}, doseq=True)
        try:
            yield urlunsplit(parts._replace(netloc=parts.netloc or "", query=query)), cable
        finally:
            listening.close()
