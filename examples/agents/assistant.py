"""An assistant built with pydantic-ai, whose dangerous tool runs only after people have agreed to this very call.

Start `make run`, make a token (`wardroom token create --person rex --demo`), install `pydantic-ai-slim[openai]`, then:

    WARDROOM_TOKEN=wr_... OPENAI_API_KEY=... python examples/agents/assistant.py "Checkout is stuck, restart it"

The model asks for the tool; pydantic-ai defers the call; Wardroom asks people. Their yes lets the tool run once, with
the arguments that they saw or changed. Their no, or their silence, goes back to the model with the reason.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai import (
    Agent,
    DeferredToolRequests,
    DeferredToolResults,
    ModelRetry,
    RunContext,
    Tool,
    ToolApproved,
    ToolDenied,
)
from pydantic_ai.messages import ToolCallPart

from bot.client import AsyncWardroom, Changed, Decision, WardroomError

Answer = ToolApproved | ToolDenied


@dataclass
class People:
    """Asks people about calls of tools, and keeps what they said until the call runs.

    Args:
        wardroom: the house.
        ask: whom to ask besides those whom policies name.
    """

    wardroom: AsyncWardroom
    ask: list[dict[str, str]] = field(default_factory=list)
    decided: dict[str, Decision] = field(default_factory=dict)

    async def answer(self, call: ToolCallPart) -> Answer:
        """What people say to one call, however long that takes."""
        subject = {"tool": call.tool_name, "arguments": call.args_as_dict()}
        try:
            decision = await self.wardroom.approve(
                kind="tool",
                title=f"Let the assistant use {call.tool_name}",
                subject=subject,
                ask=self.ask,
            )
        except Changed as changed:
            decision = changed.decision
        except WardroomError as refused:
            return ToolDenied(f"Not allowed: {refused.words}")
        if not decision.is_approved:
            return ToolDenied(f"The answer is no ({decision.status.lower()}). {_why(decision)}".strip())
        self.decided[call.tool_call_id] = decision
        return ToolApproved(override_args=dict(decision.subject["arguments"]))

    async def run(
        self, call_id: str, arguments: Mapping[str, Any], work: Callable[[], Awaitable[str]]
    ) -> str:
        """Use the approval of a call, do the work once, and report what became of it.

        Raises:
            ModelRetry: the approval is of something else, was used, or has lapsed; nothing was done.
        """
        decision = self.decided.pop(call_id, None)
        if decision is None or dict(decision.subject["arguments"]) != dict(arguments):
            raise ModelRetry("Nobody has approved this call. Nothing was done.")
        try:
            execution = await self.wardroom.claim(decision)
        except WardroomError as refused:
            raise ModelRetry(f"{refused.words} Nothing was done.") from refused
        try:
            result = await work()
        except Exception as error:
            await self.wardroom.report(decision, execution, "failed", repr(error))
            raise
        await self.wardroom.report(decision, execution, "executed", result)
        return result


def assistant(model: Any, restart: Callable[[str], Awaitable[str]]) -> Agent[People, Any]:
    """An assistant that can look by itself, and restarts things only with people's leave."""

    async def restart_service(ctx: RunContext[People], service: str) -> str:
        """Restart a service. It interrupts whoever uses it, so people decide on it first."""
        call_id = ctx.tool_call_id or ""
        return await ctx.deps.run(call_id, {"service": service}, lambda: restart(service))

    return Agent(
        model,
        deps_type=People,
        output_type=[str, DeferredToolRequests],
        instructions="Help with services. If people refuse something, say so, and do not try it in another way.",
        tools=[Tool(restart_service, requires_approval=True)],
    )


async def converse(agent: Agent[People, Any], people: People, prompt: str) -> str:
    """What the assistant says in the end; several calls are asked about at the same time."""
    result = await agent.run(prompt, deps=people)
    while isinstance(result.output, DeferredToolRequests):
        calls = result.output.approvals
        said = await asyncio.gather(*(people.answer(call) for call in calls))
        answers = DeferredToolResults(
            approvals=dict(zip((call.tool_call_id for call in calls), said, strict=True))
        )
        result = await agent.run(
            message_history=result.all_messages(), deferred_tool_results=answers, deps=people
        )
    return str(result.output)


def _why(decision: Decision) -> str:
    """The reasons of those who said no, as their own words."""
    votes = decision.request.get("decisions", [])
    return " ".join(f"{vote['name']} wrote: “{vote['reason']}”." for vote in votes if vote["reason"])


async def main() -> None:
    """One conversation from the command line; the restart is only a pretence."""

    async def restart(service: str) -> str:
        return f"{service} was restarted (not really)"

    address = os.environ.get("WARDROOM_URL", "http://127.0.0.1:8080")
    async with AsyncWardroom(address, os.environ["WARDROOM_TOKEN"]) as wardroom:
        people = People(wardroom, [{"role": "sre"}])
        agent = assistant(os.environ.get("MODEL", "openai:gpt-5-mini"), restart)
        sys.stdout.write(await converse(agent, people, " ".join(sys.argv[1:])) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
