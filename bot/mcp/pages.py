"""The tools by which an assistant calls people, and sees who has answered."""

from typing import Annotated, Literal

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from bot.mcp.answer import DATA, Answer, Key
from bot.mcp.desk import AnyContext, Desk, key_of
from bot.mcp.rest import segment
from bot.mcp.tool import Args, tool

Id = Annotated[str, Field(pattern=r"^[Pp][Gg]-[0-9]{1,12}$", description="Of the page, such as PG-3.")]


class Paged(Answer):
    """A call to people, which goes on until one of them answers."""

    id: str
    title: str = Field(description=DATA)
    urgency: str
    state: str = Field(description="calling: nobody has answered; taken: `owner` has it; over.")
    incident: str | None
    called: list[str] = Field(description="Who has been called so far, by their ids.")
    owner: str | None
    next: str | None = Field(description="When the next people are called if nobody answers.")
    unanswered: str | None = Field(description="Since when everybody has been called in vain.")


class Begin(Args):
    """Whom to call, and what about."""

    whom: str = Field(
        min_length=1, max_length=64, description="A person, team, schedule or escalation, by name."
    )
    title: str = Field(default="", max_length=200, description="What it is about, in one line.")
    incident: str = Field(default="", max_length=24, description="The incident it belongs to, such as INC-3.")
    urgency: Literal["high", "low"] = Field(default="high", description="low waits for people's quiet hours.")
    key: Key = ""


class Which(Args):
    """Which page."""

    id: Id


class Pages:
    """The two tools. Answering a page is for people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """Each with what it takes, gives and is."""
        return [
            tool(self.page_somebody, Begin, Paged, "changes"),
            tool(self.get_page, Which, Paged, "looks"),
        ]

    async def page_somebody(self, ctx: AnyContext, args: Begin) -> Paged:
        """Call people, by telephone too, until one of them answers. It may wake them, so do it only when it cannot wait.

        An incident of high severity has called whoever is on call already: look at it first. The same arguments again
        give the same page.
        """
        content = args.model_dump(mode="json", exclude={"key"})
        key = key_of("page_somebody", args.key, content)
        return Paged.model_validate(await self._desk.send(ctx, "/pages", content, key))

    async def get_page(self, ctx: AnyContext, args: Which) -> Paged:
        """Look at a page: who was called, who has it, what comes next."""
        return Paged.model_validate(await self._desk.get(ctx, f"/pages/{segment(args.id.upper())}"))
