"""The action `kubectl`: a listed verb in a listed context, where the program is installed."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.actions import process
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.config import KubectlRules
from core.runbooks.definition import Nature

_PROGRAM = "kubectl"
_READS = frozenset({"get", "describe", "logs", "top", "version", "explain", "wait", "diff", "events"})
_TRIES = frozenset(
    {
        *(
            "annotate",
            "apply",
            "autoscale",
            "cordon",
            "create",
            "delete",
            "drain",
            "expose",
            "label",
            "patch",
        ),
        *("replace", "run", "scale", "set", "taint", "uncordon"),
    }
)
# What would lead to another cluster, another person, another namespace, or to files of this machine.
_LONG = re.compile(
    r"--(kubeconfig|context|cluster|user|server|token|as|as-group|as-uid|as-user-extra|username|password"
    r"|certificate-authority|client-certificate|client-key|insecure-skip-tls-verify|tls-server-name|cache-dir"
    r"|namespace|all-namespaces|filename|kustomize|recursive|raw|profile|profile-output|patch-file|kuberc"
    r"|from-file|from-env-file|env-file)(=.*)?",
    re.DOTALL,
)
_SHORT = re.compile(r"-[A-Za-z]*[nsfkRA].*", re.DOTALL)

_Word = Annotated[str, StringConstraints(max_length=4_096, pattern=r"^[^\x00]+$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,252}$")]


class KubectlArgs(BaseModel):
    """Where, and what: `args` as one would type them, the verb first; `manifest` is what `-f` would name."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    context: _Name
    namespace: _Name
    args: list[_Word] = Field(min_length=1, max_length=100)
    manifest: dict[str, Any] | None = None


def _verb(given: Mapping[str, Any]) -> str:
    args = given.get("args")
    return str(args[0]) if isinstance(args, list) and args else ""


def _nature(given: Mapping[str, Any]) -> Nature:
    return "idempotent" if _verb(given) in _READS else "at_most_once"


class Kubectl:
    """Speaks to clusters."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="kubectl",
        args=KubectlArgs,
        nature=_nature,
        changes=lambda given: _verb(given) not in _READS,
        rehearses=lambda given: _verb(given) in _TRIES,
        missing=lambda: process.missing(_PROGRAM),
    )

    def __init__(self, rules: KubectlRules) -> None:
        self._rules = rules

    async def run(self, args: KubectlArgs, context: Context) -> dict[str, Any]:
        """Run it; the result has `stdout`, `stderr` (the last 32 KiB of each) and `json` (None if it wrote none).

        Raises:
            ActionFailed: verb or context is not listed, an argument leads elsewhere, it failed, or was stopped.
        """
        ended = await self._run(args, (), context)
        return ended.outputs(f"kubectl {args.args[0]}") | {"json": _parsed(ended.stdout)}

    async def dry_run(self, args: KubectlArgs, context: Context) -> str:
        """What the cluster would do, as `--dry-run=server` says.

        Raises:
            ActionFailed: as `run` does, except that what the cluster refuses is told.
        """
        return (await self._run(args, ("--dry-run=server",), context)).log

    async def _run(self, args: KubectlArgs, more: tuple[str, ...], context: Context) -> process.Ended:
        self._check(args)
        with process.own_folder() as folder:
            if args.manifest is not None:
                (folder / "manifest.json").write_bytes(orjson.dumps(args.manifest))
                more = (*more, f"--filename={folder / 'manifest.json'}")
            end = args.args.index("--") if "--" in args.args else len(args.args)
            where = [f"--context={args.context}", f"--namespace={args.namespace}"]
            where += [f"--kubeconfig={self._rules.kubeconfig}"] if self._rules.kubeconfig else []
            argv = (*args.args[:end], *where, *more, *args.args[end:])
            told = process.environment(context, folder)
            program = process.Program(_PROGRAM, process.needed(_PROGRAM), argv, folder, told)
            return await process.run(program, context.stop)

    def _check(self, args: KubectlArgs) -> None:
        for what, name, listed in (
            ("contexts", args.context, self._rules.contexts),
            ("verbs", args.args[0], self._rules.verbs),
        ):
            if name not in listed:
                raise ActionFailed(
                    f"“{name[:80]}” is not among the {what} that may be used. "
                    f"Add it to `actions: {{kubectl: {{{what}: [...]}}}}` if it should be."
                )
        for word in args.args[: args.args.index("--")] if "--" in args.args else args.args:
            if _LONG.fullmatch(word) or _SHORT.fullmatch(word):
                raise ActionFailed(
                    f"“{word[:80]}” is not taken: it may lead elsewhere. Say the namespace as `namespace`, and "
                    "what a file would hold as `manifest`; write other short options in their long form."
                )


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
