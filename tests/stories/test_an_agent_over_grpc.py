"""An agent asks over gRPC, people answer in the chat, the agent hears of it and uses it, and the card tells the end."""

import asyncio
import re
from pathlib import Path
from typing import Any

from bot.grpc import oversight_pb2 as pb
from tests.bot.grpc.house import World, here, serving
from tests.house import ROOT
from tests.stories.seats import seats


async def _deploy(world: World, token: str) -> str:
    """What docs/how-to/grpc.md shows."""
    page = (ROOT / "docs" / "how-to" / "grpc.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"^```python\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(compile(snippet, "grpc.md", "exec"), names)  # noqa: S102 - it is ours
    server = world.house.parts.grpc
    assert server is not None
    return str(await names["deploy"](server.address, token))


async def test_an_agent_asks_people_approve_in_the_chat_and_the_card_shows_what_came_of_it(
    tmp_path: Path,
) -> None:
    async with serving(here(tmp_path)) as world, seats(world.house.url, "ana") as (ana,):
        agent = asyncio.create_task(_deploy(world, await world.secret("rex")))
        card = await ana.sees("Deploy checkout 1.4.2", "Votes: ")
        await ana.presses(card, "Approve")
        execution = await asyncio.wait_for(agent, 20)
        assert execution.startswith("ex_")
        await ana.sees("Approved and done: Deploy checkout 1.4.2")
        rex = await world.program("rex")
        told = await rex.call("GetRequest", pb.GetRequestRequest(id="AP-1"))
        assert (pb.STATUS_EXECUTED, execution) == (told.status, told.execution.execution_id)


async def test_an_agent_that_is_refused_does_nothing(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world, seats(world.house.url, "ana", "bo") as people:
        agent = asyncio.create_task(_deploy(world, await world.secret("rex")))
        for one in people:
            card = await one.sees("Deploy checkout 1.4.2", "Votes: ")
            answer = await one.presses(card, "Reject")
            await one.fills(answer, {"reason": "not on a Friday"}, card)
        assert "not approved: REJECTED" == await asyncio.wait_for(agent, 20)
