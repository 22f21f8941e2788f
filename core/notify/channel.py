"""A notification channel: a name for the ways in which something is told, and what to try when they fail."""

from pydantic import BaseModel, ConfigDict

from core.place import Place


class Channel(BaseModel):
    """Where notices go. `places` are chats; `outlets` are the other ways (email, sms, webhook) by their options.

    `fields` is what may leave by the other ways; none says each way's own small list.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    places: tuple[Place, ...] = ()
    outlets: dict[str, dict[str, object]] = {}
    fields: tuple[str, ...] = ()
    fallback: str | None = None
