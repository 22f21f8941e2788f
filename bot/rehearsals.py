"""The worker that tries plans without effect, and what one try of a step may take."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog
from pydantic import ValidationError
from typing_extensions import override

from bot.workers import Worker
from core.clock import Clock
from core.errors import Invalid
from core.runbooks import expressions, secrecy
from core.runbooks.action import ActionFailed, ActionSpec, AnyAction, Context, Rehearses
from core.runbooks.outcome import mistakes
from core.runbooks.plan import Plan
from core.runbooks.rehearsing import units
from core.runbooks.rehearsing.rehearsal import TEXT, Part, parts_of
from core.runbooks.secrecy import Hider
from core.store.engine import Store
from core.text import clean, cut
from core.world import World
from handlers.runbooks import rehearsals

log = structlog.get_logger("wardroom.rehearsals")
LIMIT = timedelta(seconds=30)
_GRACE = 12.0
_AT_ONCE = 4


async def rehearse(
    plan: Plan, actions: Mapping[str, AnyAction], secret_values: Mapping[str, str], clock: Clock
) -> dict[str, str]:
    """What each step that can say it would do, by step; what cannot be tried says why. At most 30 s a step."""
    specs: dict[str, ActionSpec] = {name: action.spec for name, action in actions.items()}
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(part: Part) -> str:
        async with room:
            return await _said(part, actions, secret_values, clock)

    parts = parts_of(plan, specs)
    said = await asyncio.gather(*(one(part) for part in parts))
    return {part.id: text for part, text in zip(parts, said, strict=True)}


async def _said(
    part: Part, actions: Mapping[str, AnyAction], secret_values: Mapping[str, str], clock: Clock
) -> str:
    node, hider = part.node, Hider()
    action: object = actions[node.action]
    if not isinstance(action, Rehearses):
        return f"{node.action} cannot be tried."
    if any("steps." in text for _, text in expressions.texts(node.arguments)):
        return "What it would do hangs on what earlier steps give, so it cannot be tried before."
    try:
        told = secrecy.pick(secret_values, secrecy.read(node.arguments))
        hider.learn(told.values())
        values = {**part.values, "secrets": told}
        given = expressions.fill_arguments(node.arguments, values, action.spec.queries)
        args = action.spec.args.model_validate(given)
        text = await _within_time(action, args, clock)
    except (Invalid, ValidationError) as error:
        text = f"It could not be tried: {mistakes(error)}"
    except ActionFailed as failed:
        text = "\n".join(filter(None, (f"It could not be tried: {failed.why}", failed.log)))
    except Exception as error:
        log.exception("a dry run broke", action=node.action)
        text = f"It could not be tried: {type(error).__name__}: {error}"
    return cut(clean(hider.text(text)), TEXT) or "It says nothing."


async def _within_time(action: Rehearses, args: object, clock: Clock) -> str:
    stop = asyncio.Event()
    context = Context(
        execution="",
        step="",
        key="dry-run",
        attempt=1,
        deadline=clock.now() + LIMIT,
        stop=stop,
    )
    task = asyncio.ensure_future(action.dry_run(args, context))
    try:
        done, _ = await asyncio.wait({task}, timeout=LIMIT.total_seconds())
        if done:
            return task.result()
        stop.set()
        await asyncio.wait({task}, timeout=_GRACE)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    raise ActionFailed(f"it took longer than {LIMIT.total_seconds():g} s and was stopped.")


class Rehearsals(Worker):
    """Tries what is wished for until it is stopped. One process of several, the leader, tries for all."""

    def __init__(
        self,
        store: Store,
        world: World,
        actions: Mapping[str, AnyAction],
        secret_values: Mapping[str, str],
    ) -> None:
        super().__init__(store, units.TOPIC)
        self._world = world
        self._actions = actions
        self._secrets = secret_values
        self.leader = True

    @override
    async def work(self) -> bool:
        """Try the next one that waits; False if none does."""
        one = await self._store.read(units.next_one) if self.leader else None
        if one is None:
            return False
        plan = Plan.model_validate(one.plan)
        texts = await rehearse(plan, self._actions, self._secrets, self._store.clock)
        await self._store.transact(rehearsals.finish, one, texts)
        return True
