"""What the house tests look at: the files of the project, and what stands in them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "core")
_NOT_OURS = ("bot/web/static/",)
# Written by protoc; tests/bot/grpc shows that it is what the proto gives.
_GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (Path(line) for line in listing.stdout.splitlines())
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def texts() -> Iterator[tuple[Path, str]]:
    """Every text we wrote, with its path: code, documents, configuration."""
    for path in files():
        if str(path).startswith(_NOT_OURS) or path.name == "LICENSE":
            continue
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(*folders: str) -> list[Path]:
    """The Python modules below these folders of the root that people write."""
    ours = (path for path in files() if path.suffix == ".py" and path.parts[0] in folders)
    return [path for path in ours if not _GENERATED.search(path.name)]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(source(path), filename=str(path))


@cache
def source(path: Path) -> str:
    """The text of a module."""
    return (ROOT / path).read_text(encoding="utf-8")
