"""The example assistant, against a running house, with a model that is a function: no network, no key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic_ai import ModelRetry
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from bot.client import AsyncWardroom, Decision
from core.approvals import records
from examples.agents.assistant import People, assistant, converse
from tests.bot.web.api.house import World, serving
from tests.bot.web.api.test_client import asked, decide


def model(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
    """Calls the tool once, then says what came of it."""
    told = [
        str(part.content)
        for message in messages
        for part in message.parts
        if isinstance(part, ToolReturnPart)
    ]
    if told:
        return ModelResponse(parts=[TextPart(told[-1])])
    return ModelResponse(parts=[ToolCallPart("restart_service", {"service": "checkout"}, "call-1")])


class Conversation:
    """One under way: what the tool did, and what the assistant says in the end."""

    def __init__(self, world: World, people: People, *, broken: bool = False) -> None:
        self.world, self.broken, self.done = world, broken, list[str]()
        agent = assistant(FunctionModel(model), self._restart)
        self.says = asyncio.create_task(converse(agent, people, "Checkout is stuck"))

    async def _restart(self, service: str) -> str:
        self.done.append(service)
        if self.broken:
            raise RuntimeError("it does not start")
        return f"{service} was restarted"

    async def ended(self, request: str) -> tuple[str, str]:
        stored = await self.world.house.store.read(records.get, request)
        return str(stored.status), stored.result or ""


@asynccontextmanager
async def talking(
    folder: Path, *, broken: bool = False, policy: str = ""
) -> AsyncIterator[tuple[World, Conversation]]:
    async with serving(folder, policy=policy) as world:
        wardroom = AsyncWardroom(world.house.url, (await world.program("rex")).secret)
        yield world, Conversation(world, People(wardroom, [{"role": "sre"}]), broken=broken)


async def test_the_tool_runs_once_after_people_agreed_and_they_hear_of_it(tmp_path: Path) -> None:
    async with talking(tmp_path) as (world, conversation):
        request = await asked(world)
        assert [] == conversation.done
        stored = await world.house.store.read(records.get, request)
        assert {"tool": "restart_service", "arguments": {"service": "checkout"}} == stored.subject
        await decide(world, request, "ana")
        assert "checkout was restarted" == await asyncio.wait_for(conversation.says, 15)
        assert ["checkout"] == conversation.done
        assert ("EXECUTED", "checkout was restarted") == await conversation.ended(request)


async def test_a_no_goes_back_to_the_model_with_its_reason(tmp_path: Path) -> None:
    async with talking(tmp_path) as (world, conversation):
        request = await asked(world)
        for who in ("ana", "bo"):
            if (await world.house.store.read(records.get, request)).is_pending:
                await decide(world, request, who, no=True)
        said = await asyncio.wait_for(conversation.says, 15)
        assert ("not today" in said, []) == (True, conversation.done)
        assert ("REJECTED", "") == await conversation.ended(request)


async def test_what_a_policy_denies_is_not_asked(tmp_path: Path) -> None:
    policy = "{name: no-tools, applies_to: tool, effect: deny, when: 'true', reason: Not on a Friday}"
    async with talking(tmp_path, policy=policy) as (_, conversation):
        said = await asyncio.wait_for(conversation.says, 15)
        assert ("Not on a Friday" in said, []) == (True, conversation.done)


async def test_it_does_what_people_changed_it_to(tmp_path: Path) -> None:
    policy = "{name: tools, applies_to: tool, when: 'true', ask: [{role: sre}], changes: [arguments.service]}"
    async with talking(tmp_path, policy=policy) as (world, conversation):
        request = await asked(world)
        bo = await world.program("bo")
        wish = {"subject": {"arguments": {"service": "payments"}}, "reason": "it is payments that hangs"}
        status, told = await bo.ask("PATCH", f"/approvals/{request}", wish, headers={"If-Match": '"1"'})
        assert 200 == status, told
        await decide(world, request, "ana")
        assert "payments was restarted" == await asyncio.wait_for(conversation.says, 15)
        assert ["payments"] == conversation.done


async def test_a_tool_that_breaks_is_reported(tmp_path: Path) -> None:
    async with talking(tmp_path, broken=True) as (world, conversation):
        request = await asked(world)
        await decide(world, request, "ana")
        (failed,) = await asyncio.gather(conversation.says, return_exceptions=True)
        assert "it does not start" in repr(failed)
        status, result = await conversation.ended(request)
        assert ("EXECUTION_FAILED", True) == (status, "it does not start" in result)


async def test_a_call_that_nobody_approved_or_with_other_arguments_does_nothing() -> None:
    people = People(AsyncWardroom("http://127.0.0.1:9", "wr_x", patience=0))
    people.decided["call-1"] = Decision("AP-1", "APPROVED", {"subject": {"arguments": {"service": "a"}}})
    for call_id, service in (("call-2", "a"), ("call-1", "b")):
        with pytest.raises(ModelRetry, match="Nobody has approved this call"):
            await people.run(call_id, {"service": service}, work=lambda: asyncio.sleep(0, "done"))
