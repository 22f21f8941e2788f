"""A secret that a step uses is shown and kept nowhere, however the step lets it out."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from core.runbooks import records
from core.store import audit, events
from tests.stories.house import audited
from tests.stories.steps import staged

SECRET = 'pa/ss wo+rd&"xyz"é'
SCRIPT = """
import base64, json, os, sys, urllib.parse
s = sys.argv[1]
forms = [s, urllib.parse.quote(s), urllib.parse.quote_plus(s), json.dumps(s), base64.b64encode(s.encode()).decode(),
         base64.b64encode(b"user:" + s.encode()).decode(), base64.urlsafe_b64encode(b"x" + s.encode()).decode()]
print("\\n".join(forms))
print("\\n".join(forms), file=sys.stderr)
sys.exit(int(sys.argv[2]))
"""
BOOK = """
name: leaky
steps:
  - id: leak
    action: shell
    with: {argv: [python3, FILE, "${{ secrets.PASSWORD }}", "0"]}
    nature: idempotent
    outputs: {said: "${{ result.stdout }}", also: {deep: ["${{ result.stderr }}"]}}
  - id: tell
    needs: [leak]
    action: chat.post
    with: {text: "It said ${{ steps.leak.outputs.said }}"}
  - id: fail
    needs: [tell]
    action: shell
    with: {argv: [python3, FILE, "${{ secrets.PASSWORD }}", "3"]}
    nature: idempotent
"""
COPY = "import sys; print('x' * 40_000 + sys.argv[1] + '\\n' + 'y' * (32 * 1024 - 6))"


def forms() -> list[str]:
    """Every way of writing it that is hidden."""
    raw = SECRET.encode()
    coded = [base64.b64encode(raw).decode(), base64.b64encode(b"user:" + raw).decode()]
    coded.append(base64.urlsafe_b64encode(b"x" + raw).decode())
    return [
        SECRET,
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        *(one[8:-8] for one in coded),
    ]


async def test_a_secret_is_nowhere_but_in_the_program_that_was_told_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEP_PASSWORD", SECRET)
    script = tmp_path / "leak.py"
    script.write_text(SCRIPT)
    more = {"secrets": {"PASSWORD": {"env": "STEP_PASSWORD"}}, "actions": {"shell": {"allow": ["python3"]}}}
    async with staged(tmp_path, BOOK.replace("FILE", str(script)), more) as on:
        await on.dev.says("/runbook plan leaky")
        await on.dev.sees("Plan: leaky", "secrets.PASSWORD")
        await on.dev.says("/runbook run leaky")
        run = await on.ended()
        assert "•••" in str(run.steps["leak"].outputs["said"])
        assert str(run.state) == "FAILED"
        await on.dev.sees("It said", "•••")
        await on.dev.says("/runbook log RUN-1 fail")
        await on.dev.sees("fail", "•••")
        await audited(on.house)
        history = await on.house.store.read(events.history, "RUN-1")
        seen = "\n".join(f"{one.get('text')}{one.get('html')}" for one in on.dev.messages.values())
        kept = f"{run}{history}{await on.house.store.read(records.get, 'RUN-1')}{seen}"
        assert (await on.house.store.read(audit.verify)).findings == ()
    kept += "".join(capfd.readouterr())
    files = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file() and one != script)
    for form in forms():
        assert form not in kept
        assert form.encode() not in files


async def test_where_much_output_is_cut_no_piece_of_a_secret_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEP_PASSWORD", "abcdefghijklmnop")
    script = tmp_path / "loud.py"
    script.write_text(COPY)
    more = {"secrets": {"PASSWORD": {"env": "STEP_PASSWORD"}}, "actions": {"shell": {"allow": ["python3"]}}}
    book = BOOK.partition("  - id: tell")[0].replace("FILE", str(script))
    async with staged(tmp_path, book, more) as on:
        await on.dev.says("/runbook run leaky")
        said = str((await on.outputs("leak"))["said"])
        assert set(said) == {"y"}
