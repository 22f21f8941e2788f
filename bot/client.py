"""For programs that ask people: `from bot.client import Wardroom, AsyncWardroom`. Imports nothing else of Wardroom.

A question is asked under one key, so that asking again after a lost connection or a restart of either side is
the same question. Waiting is a request that the server answers with the next change, again and again.
"""

import asyncio
import functools
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, Self, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_OPEN = frozenset({"PENDING"})
_RETRIED = frozenset({429, 500, 502, 503, 504})
_WAIT = 30.0
_LONGEST_PAUSE = 15.0


class WardroomError(Exception):
    """What the server refused: `status`, the stable `code`, and words for people."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.status, self.code, self.words = status, code, words


class NotApproved(WardroomError):
    """People, time or a policy said no; `decision` has how it ended."""

    def __init__(self, decision: "Decision") -> None:
        final = decision.request.get("final") or {}
        reason = final.get("reason") or final.get("code") or decision.status
        super().__init__(409, decision.status, f"{decision.id} is {decision.status.lower()}: {reason}")
        self.decision = decision


class Changed(WardroomError):
    """People agreed to something else than what was asked: `decision.subject`. Nothing was claimed.

    Whoever catches this does what that subject says, and claims with this `decision`; or lets the approval lapse.
    """

    def __init__(self, decision: "Decision") -> None:
        amended = decision.request["amended"]
        parts = ", ".join(f"{one['path']}: {one['before']} -> {one['after']}" for one in amended["changes"])
        super().__init__(409, "CHANGED", f"{decision.id} was changed by {amended['name']}: {parts}")
        self.decision = replace(decision, knows_change=True)


@dataclass(frozen=True)
class Decision:
    """How a question ended. `request` is all the server says; `knows_change`: the caller was told (see Changed)."""

    id: str
    status: str
    request: Mapping[str, Any]
    knows_change: bool = False

    @property
    def is_approved(self) -> bool:
        """It may be done now."""
        return self.status in ("APPROVED", "EXECUTING", "EXECUTED")

    @property
    def subject(self) -> Mapping[str, Any]:
        """What people decided on."""
        return cast("Mapping[str, Any]", self.request.get("subject") or {})

    @property
    def is_changed(self) -> bool:
        """People decided on something else than what was asked at first."""
        return bool(self.request.get("amended"))


class Wardroom:
    """The interface for programs that wait where they stand.

    Args:
        url: where Wardroom is, such as `http://127.0.0.1:8080`.
        token: made by `wardroom token create`.
        patience: for how many tries in a row the server may be away before an error is raised.
    """

    def __init__(self, url: str, token: str, *, patience: int = 20) -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._token = token
        self._patience = patience

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def ask(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and return at once; `key` makes asking again the same question."""
        return _decision(self._call("POST", "/approvals", question, key=key or secrets.token_urlsafe(16)))

    def wait(self, decision: Decision) -> Decision:
        """Wait until people, time or a policy have decided, however long that takes."""
        while decision.status in _OPEN:
            version = decision.request.get("version", 0)
            path = f"/approvals/{urllib.parse.quote(decision.id)}?wait={_WAIT:.0f}s"
            found = self._call("GET", path, version=version)
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
        """Use an approval, once; the execution's id. The same key claims the same.

        `subject` says how things are now, as far as they can have changed. What has moved too far since it was
        approved raises WardroomError with the code STALE. What people have changed since raises Changed, unless
        `decision` is the one that Changed carried.
        """
        path = f"/approvals/{urllib.parse.quote(decision.id)}/claim"
        body = {"subject": dict(subject or {}), "digest": _unchanged(decision).request.get("digest", "")}
        return str(self._call("POST", path, body, key=key or f"claim-{decision.id}")["execution_id"])

    def report(self, decision: Decision, execution: str, outcome: str, detail: str = "") -> None:
        """Say what became of it: executed, failed or unknown."""
        body = {"execution_id": execution, "outcome": outcome, "detail": detail[:2_000]}
        path = f"/approvals/{urllib.parse.quote(decision.id)}/result"
        self._call("POST", path, body, key=f"result-{execution}")

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

    def _call(
        self, method: str, path: str, body: Any = None, *, key: str = "", version: int | None = None
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body, default=str).encode()
        headers = _headers(self._token, key, version)
        for attempt in range(self._patience + 1):
            asked = urllib.request.Request(self._base + path, data, headers, method=method)  # noqa: S310 - given by the caller
            try:
                with urllib.request.urlopen(asked, timeout=_WAIT + 15) as answer:  # noqa: S310
                    return cast("dict[str, Any]", json.loads(answer.read()))
            except urllib.error.HTTPError as error:
                status, said = error.code, error.read()
                if status == 304:  # noqa: PLR2004 - nothing has changed
                    return {}
                if status not in _RETRIED or attempt == self._patience:
                    raise _refused(status, said) from None
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                if attempt == self._patience:
                    raise WardroomError(0, "UNREACHABLE", f"Wardroom does not answer: {error}") from None
            time.sleep(_pause(attempt))
        raise AssertionError("unreachable")


class AsyncWardroom:
    """The same for programs that await: each call is made in a thread, so nothing else is needed to use it."""

    def __init__(self, url: str, token: str, *, patience: int = 20) -> None:
        self._sync = Wardroom(url, token, patience=patience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held open."""

    async def ask(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and return at once."""
        return await asyncio.to_thread(self._sync.ask, key=key, **question)

    async def wait(self, decision: Decision) -> Decision:
        """Wait for the end."""
        return await asyncio.to_thread(self._sync.wait, decision)

    async def approve(self, *, key: str = "", **question: Any) -> Decision:
        """Ask, and wait for the end; see Wardroom.approve, which says what Changed means."""
        return await asyncio.to_thread(self._sync.approve, key=key, **question)

    async def claim(
        self, decision: Decision, *, key: str = "", subject: Mapping[str, Any] | None = None
    ) -> str:
        """Use an approval, once; see Wardroom.claim."""
        return await asyncio.to_thread(self._sync.claim, decision, key=key, subject=subject)

    async def report(self, decision: Decision, execution: str, outcome: str, detail: str = "") -> None:
        """Say what became of it."""
        await asyncio.to_thread(self._sync.report, decision, execution, outcome, detail)

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


def _headers(token: str, key: str, version: int | None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    if version is not None:
        headers["If-None-Match"] = f'"{version}"'
    return headers


def _refused(status: int, said: bytes) -> WardroomError:
    try:
        told = json.loads(said)
    except ValueError:
        return WardroomError(status, "UNKNOWN", said[:200].decode(errors="replace"))
    return WardroomError(status, str(told.get("code", "UNKNOWN")), str(told.get("detail", "")))


def _pause(attempt: int) -> float:
    longest: float = min(_LONGEST_PAUSE, 0.2 * 2**attempt)
    return longest * (0.7 + 0.3 * secrets.randbelow(1000) / 1000)
