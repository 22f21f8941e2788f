"""The actions `ansible` and `kubectl`, with programs that write down what they are told."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import process
from bot.actions.ansible import Ansible, AnsibleArgs, literal, recap
from bot.actions.kubectl import Kubectl, KubectlArgs
from bot.plugins import ACTIONS
from core.errors import ConfigError
from core.runbooks.action import ActionFailed
from core.runbooks.config import AnsibleRules, KubectlRules
from core.runbooks.load import load
from tests.bot.actions.test_calls import context

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")))
RECAP = "PLAY RECAP ****\nweb-1                      : ok=3    changed=1    unreachable=0    failed=0\n"
TOLD = """#!/bin/sh
for one in "$@"; do echo "[$one]"; case "$one" in --extra-vars=@*) cat "${one#--extra-vars=@}"; echo;; esac
case "$one" in --filename=*) cat "${one#--filename=}"; echo;; esac; done
echo "HOME=$HOME"
printf '%s' 'LAST'
exit CODE
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(process, "PATH", f"{folder}:/usr/bin:/bin")
    return folder


def lay(folder: Path, name: str, last: str = "", code: int = 0) -> None:
    """Install a program."""
    (folder / name).write_text(TOLD.replace("LAST", last).replace("CODE", str(code)))
    (folder / name).chmod(0o755)


@pytest.fixture
def plays(tmp_path: Path) -> Path:
    folder = tmp_path / "plays"
    folder.mkdir()
    for name in ("site.yml", "hosts.ini"):
        (folder / name).write_text("x")
    (tmp_path / "outside.yml").write_text("x")
    (folder / "link.yml").symlink_to(tmp_path / "outside.yml")
    return folder


async def test_a_playbook_of_the_folder_is_run_with_what_it_is_told_in_a_file(
    programs: Path, plays: Path
) -> None:
    lay(programs, "ansible-playbook", RECAP)
    rules = AnsibleRules(folder=str(plays), home="/srv/ansible")
    args = AnsibleArgs(
        playbook="site.yml",
        inventory="hosts.ini",
        limit="web-1",
        tags=["deploy", "db"],
        vars={"v": "{{ x }} $(id) 'x'"},
    )
    result = await Ansible(rules).run(args, context())
    lines = result["stdout"].splitlines()
    assert lines[:2] == ["[-i]", f"[{plays}/hosts.ini]"]
    assert '{"v": !unsafe "{{ x }} $(id) \'x\'"}' in lines
    for word in ("[--limit=web-1]", "[--tags=deploy,db]", f"[{plays}/site.yml]", "HOME=/srv/ansible"):
        assert word in lines
    assert "--check" not in result["stdout"]
    assert result["hosts"] == {"web-1": {"ok": 3, "changed": 1, "unreachable": 0, "failed": 0}}


async def test_a_dry_run_of_a_playbook_only_checks(programs: Path, plays: Path) -> None:
    lay(programs, "ansible-playbook", RECAP, code=2)
    args = AnsibleArgs(playbook="site.yml", inventory="hosts.ini")
    said = await Ansible(AnsibleRules(folder=str(plays))).dry_run(args, context())
    assert "[--check]\n[--diff]" in said
    assert "PLAY RECAP" in said


@pytest.mark.parametrize("name", ["../outside.yml", "/etc/passwd", "link.yml", "gone.yml"])
async def test_a_playbook_from_elsewhere_is_not_run(programs: Path, plays: Path, name: str) -> None:
    lay(programs, "ansible-playbook")
    with pytest.raises(ActionFailed, match="not in the folder"):
        await Ansible(AnsibleRules(folder=str(plays))).run(
            AnsibleArgs(playbook=name, inventory="hosts.ini"), context()
        )


async def test_a_host_that_fails_fails_the_step_and_without_a_folder_nothing_is_run(
    programs: Path, plays: Path
) -> None:
    lay(programs, "ansible-playbook", RECAP, code=2)
    args = AnsibleArgs(playbook="site.yml", inventory="hosts.ini")
    with pytest.raises(ActionFailed, match=r"site\.yml ended with code 2"):
        await Ansible(AnsibleRules(folder=str(plays))).run(args, context())
    with pytest.raises(ActionFailed, match="No folder of playbooks"):
        await Ansible(AnsibleRules()).run(args, context())


def test_nothing_is_counted_where_nothing_was_played() -> None:
    assert recap("web-1 : ok=3\n") == {"web-1": {"ok": 3}}
    assert recap("") == {}


RULES = KubectlRules(
    contexts=("staging",), verbs=("get", "scale", "apply", "rollout", "exec"), kubeconfig="/k"
)


def args_of(*args: str, **more: Any) -> KubectlArgs:
    return KubectlArgs(context="staging", namespace="shop", args=list(args), **more)


async def test_a_listed_verb_is_done_in_its_context_and_namespace(programs: Path) -> None:
    lay(programs, "kubectl")
    result = await Kubectl(RULES).run(args_of("exec", "pod/a", "--", "cat", "-n", "/etc/x"), context())
    told = [line for line in result["stdout"].splitlines() if line.startswith("[")]
    where = ["[--context=staging]", "[--namespace=shop]", "[--kubeconfig=/k]"]
    assert told == ["[exec]", "[pod/a]", *where, "[--]", "[cat]", "[-n]", "[/etc/x]"]


async def test_a_manifest_goes_by_a_file_and_a_dry_run_is_the_servers(programs: Path) -> None:
    lay(programs, "kubectl")
    said = await Kubectl(RULES).dry_run(args_of("apply", manifest={"kind": "ConfigMap"}), context())
    assert "[--dry-run=server]" in said
    assert '{"kind":"ConfigMap"}' in said
    done = await Kubectl(RULES).run(args_of("apply", manifest={"kind": "ConfigMap"}), context())
    assert "dry-run" not in done["stdout"]


@pytest.mark.parametrize(
    "word",
    [
        *("--kubeconfig=/x", "--server", "--token=t", "--as=root", "-n", "-nkube-system", "-Af", "-f", "-sx"),
        *(
            "--namespace=kube-system",
            "--filename=http://evil.test/x",
            "-k",
            "--raw=/api",
            "--context=production",
        ),
    ],
)
async def test_an_option_that_leads_elsewhere_is_not_taken(programs: Path, word: str) -> None:
    lay(programs, "kubectl")
    with pytest.raises(ActionFailed, match="may lead elsewhere"):
        await Kubectl(RULES).run(args_of("get", "pods", word), context())


async def test_what_is_not_listed_is_not_done(programs: Path) -> None:
    lay(programs, "kubectl")
    with pytest.raises(ActionFailed, match="among the verbs"):
        await Kubectl(RULES).run(args_of("delete", "pod/a"), context())
    with pytest.raises(ActionFailed, match="among the contexts"):
        await Kubectl(KubectlRules(verbs=("get",))).run(args_of("get", "pods"), context())


async def test_what_a_cluster_refuses_fails_the_step_and_json_is_read(programs: Path) -> None:
    lay(programs, "kubectl", code=1)
    with pytest.raises(ActionFailed, match="kubectl get ended with code 1"):
        await Kubectl(RULES).run(args_of("get", "pods"), context())
    (programs / "kubectl").write_text("#!/bin/sh\necho '{\"items\": []}'\n")
    assert (await Kubectl(RULES).run(args_of("get", "pods"), context()))["json"] == {"items": []}


def test_what_a_verb_does_is_known_before_it_is_done() -> None:
    spec = ACTIONS["kubectl"]
    assert (spec.nature({"args": ["get"]}), spec.changes({"args": ["get"]})) == ("idempotent", False)
    assert (spec.nature({"args": ["scale"]}), spec.changes({"args": ["scale"]})) == ("at_most_once", True)
    tried = [
        verb for verb in ("get", "scale", "apply", "rollout", "delete") if spec.rehearses({"args": [verb]})
    ]
    assert tried == ["scale", "apply", "delete"]


@pytest.mark.parametrize("name", ["ansible", "kubectl"])
def test_where_the_program_is_missing_a_runbook_that_uses_it_is_a_mistake(
    programs: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATH", str(programs))
    given = {
        "ansible": "{playbook: site.yml, inventory: hosts.ini}",
        "kubectl": "{context: staging, namespace: shop, args: [get, pods]}",
    }
    text = f"name: x\nsteps:\n  - id: a\n    action: {name}\n    with: {given[name]}\n"
    with pytest.raises(ConfigError) as error:
        load(text, "x.yaml", ACTIONS)
    program = {"ansible": "ansible-playbook"}.get(name, name)
    (problem,) = error.value.problems
    assert f"x.yaml:4:5: `{name}` cannot be used: the program `{program}` is not installed here" in str(
        problem
    )
    lay(programs, program)
    assert load(text, "x.yaml", ACTIONS).steps[0].action == name


class Unsafe(yaml.SafeLoader):
    """Reads what is written as the program reads it."""


def _text(loader: Unsafe, node: yaml.ScalarNode) -> str:
    return f"text:{loader.construct_scalar(node)}"


Unsafe.add_constructor("!unsafe", _text)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS, st.lists))
def test_every_text_that_a_playbook_is_told_stays_a_text(value: Any) -> None:
    def meant(one: Any) -> Any:
        if isinstance(one, list):
            return [meant(each) for each in one]
        return f"text:{one}" if isinstance(one, str) else one

    assert {"v": meant(value)} == yaml.load(literal({"v": value}), Unsafe)  # noqa: S506 - a safe loader's child
