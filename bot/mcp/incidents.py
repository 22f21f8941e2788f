"""The tools by which an assistant declares an incident, tells how it goes, and looks at it."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver.tools import Tool
from pydantic import Field

from bot.mcp.answer import DATA, Answer, Key
from bot.mcp.desk import AnyContext, Desk, key_of
from bot.mcp.rest import segment
from bot.mcp.tool import Args, tool
from core.incidents.triage.category import CATEGORIES

_LINES = 50
_GRADES = "1 is the worst, 5 the mildest."
_SERVICE = "The service that is hit, by its name in the catalogue."

Id = Annotated[
    str, Field(pattern=r"^[Ii][Nn][Cc]-[0-9]{1,12}$", description="Of the incident, such as INC-3.")
]


class Line(Answer):
    """A line of an incident's timeline."""

    at: str
    kind: str
    author: str
    text: str = Field(description=DATA)


class Incident(Answer):
    """A disturbance that people work on."""

    id: str
    title: str = Field(description=DATA)
    severity: int = Field(description="1 is the worst, 5 the mildest.")
    state: str
    service: str
    category: str = Field(description="As people set it; triage_incident tells what it is likely to be.")
    declared_name: str
    lead_name: str = Field(description="Who leads it; empty while nobody does.")
    comms_name: str = Field(description="Who tells others outside how it goes.")
    scribe_name: str = Field(description="Who keeps the notes.")
    team: str
    update: str = Field(description=f"The newest of it. {DATA}")
    cause: str
    created: str
    resolved: str | None
    not_paged: str = Field(
        default="",
        description="Why nobody is paged although it is grave, and what pages somebody: tell a person.",
    )
    timeline: list[Line] = Field(
        default_factory=list, description="The newest lines; only get_incident gives them."
    )


class Declare(Args):
    """What is wrong."""

    title: str = Field(min_length=1, max_length=200, description="What is wrong, in one line.")
    severity: int | None = Field(
        default=None, ge=1, le=5, description=f"{_GRADES} Left out: what the title says, or else 3."
    )
    service: str = Field(default="", max_length=64, description=_SERVICE)
    text: str = Field(default="", max_length=4_000, description="What you saw, with figures.")
    test: bool = Field(default=False, description="A drill: announced to nobody.")
    new: bool = Field(default=False, description="It is another one than what is open for the service.")
    key: Key = ""


class Change(Args):
    """What is new; what is left out stays as it is."""

    id: Id
    text: str = Field(default="", max_length=4_000, description="What is new, for everybody.")
    state: Literal["acknowledged", "mitigating", "monitoring", "resolved"] | None = None
    severity: int | None = Field(default=None, ge=1, le=5, description=_GRADES)
    service: str = Field(default="", max_length=64, description=_SERVICE)
    category: str = Field(
        default="", max_length=40, description=f"Which sort of disturbance it is: {', '.join(CATEGORIES)}."
    )
    cause: str = Field(default="", max_length=4_000, description="Why it happened; with state resolved.")
    anyway: str = Field(
        default="",
        max_length=600,
        description="Why it is over although its alerts or checks say otherwise. Only what a person told you.",
    )


class Which(Args):
    """Which incident."""

    id: Id


class For(Args):
    """Which incident, and for whom it is told."""

    id: Id
    audience: Literal["responders", "managers", "public"] = "responders"


class Told(Answer):
    """An incident in words."""

    incident: str
    audience: str
    text: str = Field(description=DATA)


class Cause(Answer):
    """A possible cause, with its evidence and what people say of it."""

    key: str
    text: str = Field(description=DATA)
    evidence: str = Field(description=DATA)
    weight: int = Field(description="0 to 100: how likely it is by what is known.")
    verdict: Literal["suspected", "confirmed", "ruled out"]
    by: str
    why: str = Field(description=DATA)


class Triage(Answer):
    """What an incident is likely to be, each part with why."""

    incident: str
    category: str
    category_why: str = Field(description=DATA)
    upstream: list[str] = Field(description="The services that its own depends on, the nearest first.")
    downstream: list[str] = Field(description="The services that depend on its own.")
    users: int
    team: str
    team_why: str
    hypotheses: list[Cause]


class Incidents:
    """The tools, each a call of the interface."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tools(self) -> list[Tool]:
        """Each with what it takes, gives and is."""
        return [
            tool(self.declare_incident, Declare, Incident, "changes"),
            tool(self.update_incident, Change, Incident, "changes", same=False),
            tool(self.get_incident, Which, Incident, "looks"),
            tool(self.triage_incident, Which, Triage, "looks"),
            tool(self.summarise_incident, For, Told, "looks"),
        ]

    async def declare_incident(self, ctx: AnyContext, args: Declare) -> Incident:
        """Declare an incident: something is broken now, and people have to come together.

        They are alerted, so do it when users are hit or soon will be, not for a question. Where an incident is open for
        the same service, what you saw is added to that one, which is raised if yours is graver, and it is what you get. The same arguments again give the
        same incident, also when it is over by now: see `state`.
        """
        content = args.model_dump(mode="json", exclude={"key", "new"}) | {
            "or_same": not args.new and not args.test
        }
        key = key_of("declare_incident", args.key, content)
        return _incident(await self._desk.send(ctx, "/incidents", content, key))

    async def update_incident(self, ctx: AnyContext, args: Change) -> Incident:
        """Tell everybody what is new in an incident, and change its state, severity, service or category with it.

        Say what you know, and that you do not know what you do not. `state: resolved` ends it and needs a `cause`:
        only do that when a person told you so.
        """
        body = args.model_dump(mode="json", exclude={"id"})
        path = f"/incidents/{segment(args.id.upper())}"
        return _incident(await self._desk.send(ctx, path, body, "", method="PATCH"))

    async def get_incident(self, ctx: AnyContext, args: Which) -> Incident:
        """Look at an incident: its state, who leads it, the newest of it, and its timeline."""
        return _incident(await self._desk.get(ctx, f"/incidents/{segment(args.id.upper())}"))

    async def triage_incident(self, ctx: AnyContext, args: Which) -> Triage:
        """Look at what an incident is likely to be: category, what it reaches, whose it is, possible causes with evidence.

        It is judged by rules from facts. What is `suspected` is no finding: say so when you pass it on.
        """
        told = await self._desk.get(ctx, f"/incidents/{segment(args.id.upper())}/triage")
        return Triage.model_validate(told)

    async def summarise_incident(self, ctx: AnyContext, args: For) -> Told:
        """Get an incident in words, made of its state: for those who work on it, for managers, or for the public.

        Only the words for the `public` hold nothing internal. Pass them on as they are.
        """
        path = f"/incidents/{segment(args.id.upper())}/summary?audience={args.audience}"
        return Told.model_validate(await self._desk.get(ctx, path))


def _incident(told: dict[str, Any]) -> Incident:
    return Incident.model_validate({**told, "timeline": told.get("timeline", [])[-_LINES:]})
