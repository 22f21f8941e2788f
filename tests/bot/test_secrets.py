"""Where the secrets of runbooks come from: the environment, NAME_FILE, or a file, read anew each time."""

from pathlib import Path

import pytest

from bot.secrets import Secrets
from core.errors import Invalid
from core.runbooks.config import SecretConfig


def test_a_secret_is_read_from_the_environment_or_a_file_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configs = {"A": SecretConfig(env="SOME_TOKEN"), "B": SecretConfig(file="b.txt")}
    secrets = Secrets(configs, tmp_path)
    monkeypatch.setenv("SOME_TOKEN", "from-the-environment")
    (tmp_path / "b.txt").write_text("from-the-file\n")
    assert dict(secrets) == {"A": "from-the-environment", "B": "from-the-file"}
    (tmp_path / "b.txt").write_text("rotated\n")
    assert secrets["B"] == "rotated"


def test_a_secret_that_cannot_be_read_is_named_and_never_shown(tmp_path: Path) -> None:
    secrets = Secrets(
        {"A": SecretConfig(env="NOT_SET_ANYWHERE"), "B": SecretConfig(file="none.txt")}, tmp_path
    )
    with pytest.raises(Invalid, match="The secret A is empty"):
        secrets["A"]
    with pytest.raises(Invalid, match=r"The secret B could not be read from none\.txt"):
        secrets["B"]
