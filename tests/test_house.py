"""The house rules that no other checker knows: sizes, names, words, and what may wait."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from core.store import migrate
from handlers.manual.pages import names
from tests.house import ROOMS, ROOT, files, modules, source, texts, tree

_CODE = (*ROOMS, "tests", "bench")
_SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)(\S*)")


def test_no_module_passes_300_lines_without_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    excused: dict[str, str] = project["tool"]["wardroom"]["long_modules"]
    lengths = {str(path): len(source(path).splitlines()) for path in modules(*_CODE)}
    assert [] == [f"{path}: {n} lines" for path, n in lengths.items() if n > 300 and path not in excused]
    assert [] == [path for path in excused if lengths.get(path, 0) <= 300], "no longer an exception"
    assert all(reason.strip() for reason in excused.values())


def test_no_function_passes_60_lines() -> None:
    assert [] == [
        f"{path}:{node.lineno} {node.name}"
        for path in modules(*_CODE)
        if path.parent.name != "versions"  # a migration lists tables, and never changes again
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    assert [] == [
        str(path)
        for path in modules(*_CODE)
        if path.name == "__init__.py" and len(tree(path).body) > _opens_with_words(path)
    ]


def test_every_module_says_in_its_first_sentence_what_it_is_for() -> None:
    assert [] == [str(path) for path in modules(*ROOMS) if not _opens_with_words(path)]


def test_names_say_something() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert [] == [
        str(path) for path in modules(*ROOMS) if empty & {part.removesuffix(".py") for part in path.parts}
    ]


@pytest.mark.parametrize("folders", [ROOMS, ("tests", "bench")])
def test_suppressions_are_rare_and_name_their_rule(folders: tuple[str, ...]) -> None:
    paths = modules(*folders)
    lines = [(path, line) for path in paths for line in source(path).splitlines()]
    found = [(path, line, match) for path, line in lines if (match := _SUPPRESSION.search(line))]
    assert [] == [f"{path}: {line}" for path, line, match in found if not _names_rule(line, match)]
    allowed = max(1, len(lines) // 1000)
    assert len(found) <= allowed, "\n".join(f"{path}: {line.strip()}" for path, line, _ in found)


def test_nothing_is_left_for_later() -> None:
    later = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|in production " + "you", re.IGNORECASE
    )
    assert [] == [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if later.search(line)
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    registries = (
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "ghcr" + ".io",
        "docker" + ".io",
    )
    machine = re.compile(r"(?<![\w.:/-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers)/\w")
    assert [] == [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if machine.search(line) or any(host in line for host in registries)
    ]


def test_only_named_workers_wait() -> None:
    workers = {"engine.py", "poller.py", "ask.py", "guard.py"}
    assert [] == [
        str(path)
        for path in modules("core", "handlers")
        if "asyncio" in _imports(path)
        and path.name not in workers
        and path.parts[:2] != ("core", "store")
        and str(path) != "handlers/pipeline.py"
    ]


def test_the_three_floors_are_not_ignored_by_git() -> None:
    answer = subprocess.run(
        ["git", "check-ignore", "--no-index", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.stdout == ""


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in modules("tests")}
    assert [] == [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()]


def test_pins_are_exact_and_name_no_place() -> None:
    for name in ("run", "dev", "bench"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pins = [line for line in lines if line and not line.startswith("#")]
        assert [] == [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line)]


def test_ci_runs_exactly_what_people_run() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert script.rstrip().endswith("exec make test")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_wheel_carries_all_its_files_and_nothing_else(tmp_path: Path) -> None:
    ours = [path for path in files() if path.parts[0] in ROOMS]
    pages = [path for path in files() if path.parts[0] == "docs" and path.suffix == ".md"]
    named = [Path(name) for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE")]
    for path in [*ours, *pages, *named]:
        copy = tmp_path / "tree" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / path).read_bytes())
    build = "import setuptools.build_meta as b, sys; b.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=tmp_path / "tree", check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    carried = {f"handlers/manual/pages/{name}.md" for name in names()}
    assert carried <= inside
    carried |= {f"handlers/manual/pages/reference/{name}.md" for name in ("commands", "command-line")}
    assert inside == {str(path) for path in ours} | carried


def _opens_with_words(path: Path) -> bool:
    return bool(ast.get_docstring(tree(path)))


def _names_rule(line: str, match: re.Match[str]) -> bool:
    kind = match.group(1)
    pattern = r"noqa: [A-Z]+[0-9]+" if kind == "noqa" else r"type: ignore\[[a-z-]+"
    return kind.startswith("pragma") is False and bool(re.search(pattern, line))


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_new_database_files_are_made_with_the_newest_revision() -> None:
    last = migrate.NEWEST.read_text(encoding="utf-8").splitlines()[-1]
    assert last.endswith(f"alembic_version VALUES ('{migrate.newest()}')"), "run: python -m tests.schema"
