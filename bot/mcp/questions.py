"""The tools by which an assistant finds out who is on call, and says something in plain words."""

from typing import Any

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from bot.mcp.answer import DATA, Answer
from bot.mcp.desk import AnyContext, Desk, key_of
from bot.mcp.tool import Args, tool

# Which tool does what words would do; the rest is for people, in the chat.
_TOOLS = {
    "runbook.run": "run_runbook",
    "incident.declare": "declare_incident",
    **dict.fromkeys(
        ("incident.update", "incident.severity", "incident.ack", "incident.resolve"), "update_incident"
    ),
}


class Shift(Answer):
    """Who follows, from when until when."""

    name: str | None
    until: str | None
    begins: str | None = Field(default=None, alias="from")


class Watch(Answer):
    """Who is on call by one schedule."""

    schedule: str
    teams: list[str]
    person: str | None
    name: str | None = Field(description="Nobody, if it is null.")
    until: str | None
    next: Shift | None


class OnCall(Answer):
    """Who is on call."""

    items: list[Watch]


class TimeRange(Answer):
    """A stretch of time, its end excluded, and the words that name it."""

    start: str
    end: str
    text: str


class Entity(Answer):
    """Something that was named in the question."""

    name: str
    value: str | int | float | TimeRange = Field(description="A duration is in seconds.")


class Action(Answer):
    """What would have to be done, and by which tool. Nothing has been done."""

    intent: str
    tool: str = Field(description="The tool that does it; empty if only people can, in the chat.")
    arguments: dict[str, Any]
    command: str = Field(description="How a person says it in the chat.")


class Further(Answer):
    """Something else that was asked for, and is not answered here."""

    intent: str
    text: str = Field(description="Ask it by itself, in these words.")


class Reply(Answer):
    """An answer in words, and what was understood."""

    intent: str = Field(description="What was understood, such as incident.list; none if nothing was.")
    meaning: str | None = Field(
        description="What the words ask for, such as METRIC_QUERY, where they were weighed."
    )
    confidence: float = Field(description="How sure that is, from 0 to 1.")
    entities: list[Entity]
    answer: str = Field(description=f"The answer in words. {DATA}")
    actions: list[Action]
    further: list[Further] = Field(description="What else was asked for, and is not answered.")


class Team(Args):
    """For whom, and when."""

    team: str = Field(default="", max_length=64, description="Of which team or schedule; all if it is empty.")
    at: str = Field(
        default="", max_length=40, description="When, as 2026-03-01T09:00:00Z; now if it is empty."
    )


class Words(Args):
    """What is said to the bot."""

    text: str = Field(min_length=1, max_length=2_000, description="What a person would say to the bot.")
    session: str = Field(
        default="", max_length=64, description="The same for questions that belong together."
    )
    now: str = Field(default="", max_length=40, description="Answer as of then, as 2026-03-01T09:00:00Z.")


class Questions:
    """The two tools."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """Each with what it takes, gives and is."""
        return [
            tool(self.who_is_on_call, Team, OnCall, "looks"),
            tool(self.ask, Words, Reply, "looks"),
        ]

    async def who_is_on_call(self, ctx: AnyContext, args: Team) -> OnCall:
        """Say who is on call for a team, until when, and who follows.

        Use it before you tell somebody whom to call.
        """
        return OnCall.model_validate(await self._desk.get(ctx, "/oncall", args.model_dump()))

    async def ask(self, ctx: AnyContext, args: Words) -> Reply:
        """Say something to the bot in plain words, as your person.

        Such as "list incidents", "what is running", "status of RUN-3", "who is on call for platform", "help". It
        answers what only looks. What would change something is shown and NOT done: `actions` name the tool that does
        it. What else was asked for stands in `further`. If nothing was understood, `intent` is none, and the answer
        says how it is said.
        """
        body = args.model_dump()
        told = await self._desk.send(ctx, "/ask", body, key_of("ask", "", body))
        for action in told["actions"]:
            action["tool"] = _TOOLS.get(action["intent"], "")
        return Reply.model_validate(told)
