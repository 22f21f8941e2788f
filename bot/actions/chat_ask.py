"""The action `chat.ask`: a form in chat whose answers become outputs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.notify.channel import Channel
from core.notify.routing import usual
from core.quantity import Duration
from core.runbooks.action import ActionFailed, ActionSpec, Context
from core.runbooks.definition import Ask
from core.runbooks.question import LONGEST, Item, Question
from core.source import suggestion
from core.text import clean, cut

_WORDS = 1_000
_CHOICE = "choice"


class ChatAskArgs(BaseModel):
    """What is asked: `choices` to press one of, or `fields` to fill in; who may answer, and how many have to."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    text: str = Field(min_length=1)
    choices: list[str] = Field(default_factory=list, max_length=25)
    fields: list[Item] = Field(default_factory=list, max_length=5)
    ask: list[Ask] = Field(default_factory=list, max_length=20)
    answers: int = Field(default=1, ge=1, le=50)
    timeout: Duration = Field(default=timedelta(hours=24), ge=timedelta(seconds=1), le=LONGEST)
    channel: str = ""

    @field_validator("choices")
    @classmethod
    def _are_different(cls, value: list[str]) -> list[str]:
        cleaned = [cut(clean(one), 75) for one in value]
        if len(set(cleaned)) != len(cleaned) or not all(cleaned):
            raise ValueError("each choice has words of its own")
        return cleaned

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if bool(self.choices) == bool(self.fields):
            raise ValueError("it asks with either `choices` or `fields`")
        names = [item.name for item in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("two of the fields have the same name")
        if any((item.type == "choice") != bool(item.choices) for item in self.fields):
            raise ValueError("a field of the type `choice` has `choices`, and no other has")
        return self


class ChatAsk:
    """Asks. The question is rows of the commit in which the step begins to wait."""

    spec: ClassVar[ActionSpec] = ActionSpec(
        name="chat.ask", args=ChatAskArgs, nature=lambda _: "idempotent", changes=lambda _: False, shows=True
    )

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def ask(self, args: ChatAskArgs, context: Context) -> Question:
        """The question; the step's result will have `values`, `by`, `answers` and `question`.

        Raises:
            ActionFailed: there is no such channel, or no chat to ask in.
        """
        if args.channel and args.channel not in self._channels:
            hint = suggestion(args.channel, self._channels)
            raise ActionFailed(f"There is no channel “{args.channel[:60]}”. {hint}")
        here = (context.place,) if context.place is not None else usual(self._channels)
        places = self._channels[args.channel].places if args.channel else here
        if not places:
            raise ActionFailed("There is no chat to ask in. Name a channel that has one.")
        items = args.fields or [
            Item(name=_CHOICE, label="Answer", type="choice", choices=tuple(args.choices))
        ]
        return Question(
            text=cut(clean(args.text), _WORDS),
            items=tuple(items),
            whom=tuple(args.ask),
            answers=args.answers,
            timeout=args.timeout,
            places=places,
        )
