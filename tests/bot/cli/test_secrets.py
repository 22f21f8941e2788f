"""What `wardroom check` says of secrets: whether they can be read here, and whether those of hooks prove anything."""

from pathlib import Path

import pytest

from bot.cli import secrets
from bot.cli.parts import Part, Status
from tests.stories.house import settings

_BOOK = """
name: released
triggers: [{webhook: {WAY: hook}, channel: ops}]
steps: [{id: tell, action: chat.post, with: {text: out}}]
"""


def parts(folder: Path, way: str = "token") -> list[Part]:
    given = settings(folder)
    text = given.config.read_text(encoding="utf-8")
    given.config.write_text(f"{text}\nsecrets: {{hook: {{env: OF_THE_HOOK}}}}\n", encoding="utf-8")
    (given.config.parent / "runbooks" / "released.yaml").write_text(
        _BOOK.replace("WAY", way), encoding="utf-8"
    )
    return secrets.parts(given)


def test_a_secret_that_can_be_read_is_counted_and_what_it_starts_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_HOOK", "a long word")
    (part,) = parts(tmp_path)
    assert (Status.OK, "1 can be read here; calls from outside start released") == (part.status, part.detail)


@pytest.mark.parametrize(
    ("way", "value", "what"),
    [
        ("token", "", "The secret hook is empty."),
        ("token", "abc", "A secret of less than 4 letters cannot be hidden."),
        ("signature", "whsec_%%%", "The secret of this hook cannot sign anything."),
    ],
)
def test_a_secret_by_which_no_call_can_prove_itself_fails_and_says_what_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, value: str, what: str
) -> None:
    monkeypatch.setenv("OF_THE_HOOK", value)
    (part,) = parts(tmp_path, way)
    assert Status.FAIL is part.status
    assert f"{what} Every call that would start released is refused until then." == part.detail
    assert part.mend
