"""Inside the process that the action `python` starts: set the limits, call the function, write down what came of it.

It is run as a file of its own, and imports nothing else of Wardroom.
"""

import json
import resource
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

_FILES = 256
_WRITTEN = 64 * 1024 * 1024  # bytes of one file that it may write


def main() -> None:
    """Read `asked.json` in this folder, and leave `answer.json` there."""
    asked = json.loads(Path("asked.json").read_bytes())
    sys.path[:] = asked["path"]
    _limit(asked["memory"], asked["seconds"])
    Path("answer.json").write_text(json.dumps(_answer(asked)), encoding="utf-8")


def _limit(memory: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _WRITTEN),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        value = _function(asked["function"])(**asked["args"])
        size = len(json.dumps(value))
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything, and all of it is told
        # What the network or a disk refused may go well another time.
        retriable = isinstance(error, OSError)
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        return {"error": said[:1_000], "retriable": retriable, "trace": traceback.format_exc()[-4_000:]}
    if size > asked["largest"]:
        return {"error": f"it gave back {size // 1024} KiB; {asked['largest'] // 1024} KiB is the most"}
    return {"value": value}


def _function(where: str) -> Any:
    module, _, name = where.partition(":")
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


if __name__ == "__main__":
    main()
