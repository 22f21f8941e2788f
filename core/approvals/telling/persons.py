"""What people are told about themselves, by ways that are theirs alone: their own mailbox, else their telephone. Pure."""

from collections.abc import Mapping

from core.notify.channel import Channel
from core.notify.ledger import Entry
from core.notify.notice import Letter

ENROLLED = "enrolled"
_WAYS = ("email", "sms")
_WORDS = {
    "first": "A second factor was set up as you. If it was not you, tell an administrator at once.",
    "again": "Another authenticator was set up as you. If it was not you, tell an administrator at once.",
}


def is_about_a_person(entry: Entry) -> bool:
    """Whether an entry tells somebody of themselves, and not of a request."""
    return entry.cause.partition(":")[0] == ENROLLED


def own_ways(channels: Mapping[str, Channel]) -> dict[str, Channel]:
    """The first channel by which a person is told alone, with nothing left of it but that way; mail before text messages."""
    for way in _WAYS:
        for name, channel in channels.items():
            options = channel.outlets.get(way)
            if options is not None and not options.get("to"):
                only = {"outlets": {way: options}, "places": (), "fallback": None}
                return {name: channel.model_copy(update=only)}
    return {}


def letter_of(entry: Entry, options: Mapping[str, object]) -> Letter:
    """What to send for such an entry. It names nothing but what happened: whoever reads it knows who they are."""
    return Letter(
        key=entry.delivery,
        channel=entry.channel,
        way=entry.way,
        target=entry.target,
        about=entry.about,
        event="factor.enrolled",
        headline=_WORDS[entry.cause.split(":")[1]],
        facts={},
        happened=entry.created,
        options=options,
        reader=entry.person,
    )
