"""Channels and the rules of telling as the file writes them; every mistake with its line and what is right."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.configuration import load_world
from bot.settings import load_settings
from core.errors import ConfigError
from core.world import World

CHANNELS = """workspace: acme
channels:
  ops: {local: ops, fallback: mail}
  mail: {email: {from: w@acme.test}, fields: [id, title, subject.environment]}
  hook: {webhook: {url: "https://siem.test/in", allow: ["siem.internal:8443"]}}
"""


def read(folder: Path, text: str) -> World:
    path = folder / "wardroom.yaml"
    path.write_text(text)
    return load_world(load_settings(config=path), lambda *_: {})


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    (problem,) = caught.value.problems
    return f"{problem.line}: {problem.what} {problem.mend}"


def test_what_is_written_is_what_is_used(tmp_path: Path) -> None:
    rules = "notifications: {deadline: 90s, alarm: ops, otherwise: [mail], callback_hosts: [127.0.0.1]}\n"
    world = read(tmp_path, CHANNELS + rules)
    assert world.channels["mail"].fields == ("id", "title", "subject.environment")
    assert world.channels["hook"].outlets["webhook"]["allow"] == ["siem.internal:8443"]
    assert (world.notices.deadline, world.notices.alarm) == (timedelta(seconds=90), "ops")
    assert read(tmp_path, CHANNELS).notices.deadline == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            CHANNELS.replace("title", "titel"),
            "4: `titel` is nothing that a notice can say. Did you mean `title`?",
        ),
        (
            CHANNELS.replace("fallback: mail", "fields: [id]"),
            "3: `fields` is for email, sms, webhook and websocket",
        ),
        (CHANNELS.replace("siem.internal:8443", "https://x/"), "5: `https://x/` is not a host."),
        (CHANNELS + "notifications: {alarm: osp}\n", "6: Unknown channel `osp`. Did you mean `ops`?"),
        (CHANNELS + "notifications: {alarm: mail}\n", "6: `mail` has no chat to raise an alarm in."),
        (
            CHANNELS + "notifications: {otherwise: [mial]}\n",
            "6: Unknown channel `mial`. Did you mean `mail`?",
        ),
        (CHANNELS + "notifications: {deadlin: 1m}\n", "6: Unknown key `deadlin`"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(
    tmp_path: Path, text: str, told: str
) -> None:
    assert mistake(tmp_path, text).startswith(told)
