"""What a runbook's file may not say about what starts it by itself."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from core import source
from core.errors import Invalid, Problem
from core.runbooks import expressions
from core.runbooks.definition import Hook, Runbook, Trigger
from core.runbooks.params import Names, value_of
from core.runbooks.references import Parts, Path
from core.source import Source, suggestion

KINDS = ("alert", "chat", "cron", "webhook")
_ONLY_CRON = ("timezone", "on_missed")
_JUDGED = ("service", "environment")


def check(read: Source, parts: Parts) -> Iterator[Problem]:
    """Every mistake of the triggers that needs more than one key to be seen."""
    hooks = 0
    for path, trigger in _triggers(parts):
        hooks += trigger.webhook is not None
        if trigger.webhook is not None and hooks > 1:
            what = "A runbook has one `webhook`: its address is the runbook's name."
            yield read.problem((*path, "webhook"), what, "Take this one out.")
        yield from _shape(read, path, trigger)
        yield from _told(read, path, trigger, parts)


def _triggers(parts: Parts) -> Iterator[tuple[Path, Trigger]]:
    written = parts.data.get("triggers")
    for index, one in enumerate(written if isinstance(written, list) else []):
        try:
            yield ("triggers", index), Trigger.model_validate(one)
        except ValidationError:
            continue  # told where the file is judged as a whole


def _shape(read: Source, path: Path, trigger: Trigger) -> Iterator[Problem]:
    says = [kind for kind in KINDS if getattr(trigger, kind)]
    if len(says) != 1:
        listed = " and ".join(f"`{kind}`" for kind in says) or "nothing"
        mend = "It says exactly one of `cron`, `webhook`, `alert` and `chat`."
        yield read.problem(path, f"This trigger waits for {listed}.", mend)
    for key in _ONLY_CRON:
        if key in trigger.model_fields_set and not trigger.cron:
            yield read.problem((*path, key), f"`{key}` is for a `cron`, and there is none.", "Take it out.")
    if trigger.chat and (trigger.params or trigger.channel):
        what = "Who says it says the rest too, and where: `chat` has no `params` and no `channel`."
        yield read.problem((*path, "chat"), what, "Take them out.")
    if trigger.webhook is not None:
        yield from _hook(read, (*path, "webhook"), trigger.webhook)


def _hook(read: Source, path: Path, hook: Hook) -> Iterator[Problem]:
    if len(hook.secrets) != 1:
        what = f"This call proves itself in {len(hook.secrets) or 'no'} way{'s'[: len(hook.secrets) != 1]}."
        mend = "Name exactly one secret of wardroom.yaml: as `token`, `signature` or `hmac`."
        yield read.problem(path, what, mend)
    if hook.key and not expressions.has_expression(hook.key):
        what = "This `key` is the same for every call, so only the first would ever count."
        yield read.problem((*path, "key"), what, "Fill it from the body, as in ${{ body.id }}.")


def _told(read: Source, path: Path, trigger: Trigger, parts: Parts) -> Iterator[Problem]:
    for name, value in trigger.params.items():
        param, where = parts.params.get(name), (*path, "params", name)
        if name not in parts.params:
            yield read.problem(where, f"There is no parameter `{name}`.", suggestion(name, parts.params))
        elif param is not None and param.type not in _JUDGED and not expressions.has_expression(value):
            try:
                value_of(param, name, value, Names({}, {}))
            except Invalid as error:
                yield read.problem(where, error.what, error.mend)
    for name, param in () if trigger.chat else parts.params.items():
        if param is not None and param.required and param.default is None and name not in trigger.params:
            what = f"Nobody is there to be asked for `{name}`, which the runbook must be told."
            yield read.problem(path, what, f"Add `{name}: …` to its `params`.")


def unknown(
    files: Collection[File],
    books: Mapping[str, Runbook],
    channels: Collection[str],
    secrets: Collection[str],
) -> list[Problem]:
    """Every channel and secret of a trigger in these files that the configuration does not have.

    And runs of others by a trigger that their files leave to certain people: there is nobody whose right it would be.
    """
    found: list[Problem] = []
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "triggers" not in text:
            continue
        read = source.load(text, str(file))
        book = books.get(str(read.get(("name",))))
        for index, trigger in enumerate(book.triggers if book else ()):
            path = ("triggers", index)
            if trigger.channel and trigger.channel not in channels:
                found.append(read.unknown((*path, "channel"), "channel", trigger.channel, channels))
            for way, name in trigger.webhook.secrets.items() if trigger.webhook else ():
                if name not in secrets:
                    found.append(read.unknown((*path, "webhook", way), "secret", name, secrets))
        if book is not None and any(not trigger.chat for trigger in book.triggers):
            found += _left_to_people(read, book, books)
    return found


def _left_to_people(read: Source, book: Runbook, books: Mapping[str, Any]) -> Iterator[Problem]:
    for index, step in enumerate(book.steps):
        called = books.get(step.runbook.name) if step.runbook else None
        if called is not None and (called.run.roles or called.run.teams):
            what = f"`{book.name}` starts by itself, and `{called.name}` is run only by people whom its file names."
            mend = f"Take the triggers out of `{book.name}`, or `run` out of `{called.name}`."
            yield read.problem(("steps", index, "runbook"), what, mend)
