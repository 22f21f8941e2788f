"""Writes the Python of bot/grpc/oversight.proto again: `python -m tests.grpc_code`."""

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

from tests.house import ROOT

PROTO = "bot/grpc/oversight.proto"
_WRITERS = ("python", "grpc_python", "mypy", "mypy_grpc")


def write(folder: Path) -> tuple[Path, ...]:
    """Write what the proto gives below `folder`; the files, relative to it."""
    known = [f"-I{ROOT}", f"-I{files('grpc_tools') / '_proto'}"]
    outs = [f"--{writer}_out={folder}" for writer in _WRITERS]
    beside = Path(sys.executable).parent
    plugins = [
        f"--plugin=protoc-gen-{name}={beside / f'protoc-gen-{name}'}" for name in ("mypy", "mypy_grpc")
    ]
    if protoc.main(["protoc", *known, *plugins, *outs, str(ROOT / PROTO)]) != 0:
        raise SystemExit(f"{PROTO} cannot be read; the lines above say why.")
    return tuple(sorted(path.relative_to(folder) for path in folder.rglob("*.py*")))


def main() -> None:
    """Write it where it is committed."""
    with tempfile.TemporaryDirectory() as given:
        for path in write(Path(given)):
            (ROOT / path).write_bytes((Path(given) / path).read_bytes())


if __name__ == "__main__":
    main()
