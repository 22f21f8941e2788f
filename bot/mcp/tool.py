"""One tool: a model of its arguments, taken exactly, and refusals that are told with a code and how to mend it."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ConfigDict, ValidationError
from typing_extensions import override

from bot.mcp.answer import Answer
from bot.mcp.rest import Refused

_TOLD = 5
A = TypeVar("A", bound="Args")


class Args(ArgModelBase):
    """Arguments. Names that have no place are refused: an assistant must not believe that they counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OurTool(Tool):
    """A tool that says why not in words with a code in front, `DENIED: ...`, and the same in `_meta`."""

    @override
    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        """Run it.

        Raises:
            UnexpectedToolError: it broke; the log says how.
        """
        try:
            args = self.fn_metadata.arg_model.model_validate(self.fn_metadata.pre_parse_json(arguments))
        except ValidationError as wrong:
            return _no(400, "INVALID", _told(wrong))
        try:
            answer = await self.fn(context, args)
        except Refused as refused:
            return _no(refused.status, refused.code, refused.words)
        except Exception as error:
            raise UnexpectedToolError(f"{self.name} went wrong on my side; the log says why.") from error
        return self.fn_metadata.convert_result(answer) if convert_result else answer


def tool(
    run: Callable[[Context[Any, Any], A], Awaitable[Answer]],
    takes: type[A],
    gives: type[Answer],
    nature: Literal["looks", "changes", "destroys"],
    *,
    same: bool = True,
) -> Tool:
    """The tool that a function is; its name and docstring are what the assistant reads.

    Args:
        run: does it.
        takes: its arguments.
        gives: its answer.
        nature: whether it only looks, changes something, or may destroy something.
        same: whether calling it again with the same arguments has no further effect.
    """
    name = run.__name__
    hints = ToolAnnotations(
        title=name.replace("_", " ").capitalize(),
        read_only_hint=nature == "looks",
        destructive_hint=nature == "destroys",
        idempotent_hint=same,
        open_world_hint=False,
    )
    return OurTool(
        fn=run,
        name=name,
        title=hints.title,
        description=" ".join((run.__doc__ or "").split()),
        parameters=takes.model_json_schema(),
        fn_metadata=FuncMetadata(arg_model=takes, output_model=gives),
        is_async=True,
        annotations=hints,
    )


def _no(status: int, code: str, words: str) -> CallToolResult:
    told = TextContent(type="text", text=f"{code}: {words}")
    return CallToolResult(
        content=[told], is_error=True, meta={"wardroom/code": code, "wardroom/status": status}
    )


def _told(wrong: ValidationError) -> str:
    faults = wrong.errors(include_url=False, include_input=False, include_context=False)
    words = "; ".join(f"{'.'.join(map(str, one['loc']))[:60]}: {one['msg']}" for one in faults[:_TOLD])
    return f"The arguments cannot be used: {words}. The tool's schema says what it takes."
