from pathlib import Path
from typing import Any

import pytest

from bot.settings import load_settings, require_key
from core.errors import ConfigError

SECRET = "not-a-real-secret-0123456789"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "WARDROOM_CONFIG",
        "WARDROOM_HTTP_PORT",
        "WARDROOM_SECRET_KEY",
        "SLACK_BOT_TOKEN",
        "DISCORD_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def refused(**given: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(**given)
    return str(caught.value)


def test_without_an_environment_the_defaults_are_local() -> None:
    settings = load_settings()
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert str(settings.config) == "wardroom.yaml"
    assert settings.base_url == "http://127.0.0.1:8080"
    assert not settings.has_slack
    assert not settings.has_discord


def test_the_environment_is_read_and_the_caller_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_HTTP_PORT", "9000")
    monkeypatch.setenv("WARDROOM_CONFIG", "other.yaml")
    settings = load_settings(http_port=0)
    assert settings.http_port == 0
    assert str(settings.config) == "other.yaml"


def test_an_empty_variable_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_HTTP_PORT", "")
    assert load_settings().http_port == 8080


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    assert load_settings().slack_bot_token.get_secret_value() == SECRET


def test_a_file_that_cannot_be_read_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "gone"))
    assert refused().startswith("SLACK_BOT_TOKEN_FILE: The file it names cannot be read: No such file")


def test_a_variable_and_its_file_together_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(SECRET)
    monkeypatch.setenv("DISCORD_TOKEN", SECRET)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    said = refused()
    assert "Both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set." in said
    assert SECRET not in said


def test_every_wrong_variable_is_told_by_name_and_none_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_HTTP_PORT", SECRET)
    monkeypatch.setenv("WARDROOM_PUBLIC_URL", SECRET)
    said = refused()
    assert "WARDROOM_HTTP_PORT: This is no port. Write a number from 0 to 65535; 0 takes any." in said
    assert "WARDROOM_PUBLIC_URL: This is no address. Write one as in https://" in said
    assert SECRET not in said


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "WARDROOM_SECRET_KEY",
        "SLACK_BOT_TOKEN",
        "DISCORD_TOKEN",
        "WARDROOM_DATABASE_URL",
        "SMTP_URL",
    ):
        monkeypatch.setenv(name, SECRET)
    settings = load_settings()
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"


@pytest.mark.parametrize("key", ["", "short"])
def test_a_missing_or_short_key_is_refused_with_the_cure(key: str) -> None:
    with pytest.raises(ConfigError, match="openssl rand"):
        require_key(load_settings(secret_key=key))
    require_key(load_settings(secret_key="k" * 32))


def test_a_public_address_is_used_without_its_last_slash() -> None:
    assert load_settings(public_url="https://ops.acme.test/").base_url == "https://ops.acme.test"
