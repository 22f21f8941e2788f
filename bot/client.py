"""For programs that ask people: `from bot.client import Wardroom, AsyncWardroom`. Imports nothing else of Wardroom but `bot.wire`, `bot.hearing` and `bot.decisions`.

A question is asked under one key, so that asking again after a lost connection or a restart of either side is
the same question. Waiting is a request that the server answers with the next change, again and again.
"""

import asyncio
import functools
import secrets
import time
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, Self, TypeVar

from bot.decisions import Changed, Decision, NotApproved
from bot.hearing import heard, overheard
from bot.wire import WAIT, Ask, Calls, WardroomError, pause

__all__ = ["AsyncWardroom", "Changed", "Decision", "NotApproved", "Wardroom", "WardroomError"]

P = ParamSpec("P")
T = TypeVar("T")
_OPEN = frozenset({"PENDING"})


class Wardroom(Calls):
    """The interface for programs that wait where they stand.

    Args:
        url: where Wardroom is, such as `http://127.0.0.1:8080`.
        token: made by `wardroom token create`.
        patience: for how many tries in a row the server may be away before an error is raised.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def ask(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and return at once; `key` makes asking again the same question."""
        return _decision(self._call(_asking(question, key)))

    def wait(self, decision: Decision) -> Decision:
        """Wait until people, time or a policy have decided, however long that takes."""
        while decision.status in _OPEN:
            found = self._call(_waiting(decision))
            decision = _decision(found) if found else decision
        return decision

    def approve(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and wait for the end.

        Args:
            key: recognises the question when it is asked again.
            question: `kind`, `title`, `subject`, `reason` and what else the interface takes.

        Raises:
            Changed: people changed what was asked before they agreed; nothing of the old may be run.
            WardroomError: the server refuses the question; with code DENIED if a policy forbids it.
        """
        return _unchanged(self.wait(self.ask(key=key, **question)))

    def claim(self, decision: Decision, *, key: str = "", subject: Mapping[str, Any] | None = None) -> str:
        """Use an approval, once; the execution's id. A second claim is refused, also to whoever made the first.

        Args:
            decision: the approval.
            key: only where doing it twice does no harm, as at a venue that knows the order's id: the same key claims the
                same again, so that a program that was killed goes on.
            subject: how things are now, as far as they can have changed.

        Raises:
            Changed: people have changed it since, and `decision` is not the one that Changed carried.
            WardroomError: with the code ALREADY_CLAIMED, LAPSED, or STALE if something has moved too far.
        """
        return str(self._call(_claiming(decision, key, subject))["execution_id"])

    def report(self, decision: Decision, execution: str, outcome: str, detail: str = "") -> None:
        """Say what became of it: executed, failed or unknown."""
        self._call(_reporting(decision, execution, outcome, detail))

    def say(self, text: str, *, session: str = "", now: str = "") -> Mapping[str, Any]:
        """Say something in plain words, as the token's person, and get the answer.

        Args:
            text: what a person would say to the bot, such as "list incidents". What would change something is shown in
                `actions` and not done.
            session: the same for questions that belong together, so that "and in staging?" is understood.
            now: answer as of then, as 2026-03-01T09:00:00Z.

        Returns:
            `intent`, `confidence`, `entities`, `answer`, `query`, `actions`, `further` and what else the interface gives.
        """
        return self._call(_saying(text, session, now))

    def hear(self, text: str, *, session: str = "", now: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The same, while the answer comes: the name and the data of each event.

        `understood` comes once something was; `words` with a piece of the answer's `text`, as often as there are some;
        `answer` with what `say` returns, which counts; and `done`.

        Raises:
            WardroomError: it was refused, or the answer broke off.
        """
        return heard(self, _saying(text, session, now))

    def requires_approval(
        self, *, kind: str, title: str = "", **question: Any
    ) -> Callable[[Callable[P, T]], Callable[P, T]]:
        """Let a function run only once people have agreed to this very call, and tell them what became of it.

        The subject is the function's name with its arguments. A call that was not approved raises NotApproved, one
        that people changed raises Changed.
        """

        def decorate(function: Callable[P, T]) -> Callable[P, T]:
            @functools.wraps(function)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
                asked = _about(function, kind, title, question, args, kwargs)
                decision = self.approve(**asked)
                if not decision.is_approved:
                    raise NotApproved(decision)
                execution = self.claim(decision)
                try:
                    result = function(*args, **kwargs)
                except Exception as error:
                    self.report(decision, execution, "failed", repr(error))
                    raise
                self.report(decision, execution, "executed")
                return result

            return guarded

        return decorate

    def _call(self, ask: Ask) -> dict[str, Any]:
        attempt = 0
        while (found := self.found(*self.send(ask), attempt)) is None:
            time.sleep(pause(attempt))
            attempt += 1
        return found


class AsyncWardroom(Calls):
    """The same for programs that await; a question that waits holds a connection, and no thread.

    It connects by itself, so proxies of the environment are not used.
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held open."""

    async def ask(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and return at once."""
        return _decision(await self._call(_asking(question, key)))

    async def wait(self, decision: Decision) -> Decision:
        """Wait for the end."""
        while decision.status in _OPEN:
            found = await self._call(_waiting(decision))
            decision = _decision(found) if found else decision
        return decision

    async def approve(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and wait for the end; see Wardroom.approve, which says what Changed means."""
        return _unchanged(await self.wait(await self.ask(key=key, **question)))

    async def claim(
        self, decision: Decision, *, key: str = "", subject: Mapping[str, Any] | None = None
    ) -> str:
        """Use an approval, once; see Wardroom.claim."""
        return str((await self._call(_claiming(decision, key, subject)))["execution_id"])

    async def report(self, decision: Decision, execution: str, outcome: str, detail: str = "") -> None:
        """Say what became of it."""
        await self._call(_reporting(decision, execution, outcome, detail))

    async def say(self, text: str, *, session: str = "", now: str = "") -> Mapping[str, Any]:
        """Say something in plain words; see Wardroom.say."""
        return await self._call(_saying(text, session, now))

    def hear(
        self, text: str, *, session: str = "", now: str = ""
    ) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        """The answer while it comes; see Wardroom.hear."""
        return overheard(self, _saying(text, session, now))

    def requires_approval(
        self, *, kind: str, title: str = "", **question: Any
    ) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
        """The same decorator for functions that are awaited; see Wardroom.requires_approval."""

        def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
            @functools.wraps(function)
            async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
                decision = await self.approve(**_about(function, kind, title, question, args, kwargs))
                if not decision.is_approved:
                    raise NotApproved(decision)
                execution = await self.claim(decision)
                try:
                    result = await function(*args, **kwargs)
                except Exception as error:
                    await self.report(decision, execution, "failed", repr(error))
                    raise
                await self.report(decision, execution, "executed")
                return result

            return guarded

        return decorate

    async def _call(self, ask: Ask) -> dict[str, Any]:
        attempt = 0
        while (found := self.found(*await self.exchange(ask), attempt)) is None:
            await asyncio.sleep(pause(attempt))  # noqa: TID251 - a program's own loop; deadlines are the house's
            attempt += 1
        return found


def _asking(question: Mapping[str, Any], key: str) -> Ask:
    return Ask("POST", "/approvals", question, key or secrets.token_urlsafe(16))


def _saying(text: str, session: str, now: str) -> Ask:
    body = {"text": text, "session": session} | ({"now": now} if now else {})
    return Ask("POST", "/ask", body, secrets.token_urlsafe(16))


def _waiting(decision: Decision) -> Ask:
    path = f"/approvals/{urllib.parse.quote(decision.id)}?wait={WAIT:.0f}s"
    return Ask("GET", path, version=decision.request.get("version", 0))


def _claiming(decision: Decision, key: str, subject: Mapping[str, Any] | None) -> Ask:
    body = {"subject": dict(subject or {}), "digest": _unchanged(decision).request.get("digest", "")}
    path = f"/approvals/{urllib.parse.quote(decision.id)}/claim"
    return Ask("POST", path, body, key or secrets.token_urlsafe(16))


def _reporting(decision: Decision, execution: str, outcome: str, detail: str) -> Ask:
    body = {"execution_id": execution, "outcome": outcome, "detail": detail[:2_000]}
    return Ask("POST", f"/approvals/{urllib.parse.quote(decision.id)}/result", body, f"result-{execution}")


def _about(
    function: Callable[..., Any],
    kind: str,
    title: str,
    question: Mapping[str, Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> dict[str, Any]:
    name = getattr(function, "__name__", "a call")
    subject = {"function": name, "args": list(args), "kwargs": dict(kwargs)}
    return {"kind": kind, "title": title or f"Call {name}", "subject": subject, **question}


def _unchanged(decision: Decision) -> Decision:
    if decision.is_changed and decision.is_approved and not decision.knows_change:
        raise Changed(decision)
    return decision


def _decision(request: Mapping[str, Any]) -> Decision:
    return Decision(str(request["id"]), str(request["status"]), request)
