"""What `wardroom check` says of mail, text messages and webhooks, and how their keys are shown."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from bot.cli.connections import tried
from bot.cli.main import main
from bot.cli.parts import Part, Status, files
from bot.settings import load_settings
from tests.platforms.receiver import SECRET, Receiver
from tests.platforms.smtp import MailServer
from tests.platforms.twilio import SID, TOKEN, Twilio

KEY = "k" * 40
WORLD = """
workspace: acme
people: {rex: {name: Rex, kind: agent, owner: ana}, ana: {name: Ana}}
channels:
  mail: {email: {from: w@acme.test}}
  pager: {sms: {from: "+15550100"}}
  siem: {webhook: {url: "URL", secret_env: SIEM_SECRET}}
  plain: {webhook: {url: "URL"}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "wardroom.yaml"
    path.write_text(WORLD.replace("URL", "http://127.0.0.1:9/in"))
    return path


async def checked(config: Path, **given: str) -> dict[str, Part]:
    database = f"sqlite:///{config.parent}/w.db"
    settings = load_settings(config=config, database_url=database, secret_key=KEY, **given)
    return {part.name: part for part in await tried(settings) if part.name.startswith("channel")}


async def test_each_way_that_answers_is_fine(
    config: Path, smtp: MailServer, twilio: Twilio, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(WORLD.replace("URL", receiver.url))
    monkeypatch.setenv("SIEM_SECRET", SECRET)
    found = await checked(
        config,
        smtp_url=smtp.url(),
        twilio_api_url=twilio.url,
        twilio_account_sid=SID,
        twilio_auth_token=TOKEN,
    )
    assert {part.status for part in found.values()} == {Status.OK}, found
    assert found["channel mail"].detail == f"email: 127.0.0.1:{smtp.port} takes mail"
    assert "signed by SIEM_SECRET" in found["channel siem"].detail
    assert "wardroom token signing plain" in found["channel plain"].detail
    assert (smtp.mail, twilio.messages, receiver.ids) == ([], [], [])


async def test_what_is_missing_is_named_with_what_mends_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIEM_SECRET", raising=False)
    found = await checked(config, smtp_url="", twilio_account_sid="")
    told = {name: (part.status, part.detail) for name, part in found.items()}
    assert told == {
        "channel mail": (Status.FAIL, "email: SMTP_URL is not set"),
        "channel pager": (Status.FAIL, "sms: TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set"),
        "channel siem": (Status.FAIL, "webhook: SIEM_SECRET is not set"),
        "channel plain": (Status.FAIL, "webhook: 127.0.0.1 cannot be reached"),
    }
    assert all(part.mend for part in found.values())


def test_links_that_only_this_machine_could_open_are_warned_of(config: Path) -> None:
    def links(public_url: str) -> list[Part]:
        found, _ = files(load_settings(config=config, secret_key=KEY, public_url=public_url))
        return [part for part in found if part.name == "links"]

    (part,) = links("")
    assert (part.status, "WARDROOM_PUBLIC_URL" in part.mend) == (Status.WARN, True)
    assert links("https://wardroom.acme.test") == []


async def test_a_secret_may_be_in_a_file(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIEM_SECRET", raising=False)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("SIEM_SECRET_FILE", str(tmp_path / "secret"))
    assert "cannot be reached" in (await checked(config))["channel siem"].detail
    monkeypatch.setenv("SIEM_SECRET_FILE", str(tmp_path / "nowhere"))
    assert "SIEM_SECRET_FILE" in (await checked(config))["channel siem"].detail


@pytest.mark.parametrize("name", ["plain", "rex"])
def test_the_key_that_signs_is_shown_and_can_be_used(
    config: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROOM_SECRET_KEY", KEY)
    with pytest.raises(SystemExit) as ended:
        main(("token", "signing", name, "--config", str(config)))
    out, err = capsys.readouterr()
    assert not ended.value.code
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", out.strip())
    assert Webhook(out.strip()).sign("a", datetime.now(UTC), "{}").startswith("v1,")
    assert out.strip() not in err


def test_a_name_that_is_neither_channel_nor_program_has_no_key(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROOM_SECRET_KEY", KEY)
    with pytest.raises(SystemExit) as ended:
        main(("token", "signing", "plian", "--config", str(config)))
    assert ended.value.code
    assert "plain" in capsys.readouterr().err
