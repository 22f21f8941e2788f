"""The way `sms`: text messages through Twilio's interface."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import aiohttp
import orjson

from bot.channels.channel import Down, Gear, Probe, retry_after
from bot.channels.words import heading, rows
from bot.platform import Limited, Refused, SendError
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.text import cut

TWILIO_API_URL = "https://api.twilio.com"
_PATIENCE = 12.0
_LONGEST = 1_500
_CLOCKS = timedelta(minutes=2)  # how far the clocks of two servers may be apart
_HEAD = 200
_OK = 300
_UNAUTHORISED = (401, 403)
_TOO_MANY = 429
_SERVER = 500
# Twilio's own numbers for what will never work, in words. 20429 and 14107 are its rate limits.
_WORDS = {
    20003: "Twilio does not accept the account's token",
    21211: "no telephone has this number",
    21408: "the account may not send to that country",
    21603: "no sender is configured",
    21606: "the account may not send from this number",
    21610: "the reader has unsubscribed",
    21614: "this number takes no text messages",
}
_BUSY = (14107, 20429, 63018)
_MEND = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the account's console."


class Sms:
    """Sends text messages from one account."""

    way: ClassVar[str] = "sms"

    def __init__(self, gear: Gear) -> None:
        self._gear = gear

    async def send(self, letter: Letter) -> str:
        """Send it; returns Twilio's id of the message."""
        fields = {"To": letter.target, "Body": words(letter)}
        sender = str(letter.options.get("from", ""))
        if sender:
            fields["MessagingServiceSid" if sender.startswith("MG") else "From"] = sender
        return str((await self._call("POST", "/Messages.json", fields)).get("sid", ""))

    async def find_sent(self, letter: Letter) -> str | None:
        """Look through what was sent to this number since the day the notice was made."""
        query = {"To": letter.target, "DateSent>": f"{letter.happened:%Y-%m-%d}", "PageSize": "50"}
        sign = letter.link or words(letter)
        found = (await self._call("GET", "/Messages.json", query)).get("messages")
        for message in found if isinstance(found, list) else []:
            is_lost = message.get("status") in ("failed", "undelivered")
            if sign in str(message.get("body", "")) and not is_lost and _since(message, letter.happened):
                return str(message.get("sid", ""))
        return None

    def other_side(self, letter: Letter) -> str:
        """One account, one interface."""
        del letter
        return "Twilio"

    async def probe(self, channel: Channel) -> Probe:
        """Ask for the account."""
        try:
            account = await self._call("GET", ".json", {})
        except Refused as error:
            return Probe(ok=False, detail=str(error), mend=_MEND)
        except SendError as error:
            return Probe(ok=False, detail=str(error), mend="Look at TWILIO_API_URL and the network.")
        if not channel.outlets.get(self.way, {}).get("from"):
            mend = f"Add `from:` to the channel {channel.name}: a number of the account, or MG and 32 digits."
            return Probe(ok=True, detail="Twilio answers; no sender is configured", mend=mend)
        return Probe(
            ok=True, detail=f"Twilio answers for {str(account.get('friendly_name', 'the account'))[:60]}"
        )

    async def _call(self, method: str, path: str, fields: dict[str, str]) -> dict[str, Any]:
        settings = self._gear.settings
        sid, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
        if not sid or not token:
            raise Refused("TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is not set")
        root = (settings.twilio_api_url or TWILIO_API_URL).rstrip("/")
        where = f"{root}/2010-04-01/Accounts/{sid}{path}"
        given: dict[str, Any] = {"data": fields} if method == "POST" else {"params": fields}
        try:
            async with (
                aiohttp.ClientSession(
                    headers={"Authorization": aiohttp.encode_basic_auth(sid, token)},
                    timeout=aiohttp.ClientTimeout(total=_PATIENCE),
                ) as session,
                session.request(method, where, allow_redirects=False, **given) as response,
            ):
                return self._taken(response, await response.read())
        except (aiohttp.ClientError, OSError, ValueError):
            raise Down("Twilio cannot be reached") from None

    def _taken(self, response: aiohttp.ClientResponse, body: bytes) -> dict[str, Any]:
        answer = _parsed(body)
        if response.status < _OK and answer:
            return answer
        code = answer.get("code")
        if response.status == _TOO_MANY or code in _BUSY:
            wait = retry_after(response.headers.get("Retry-After"), self._gear.clock)
            raise Limited("Twilio asks to wait", retry_after=wait)
        if response.status >= _SERVER or not response.status >= _OK:
            raise Down(f"Twilio answers {response.status}")
        usual = "Twilio refuses our sign-in" if response.status in _UNAUTHORISED else "Twilio refuses it"
        known = _WORDS.get(code) if isinstance(code, int) else None
        raise Refused(f"{known or usual} ({code or response.status})")


def _since(message: dict[str, Any], moment: datetime) -> bool:
    """Whether it was made after this moment, as far as Twilio says: the same words may have been sent before."""
    try:
        return parsedate_to_datetime(str(message["date_created"])) >= moment - _CLOCKS
    except (KeyError, TypeError, ValueError):
        return True


def words(letter: Letter) -> str:
    """The letter in at most 1,500 characters, the link and code always whole."""
    said = f"{heading(letter, _HEAD)}."
    for label, value in rows(letter):
        said += f" {label}: {' '.join(value.split())}."
    end = f" {letter.page}" if letter.page else ""
    if letter.link:
        takes = {1: "I take it", 2: "I take one or both"}.get(letter.count, "I take one or all")
        end = f" Decide: {letter.link} code {letter.code}" if letter.code else f" {takes}: {letter.link}"
    return cut(said, _LONGEST - len(end)) + end


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}
