"""What runbooks may touch: nothing is allowed that is not listed."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from core.quantity import Duration
from core.source import Section, wrong
from core.text import one_line
from core.wording import Variable

SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
_LAST_PORT = 65_535


def _program(value: str) -> str:
    if not value or value != value.strip() or any(letter.isspace() for letter in value):
        raise wrong(f"`{one_line(value, 60)}` is not a program.", "Name one program, without arguments.")
    return value


def _address(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if "/" in value or (colon and not (host and port.isdigit() and 0 < int(port) <= _LAST_PORT)):
        raise wrong(f"`{one_line(value, 60)}` is not a host.", "Write host or host:port, without http://.")
    return value.lower()


class SecretConfig(Section):
    """Where a secret comes from: an environment variable (or NAME_FILE), or a file. It is read when it is needed."""

    env: Variable | None = None
    file: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise wrong("A secret comes from either `env` or `file`.", "Write `env: NAME`, for example.")
        return self


class ShellRules(Section):
    """The programs that the action `shell` may start."""

    allow: tuple[Annotated[str, AfterValidator(_program)], ...] = ()


class HttpRules(Section):
    """The hosts, or host:port, that the action `http` may call."""

    allow: tuple[Annotated[str, Field(min_length=1), AfterValidator(_address)], ...] = ()


class PythonRules(Section):
    """The functions that the action `python` may call, by entry point, and what one call may use.

    `memory` is in MiB of address space, `cpu` is time on a processor.
    """

    allow: tuple[Annotated[str, AfterValidator(_program)], ...] = ()
    memory: int = Field(default=1024, ge=64, le=1_048_576)
    cpu: Duration = Field(default=timedelta(minutes=5), ge=timedelta(seconds=1), le=timedelta(hours=6))


class AnsibleRules(Section):
    """The folder that the action `ansible` takes playbooks and inventories from, and the home that it has.

    Without a `home` it has an empty one: no keys, no collections of its own.
    """

    folder: str = ""
    home: str = ""


class KubectlRules(Section):
    """The contexts and verbs that the action `kubectl` may use, and the file that describes the contexts."""

    contexts: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    kubeconfig: str = ""


class WorkerRules(Section):
    """The workers of one process.

    `lease`: how long after a process has died its steps are taken over; `steps`: how many run at once.
    """

    lease: Duration = Field(default=timedelta(seconds=7), ge=timedelta(seconds=1), le=timedelta(minutes=10))
    steps: int = Field(default=16, ge=1, le=256)


class ActionRules(Section):
    """The lists of what each action may touch."""

    shell: ShellRules = ShellRules()
    http: HttpRules = HttpRules()
    python: PythonRules = PythonRules()
    ansible: AnsibleRules = AnsibleRules()
    kubectl: KubectlRules = KubectlRules()

    def below(self, folder: Path) -> Self:
        """The same with whole paths, which are written from the configuration's folder."""
        ansible, kubectl = self.ansible, self.kubectl
        whole = {
            "ansible": ansible.model_copy(
                update={"folder": _whole(folder, ansible.folder), "home": _whole(folder, ansible.home)}
            ),
            "kubectl": kubectl.model_copy(update={"kubeconfig": _whole(folder, kubectl.kubeconfig)}),
        }
        return self.model_copy(update=whole)


def _whole(folder: Path, path: str) -> str:
    return str((folder / path).resolve()) if path else ""
