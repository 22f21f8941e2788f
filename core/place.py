"""Where a message lives: platform, channel, thread, message."""

from pydantic import BaseModel, ConfigDict

Platform = str  # "slack", "discord", "local"


class Place(BaseModel):
    """A spot in a chat. `thread` is the id of the thread's first message (Slack) or of the thread (Discord).

    `message` is set when the place is one message. `direct` says that only one person and the bot are there; `flat`, that the
    whole channel is about one thing, so that what is said of it needs no thread. A channel of `@` and an
    account is the conversation with that account, whatever its own id is.
    """

    model_config = ConfigDict(frozen=True)

    platform: Platform
    channel: str
    thread: str | None = None
    message: str | None = None
    workspace: str = ""
    direct: bool = False
    flat: bool = False

    def lane(self) -> str:
        """The queue whose order must be kept: one per channel."""
        return f"{self.platform}:{self.workspace}:{self.channel}"

    def at(self, message: str) -> "Place":
        """This place, pointing at one message."""
        return self.model_copy(update={"message": message})

    def under(self, thread: str | None) -> "Place":
        """This place, inside a thread."""
        return self.model_copy(update={"thread": thread, "message": None})


class Actor(BaseModel):
    """A chat account, as the platform vouches for it. `name` is for people's eyes only, never a key."""

    model_config = ConfigDict(frozen=True)

    platform: Platform
    user: str
    workspace: str = ""
    name: str = ""
