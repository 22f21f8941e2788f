"""The action `chat.post`: words in a thread or a channel, exactly once."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.notify.channel import Channel
from core.notify.routing import usual
from core.runbooks.action import ActionFailed, ActionSpec, Context, Say
from core.source import suggestion
from core.text import cut

_LONGEST = 8_000


class PostArgs(BaseModel):
    """What to say, and where: a channel's name, or nothing for the thread where the run was asked for.

    A run that a program asked for has no thread; what it says goes where questions of programs are shown, to the
    first channel with a chat.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    text: str = Field(min_length=1)
    channel: str = ""


class ChatPost:
    """Says things. The words leave as a row of the commit that finishes the step."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="chat.post", args=PostArgs, nature=lambda _: "idempotent", changes=lambda _: False, shows=True
    )

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def record(self, say: Say, args: PostArgs, context: Context) -> dict[str, Any]:
        """Say it in every chat of the channel.

        Raises:
            ActionFailed: there is no such channel, or no chat to say it in.
        """
        if args.channel and args.channel not in self._channels:
            hint = suggestion(args.channel, self._channels)
            raise ActionFailed(f"There is no channel “{args.channel[:60]}”. {hint}")
        here = (context.place,) if context.place is not None else usual(self._channels)
        places = self._channels[args.channel].places if args.channel else here
        if not places:
            raise ActionFailed("There is no chat to say it in. Name a channel that has one.")
        for place in places:
            say(place, cut(args.text, _LONGEST))
        return {"places": len(places)}
