"""The tools by which an assistant looks at what a run asks people, and answers it in the name of its user."""

from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from bot.mcp.answer import DATA, Answer
from bot.mcp.desk import AnyContext, Desk, key_of
from bot.mcp.rest import segment
from bot.mcp.tool import Args, tool


class Item(Answer):
    """One thing that has to be told."""

    name: str
    label: str
    type: str
    choices: list[str] = Field(default_factory=list)
    required: bool


class Said(Answer):
    """What somebody answered."""

    by: str
    name: str
    values: dict[str, Any] = Field(description=DATA)


class Question(Answer):
    """What a step of a run asks people."""

    next: str = Field(description="What to do now.")
    id: str
    execution: str
    step: str
    state: str
    text: str
    items: list[Item]
    people: list[str] = Field(description="Who may answer.")
    answers_needed: int
    until: str
    answers: list[Said]


class Which(Args):
    """Which question."""

    id: str = Field(
        max_length=24,
        pattern="^[Aa][Ss][Kk]-[1-9][0-9]*$",
        description="As in ASK-12; a step that waits for one names it as its `detail`.",
    )


class Reply(Which):
    """The answer to a question."""

    values: dict[str, str | int | float] = Field(
        min_length=1, max_length=5, description="By the names of its `items`."
    )


class Asked:
    """Both tools."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """Each with what it takes, gives and is."""
        return [
            tool(self.get_question, Which, Question, "looks"),
            tool(self.answer_question, Reply, Question, "changes"),
        ]

    async def get_question(self, ctx: AnyContext, args: Which) -> Question:
        """Look at what a step of a run asks people: what is to be told, by whom, until when, what was answered."""
        return _question(await self._desk.get(ctx, f"/questions/{segment(args.id.upper())}"))

    async def answer_question(self, ctx: AnyContext, args: Reply) -> Question:
        """Answer what a step of a run asks, in the name of your user; the run goes on with it.

        Answer only what your user has told you for this question, never what you suppose.
        """
        path = f"/questions/{segment(args.id.upper())}/answer"
        content = args.model_dump(mode="json")
        return _question(
            await self._desk.send(ctx, path, {"values": args.values}, key_of("answer_question", "", content))
        )


def _question(told: Mapping[str, Any]) -> Question:
    left = told["answers_needed"] - len(told["answers"])
    hint = {
        "OPEN": f"{left} more {'answer is' if left == 1 else 'answers are'} wanted. Ask your user, if they are one of `people`.",
        "ANSWERED": "It is answered, and the run goes on: call get_execution.",
    }.get(told["state"], "It is not asked any more: call get_execution to see what became of the run.")
    return Question.model_validate({**told, "next": hint})
