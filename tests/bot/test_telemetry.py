import io
import json
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry import hide, set_up_logs

SLACK = "xoxb-123456789012-abcdefABCDEF"
SECRETS = [
    SLACK,
    "xapp-1-A0-1234567890-deadbeef",
    "wr_" + "A1b2" * 10,
    "Bearer " + "t0ken" * 6,
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_hidden_at_any_depth(secret: str) -> None:
    shown = json.dumps(
        hide({"a": [f"before {secret} after", {"b": (secret,)}], "e": repr(ValueError(secret))})
    )
    assert secret not in shown
    assert "before" in shown


def test_a_password_in_an_address_is_hidden_and_the_address_stays() -> None:
    shown = hide("postgresql://bot:hunter2@db.acme.test/wardroom")
    assert "hunter2" not in shown
    assert "db.acme.test/wardroom" in shown


def test_what_is_called_a_secret_is_hidden_whatever_it_looks_like() -> None:
    assert hide({"slack_token": "x", "name": "Ana"}) == {"slack_token": "•••", "name": "Ana"}


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_hiding_never_fails(value: object) -> None:
    hide(value)


def test_a_log_line_is_one_json_object_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    before = structlog.get_config()
    try:
        set_up_logs("json")
        try:
            int(f"the token {SLACK} is refused")
        except ValueError:
            structlog.get_logger("wardroom").exception("failed", about="AP-1", signing_secret="s3cret")
    finally:
        structlog.configure(**before)
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["about"], told["signing_secret"]) == ("failed", "AP-1", "•••")
    assert SLACK not in line
    assert "ValueError" in told["exception"]
