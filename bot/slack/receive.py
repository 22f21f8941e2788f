"""What arrives from Slack: handed in, durably, and only then acknowledged; a form is opened at once."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.platform import Door, SendError
from bot.slack import forms, parse
from bot.slack.send import Sender
from core.errors import Unavailable, WardroomError
from core.place import Place
from handlers.cards.form import Form
from handlers.inbound import Click, Command, Correction, Message, Reaction

log = structlog.get_logger("wardroom.slack")
Body = dict[str, Any]
_OLD = "This button is from an older version. Ask for the card again, for example `/approvals list`."
_OLD_FORM = "This form is from an older version. Close it and press the button again."
_SHORT = 300


class Receiver:
    """Takes each kind of delivery. Whatever cannot be written is not acknowledged, so Slack brings it again."""

    def __init__(self, door: Door, sender: Sender, bot_user: str, commands: Mapping[str, str]) -> None:
        self._door = door
        self._sender = sender
        self._bot_user = bot_user
        self._commands = commands

    async def event(self, body: Body, ack: Any) -> None:
        """Words, a sign on them, a change of them, or the person's own page was opened."""
        kind = body.get("event", {}).get("type")
        inbound: Message | Command | Reaction | Correction | None = None
        try:
            if kind == "app_home_opened":
                inbound = parse.home(body)
            elif kind in ("reaction_added", "reaction_removed"):
                inbound = parse.reaction(body)
            elif kind == "message" and body["event"].get("subtype") in parse.CHANGED:
                inbound = parse.correction(body)
            elif kind in ("message", "app_mention"):
                inbound = parse.message(body, self._bot_user, self._commands)
        except parse.NOT_OURS as error:
            log.warning("slack.unreadable", kind=kind, why=type(error).__name__)
        if inbound is not None and self._concerns_us(inbound):
            await self._door.receive(inbound)
        await ack()

    def _concerns_us(self, inbound: Message | Command | Reaction | Correction) -> bool:
        """What nobody told us is handed in only if it is short enough to be an order in a channel of ours."""
        if isinstance(inbound, Reaction):
            return inbound.sign in self._door.watched
        if isinstance(inbound, Message):
            return inbound.addressed or len(inbound.text) <= _SHORT
        return True

    async def action(self, body: Body, ack: Any) -> None:
        """A button or a menu."""
        url = str(body.get("response_url") or "")
        if body["actions"][0].get("url"):
            await ack()
            return
        try:
            click = parse.click(body)
        except parse.NOT_OURS:
            await ack()
            await self._tell(url, _OLD)
            return
        await self._take(click, body, ack)

    async def command(self, body: Body, ack: Any) -> None:
        """A slash command."""
        await self._take(parse.command(body, self._commands), body, ack)

    async def shortcut(self, body: Body, ack: Any) -> None:
        """Something in a message's menu."""
        try:
            command = parse.shortcut(body)
        except parse.NOT_OURS as error:
            log.warning("slack.unreadable", kind="shortcut", why=type(error).__name__)
            command = None
        if command is None:
            await ack()
            return
        await self._take(command, body, ack)

    async def view(self, body: Body, ack: Any) -> None:
        """A form that was filled in; what cannot be taken is said in the form, and nothing written is lost."""
        try:
            submit = parse.submit(body)
        except parse.NOT_OURS:
            await self._in_form(body, ack, _OLD_FORM)
            return
        try:
            await self._door.receive(submit)
        except WardroomError as error:
            await self._in_form(body, ack, error.sentence())
            return
        await ack()

    async def _take(self, inbound: Click | Command, body: Body, ack: Any) -> None:
        url = str(body.get("response_url") or "")
        form = await self._door.form_for(inbound)
        if form is not None:
            await self._open(form, inbound.place, body)
            await ack()
            return
        self._sender.hold(inbound.key, url)
        try:
            await self._door.receive(inbound)
        except Unavailable as error:
            await self._tell(url, f"{error.sentence()} Nothing was taken; please try again.")
            raise
        await ack()

    async def _open(self, form: Form, place: Place, body: Body) -> None:
        try:
            await self._sender.open_form(str(body["trigger_id"]), forms.view(form, place))
        except SendError as error:
            log.warning("slack.form_not_opened", why=str(error))
            await self._tell(
                str(body.get("response_url") or ""), "The form could not be opened. Please try again."
            )

    async def _in_form(self, body: Body, ack: Any, words: str) -> None:
        block = forms.first_block(body["view"])
        await ack(response_action="errors", errors={block: words} if block else {})

    async def _tell(self, url: str, words: str) -> None:
        if url:
            await self._sender.tell_at(url, words)
