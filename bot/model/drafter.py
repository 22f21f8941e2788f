"""Writes drafts of runbooks through the language model, and saves them as files: what drafts wait for, one by one.

A draft is a row. One that a process took and never ended is taken by another one when its lease is over.
"""

import asyncio
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from typing_extensions import override

from bot.model.llm import Llm
from bot.workers import Worker
from core.conversation.drafting import prompt, records, units
from core.conversation.drafting.check import Bench, read_draft, text_of
from core.conversation.drafting.draft import Draft, State, file_text
from core.errors import ConfigError, Conflict, Problem, TooMany, Unavailable
from core.people.person import Person
from core.runbooks import records as runs
from core.runbooks.definition import Runbook
from core.store.engine import Store, Unit
from core.text import one_line
from core.world import World

log = structlog.get_logger("wardroom.drafts")
_SPARE = timedelta(seconds=30)
_MODE = 0o644
_CANNOT = "cannot:"


class Drafter(Worker):
    """One of several that share the work. Without an `llm` it saves what was drafted before."""

    def __init__(self, store: Store, world: World, bench: Bench, llm: Llm | None) -> None:
        super().__init__(store, units.TOPIC)
        self._world = world
        self._bench = bench
        self._llm = llm
        self._lease = 2 * world.llm.timeout + _SPARE

    @override
    async def work(self) -> bool:
        """Do the next thing that waits; False if nothing does."""
        draft = await self._store.transact(units.claim, self._lease)
        if draft is None:
            return False
        try:
            await (self._write(draft) if draft.state is State.WRITING else self._save(draft))
        except Conflict:
            pass  # taken over or discarded meanwhile: what came of it is nobody's business any more
        except BaseException:
            await self._store.transact(units.give_back, draft)
            raise
        return True

    async def _write(self, draft: Draft) -> None:
        person = self._world.people.get(draft.by)
        if self._llm is None or person is None:
            gone = "A language model is not configured" if person else "Whoever asked is not known"
            await self._store.transact(units.refused, draft, [f"{gone} any more."])
            return
        model = self._llm.name
        try:
            text, book, problems = await self._asked(self._llm, draft.wish, person)
        except (TooMany, Unavailable) as error:
            await self._store.transact(units.refused, draft, [error.sentence()], "", model)
            return
        if book is None:
            await self._store.transact(units.refused, draft, problems, text, model)
            return
        await self._store.transact(units.written, draft, text, book, model)
        log.info("drafted", draft=draft.id, runbook=book.name, steps=len(book.steps))

    async def _asked(self, llm: Llm, wish: str, person: Person) -> tuple[str, Runbook | None, list[str]]:
        """What the model wrote, and the runbook that it means, or what is wrong with it; asked once more for the latter."""
        asked = prompt.first(wish, person, self._bench, llm.config.answer)
        text, problems = "", list[Problem]()
        for _ in range(2):
            text = text_of((await llm.say(person.id, asked)).text)
            if text.lower().startswith(_CANNOT):
                why = one_line(text[len(_CANNOT) :], 300)
                return "", None, [f"The model says that it cannot: “{why}”"]
            try:
                return text, read_draft(text, person, self._bench), []
            except ConfigError as error:
                problems = error.problems
                asked = prompt.again(wish, text, problems, asked)
        return text, None, [one_line(str(problem), 300) for problem in problems[:20]]

    async def _save(self, draft: Draft) -> None:
        folder = self._world.drafts.folder
        saver = self._world.people.get(draft.saved_by)
        body = file_text(
            draft, saver.name if saver else draft.saved_by, await self._store.read(_agreed, draft)
        )
        if folder is None:
            fault, path = "no folder is configured: name one under `runbooks` or as `drafts.folder`", ""
        else:
            path, fault = await asyncio.to_thread(_put, Path(folder), draft.runbook.name, body)
        if fault:
            log.warning("draft not saved", draft=draft.id, why=fault)
        await self._store.transact(units.saved, draft, path, fault)

    @override
    async def due(self) -> datetime | None:
        """When the lease of the first one ends."""
        return await self._store.read(records.next_free)


def _agreed(unit: Unit, draft: Draft) -> str:
    """Whether others have agreed to this very draft, in words."""
    if draft.execution:
        run = runs.get(unit, draft.execution)
        if run.started_at is not None and run.request:
            return f"Others agreed to run it as {run.request}."
    return "Nobody has agreed to it."


def _put(folder: Path, name: str, body: str) -> tuple[str, str]:
    """Write a new file, whole or not at all, and never over another; its path, or why it could not be."""
    target = folder / f"{name}.yaml"
    if target.parent != folder:
        return "", "its name is no name of a file"
    if folder.exists() and not folder.is_dir():
        return "", f"{folder.name} is no folder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, spare = tempfile.mkstemp(prefix=".draft-", dir=folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(spare).chmod(_MODE)
            _link(Path(spare), target, body)
        finally:
            Path(spare).unlink()
    except FileExistsError:
        return "", f"there is a file {target.name} already"
    except OSError as error:
        return "", f"{target.name} cannot be written: {error.strerror or type(error).__name__}"
    return str(target), ""


def _link(spare: Path, target: Path, body: str) -> None:
    """Give the file its name, unless it has it: then this was done before, by a process that died.

    Raises:
        FileExistsError: something else has that name.
    """
    try:
        os.link(spare, target)
    except FileExistsError:
        if target.is_symlink() or target.read_text(encoding="utf-8", errors="replace") != body:
            raise
