"""What a process that only waits does not load."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from core.store import migrate
from tests.house import ROOT

_LARGE = (
    "prompt_toolkit",
    "discord",
    "alembic",
    "grpc",
    "mcp",
    "slack_bolt",
    "PIL",
    "matplotlib",
    "cryptography",
    "jinja2",
    "snowballstemmer",
    "sqlalchemy.orm",
    "asyncpg",
    "pydantic_ai",
)


def test_the_house_is_put_together_without_what_only_some_need() -> None:
    code = (
        "import sys, bot.app; from core import cel; "
        "assert cel.compile('1 + 1 == 2', frozenset()).holds({}); "
        f"print([name for name in {_LARGE} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_the_newest_revision_is_the_one_that_alembic_would_go_to() -> None:
    assert ScriptDirectory(str(ROOT / "core/store/migrations")).get_current_head() == migrate.newest()


def test_the_engine_of_conditions_can_still_be_imported_by_others() -> None:
    code = "from core import cel as ours; import cel; print(cel.evaluate('1 + 1'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "2" == done.stdout.strip()
