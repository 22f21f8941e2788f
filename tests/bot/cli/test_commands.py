import asyncio
import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.demo import demo_settings
from bot.configuration import load_world
from bot.database import opened
from core.people.tokens import units as tokens
from core.store import migrate
from tests.bot.cli.conftest import Wardroom

CONTRACT = Path(__file__).parents[2] / "data" / "contract"
KEY = "k" * 40


def test_init_writes_what_check_accepts(
    wardroom: Wardroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = wardroom("init", str(tmp_path / "new"))
    assert code == 0
    assert out.splitlines() == [
        str(tmp_path / "new" / "wardroom.yaml"),
        str(tmp_path / "new" / "runbooks" / "restart-service.yaml"),
    ]
    assert "wardroom check" in err
    monkeypatch.setenv("WARDROOM_SECRET_KEY", KEY)
    monkeypatch.setenv("WARDROOM_LOCAL", "true")
    code, out, _ = wardroom("check", "--config", str(tmp_path / "new" / "wardroom.yaml"))
    assert (code, "fail" in out) == (0, False), out
    # Nobody has to be asked about staging by a command; that is said, so that it is a choice.
    (warned,) = [line for line in out.splitlines() if line.startswith("warn")]
    assert "no policy speaks about restart-service in staging" in warned


def test_init_replaces_no_file(wardroom: Wardroom, tmp_path: Path) -> None:
    (tmp_path / "wardroom.yaml").write_text("mine")
    code, out, err = wardroom("init", str(tmp_path))
    assert (code, out) == (1, "")
    assert "I replace no file" in err
    assert (tmp_path / "wardroom.yaml").read_text() == "mine"
    assert not (tmp_path / "runbooks").exists()


def test_check_tells_every_mistake_and_leaves_with_2(wardroom: Wardroom, tmp_path: Path) -> None:
    (tmp_path / "wardroom.yaml").write_text("workspace: a\nroels: {}\npeople: {a: {nam: x}}\n")
    code, out, _ = wardroom("check", "--offline")
    assert code == 2
    assert "wardroom.yaml:2:1: Unknown key `roels`. Did you mean `roles`?" in out
    assert "wardroom.yaml:3:14: Unknown key `nam` in `people.a`. Did you mean `name`?" in out


def test_check_speaks_json_to_programs(wardroom: Wardroom) -> None:
    code, out, err = wardroom("check", "--json", "--offline", "-c", str(CONTRACT / "wardroom.yaml"))
    said = json.loads(out)
    assert (code, said["ok"], err) == (1, False, "")
    states = {part["part"]: part["status"] for part in said["parts"]}
    assert states["configuration"] == "ok"
    assert states["runbooks"] == "ok"
    assert states["secret key"] == "fail"
    assert states["platforms"] == "fail"


def test_check_says_which_variable_is_wrong(wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_HTTP_PORT", "many")
    code, out, _ = wardroom("check")
    assert code == 2
    assert "WARDROOM_HTTP_PORT: This is no port." in out


def test_check_says_that_a_database_is_no_database(
    wardroom: Wardroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.db").write_text("this is no database, " * 100)
    monkeypatch.setenv("WARDROOM_DATABASE_URL", f"sqlite:///{tmp_path}/text.db")
    code, out, _ = wardroom("check", "-c", str(CONTRACT / "wardroom.yaml"))
    assert code == 1
    assert "fail  database" in out
    monkeypatch.setenv("WARDROOM_DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    code, out, _ = wardroom("check", "-c", str(CONTRACT / "wardroom.yaml"))
    assert code == 1
    assert "fail  database" in out
    assert "hunter2" not in out


def test_secrets_never_come_out(wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "WARDROOM_SECRET_KEY": "key-" + "9f" * 20,
        "SLACK_BOT_TOKEN": "bot-" + "8e" * 20,
        "DISCORD_TOKEN": "dis-" + "7d" * 20,
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:1/api")
    code, out, err = wardroom("check", "-c", str(CONTRACT / "wardroom.yaml"))
    assert code == 1
    assert "Slack cannot be reached" in out
    assert "Discord cannot be reached" in out
    assert not [value for value in secrets.values() if value in out + err]


def test_the_merged_configuration_is_shown_without_secrets(
    wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-" + "8e" * 20)
    monkeypatch.setenv("WARDROOM_DATABASE_URL", "postgresql://ana:hunter2@db.test/w")
    code, out, _ = wardroom("config", "show", "-c", str(CONTRACT / "wardroom.yaml"))
    assert code == 0
    assert "SLACK_BOT_TOKEN=(set, not shown)  # given" in out
    assert "WARDROOM_GRPC_PORT=off  # given" in out
    assert "WARDROOM_LOG_FORMAT=auto  # usual" in out
    assert "name: production-change" in out
    assert "8e8e" not in out
    assert "hunter2" not in out
    _, out, _ = wardroom("config", "show", "--json", "-c", str(CONTRACT / "wardroom.yaml"))
    assert json.loads(out)["file"]["workspace"] == "acme"


def test_the_shape_of_the_file_is_there_for_editors(wardroom: Wardroom) -> None:
    code, out, _ = wardroom("config", "schema")
    shape = json.loads(out)
    assert code == 0
    assert shape["additionalProperties"] is False
    assert {"people", "policies", "runbooks"} <= set(shape["properties"])


def test_a_token_is_shown_once_and_kept_as_a_hash(wardroom: Wardroom, tmp_path: Path) -> None:
    config = str(CONTRACT / "wardroom.yaml")
    code, out, err = wardroom(
        "token", "create", "--person", "rex", "--scope", "approval.request", "-c", config
    )
    assert code == 0
    secret = out.strip()
    assert len(out.splitlines()) == 1
    assert secret not in err
    with sqlite3.connect(tmp_path / "var" / "w.db") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert secret not in dump
    assert "token.created" in dump
    code, out, _ = wardroom("token", "list", "--person", "rex", "-c", config)
    assert secret not in out
    assert "approval.request" in out
    token_id = out.split()[0]
    assert wardroom("token", "revoke", token_id, "-c", config)[0] == 0
    code, _, err = wardroom("token", "revoke", token_id, "-c", config)
    assert code == 1
    assert "no token" in err


def test_a_token_of_the_demo_counts_in_the_demo(wardroom: Wardroom, tmp_path: Path) -> None:
    assert "There is no demo in var/demo" in wardroom("token", "create", "--person", "rex", "--demo")[2]
    settings = demo_settings(tmp_path / "var" / "demo", 0)
    code, out, err = wardroom("token", "create", "--person", "rex", "--demo")
    assert 0 == code
    assert "It counts where Wardroom uses the file var/demo/wardroom.db." in err

    async def owner() -> str:
        async with opened(settings) as store:
            person, _ = await store.read(tokens.owner, load_world(settings).people, out.strip())
            return str(person.id)

    assert "rex" == asyncio.run(owner())
    both = wardroom("token", "create", "--person", "rex", "--demo", "-c", str(CONTRACT / "wardroom.yaml"))
    assert (1, True) == (both[0], "Give --config or --demo." in both[2])
    code, listed, _ = wardroom("token", "list", "--person", "rex", "--demo")
    assert wardroom("token", "revoke", listed.split()[0], "--demo")[1].endswith("counts no longer.\n")


def test_a_token_for_nobody_or_for_no_scope_is_refused_with_the_nearest(wardroom: Wardroom) -> None:
    config = str(CONTRACT / "wardroom.yaml")
    code, out, err = wardroom("token", "create", "--person", "anna", "-c", config)
    assert (code, out) == (1, "")
    assert "Did you mean `ana`?" in err
    code, out, err = wardroom(
        "token", "create", "--person", "ana", "--scope", "approval.aprove", "-c", config
    )
    assert (code, out) == (1, "")
    assert "Did you mean `approval.approve`?" in err


def test_the_audit_is_whole_until_somebody_touches_it(wardroom: Wardroom, tmp_path: Path) -> None:
    config = str(CONTRACT / "wardroom.yaml")
    for person in ("ana", "bo", "chi"):
        assert wardroom("token", "create", "--person", person, "-c", config)[0] == 0
    code, out, _ = wardroom("audit", "verify", "-c", config)
    assert (code, out) == (0, "The audit is whole.\n")
    database = sqlite3.connect(tmp_path / "var" / "w.db")
    database.execute("update event set ref = 'other' where seq = 2")
    database.commit()
    database.close()
    code, out, err = wardroom("audit", "verify", "-c", config)
    assert code == 1
    assert "event 2): the event was changed" in out
    assert "NOT whole" in err


def test_the_database_goes_up_and_down_and_is_copied_whole(wardroom: Wardroom, tmp_path: Path) -> None:
    assert "0001" in wardroom("db", "upgrade")[1] or migrate.newest() in wardroom("db", "upgrade")[1]
    code, out, _ = wardroom("db", "backup", str(tmp_path / "copy.db"))
    assert (code, out.strip()) == (0, str(tmp_path / "copy.db"))
    copied = asyncio.run(migrate.run(f"sqlite:///{tmp_path}/copy.db", migrate.current))
    assert copied == migrate.newest()
    assert wardroom("db", "backup", str(tmp_path / "copy.db"))[0] == 1
    code, _, err = wardroom("db", "downgrade", "base")
    assert code == 1
    assert "--yes" in err
    assert wardroom("db", "downgrade", "base", "--yes")[0] == 0


def test_a_backup_of_nothing_is_refused(wardroom: Wardroom, tmp_path: Path) -> None:
    code, _, err = wardroom("db", "backup", str(tmp_path / "copy.db"))
    assert code == 1
    assert "There is no database at" in err
    assert not (tmp_path / "copy.db").exists()


def test_runbooks_are_validated_with_line_and_cure(wardroom: Wardroom, tmp_path: Path) -> None:
    code, out, _ = wardroom("runbook", "validate", str(CONTRACT / "runbooks"))
    assert code == 0
    assert "restart-service 1.0" in out
    book = (CONTRACT / "runbooks" / "restart-service.yaml").read_text()
    (tmp_path / "bad.yaml").write_text(book.replace("needs: [before]", "neds: [before]", 1))
    code, out, err = wardroom("runbook", "validate", str(tmp_path / "bad.yaml"))
    assert (code, out) == (2, "")
    assert "bad.yaml:" in err
    assert "`needs`" in err


def test_run_refuses_to_start_half_configured(wardroom: Wardroom) -> None:
    code, out, err = wardroom("run")
    assert (code, out) == (2, "")
    assert "WARDROOM_SECRET_KEY" in err


def test_an_unknown_command_offers_the_nearest(wardroom: Wardroom) -> None:
    code, _, err = wardroom("chek")
    assert code == 2
    assert "Did you mean 'check'?" in err


def test_version_is_said_on_stdout(wardroom: Wardroom) -> None:
    code, out, err = wardroom("version")
    assert (code, err) == (0, "")
    assert out.strip()[0].isdigit()


def test_help_names_every_command_without_loading_the_house() -> None:
    code = "import sys; from bot.cli import main; print({'sqlalchemy', 'slack_sdk', 'discord', 'cel'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"


def test_check_says_that_grpc_beyond_this_machine_needs_tls(
    wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDROOM_GRPC_PORT", "0")
    monkeypatch.setenv("WARDROOM_HTTP_HOST", "0.0.0.0")  # noqa: S104  # nothing is opened: it is refused
    _, out, _ = wardroom("check", "--offline", "-c", str(CONTRACT / "wardroom.yaml"))
    assert "fail  grpc            Tokens would travel in the clear" in out
    assert "WARDROOM_GRPC_TLS_CERT" in out


def test_check_looks_at_the_ports_of_every_door(wardroom: Wardroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("WARDROOM_GRPC_PORT", "0")
        monkeypatch.setenv("WARDROOM_MCP_PORT", str(port))
        _, out, _ = wardroom("check", "--offline", "-c", str(CONTRACT / "wardroom.yaml"))
    assert "ok    grpc            127.0.0.1:0 is free, without TLS, for this machine only" in out
    assert f"warn  mcp             127.0.0.1:{port} cannot be listened on" in out
    assert "choose another with WARDROOM_MCP_PORT" in out


def test_the_demo_takes_its_port_from_the_environment_too(wardroom: Wardroom) -> None:
    _, out, _ = wardroom("demo", "--help")
    assert "WARDROOM_HTTP_PORT" in out
