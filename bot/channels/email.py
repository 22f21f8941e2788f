"""The way `email`: over SMTP, as text and as HTML, under an id that is the same for every try."""

import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from bot.channels.channel import Down, Gear, Probe
from bot.channels.words import heading, rows
from bot.html import rendered
from bot.platform import Refused, SendError
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.text import one_line

if TYPE_CHECKING:
    import aiosmtplib

_PATIENCE = 12.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PERMANENT = 500
_AUTH = (530, 534, 535, 538)
_UNKNOWN = (550, 551, 553)
_MEND = "Write SMTP_URL as smtp://user:password@mail.example.org:587, or smtps://... with TLS from the start."
Tls = Literal["always", "required", "offered"]


@dataclass(frozen=True)
class Server:
    """Where mail is handed in. `ca` is a file with the authority to trust besides the system's."""

    host: str
    port: int
    user: str
    password: str
    tls: Tls
    ca: str = ""


def server_of(url: str) -> Server:
    """What SMTP_URL says. TLS is required where a password is sent to another machine, and used where offered.

    Raises:
        Refused: it is not set, or cannot be read.
    """
    if not url:
        raise Refused("SMTP_URL is not set")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Refused("SMTP_URL is the address of no mail server") from None
    if not parts.hostname:
        raise Refused("SMTP_URL names no host")
    more = parse_qs(parts.query)
    required = more.get("tls") == ["required"] or bool(parts.username and parts.hostname not in _LOOPBACK)
    tls: Tls = "always" if parts.scheme == "smtps" else "required" if required else "offered"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port, user, password, tls, more.get("ca", [""])[0])


class Email:
    """Hands mail to one server."""

    way: ClassVar[str] = "email"

    def __init__(self, gear: Gear) -> None:
        self._gear = gear

    async def send(self, letter: Letter) -> str:
        """Hand it in; returns what the server answered, mostly its own name for the message."""
        import aiosmtplib

        message = mail(letter)
        try:
            async with self._connection() as smtp:
                _, answer = await smtp.send_message(message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _refusal(error) from None
        return one_line(answer, 120)

    async def find_sent(self, letter: Letter) -> str | None:
        """A mail server cannot be asked; the same Message-ID lets mailboxes know a second copy."""
        del letter
        return None

    def other_side(self, letter: Letter) -> str:
        """The one mail server."""
        del letter
        return "the mail server"

    async def probe(self, channel: Channel) -> Probe:
        """Connect, sign in, and leave."""
        import aiosmtplib

        del channel
        try:
            server = server_of(self._gear.settings.smtp_url.get_secret_value())
            async with self._connection() as smtp:
                await smtp.noop()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Probe(ok=False, detail=str(_refusal(error)), mend="Look at SMTP_URL and the network.")
        except Refused as error:
            return Probe(ok=False, detail=str(error), mend=_MEND)
        return Probe(ok=True, detail=f"{server.host}:{server.port} takes mail")

    def _connection(self) -> "aiosmtplib.SMTP":
        import aiosmtplib

        server = server_of(self._gear.settings.smtp_url.get_secret_value())
        start_tls = {"always": False, "required": True, "offered": None}[server.tls]
        try:
            trusted = ssl.create_default_context(cafile=server.ca or None)
        except OSError:
            raise Refused(f"the file of authorities {server.ca} cannot be read") from None
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls == "always",
            start_tls=start_tls,
            tls_context=trusted,
            timeout=_PATIENCE,
        )


def mail(letter: Letter) -> EmailMessage:
    """The letter as a mail with both parts.

    Raises:
        Refused: an address cannot be used.
    """
    sender = str(letter.options.get("from", ""))
    message = EmailMessage(policy=SMTP_POLICY)
    try:
        message["From"] = Address("Wardroom", addr_spec=sender)
        message["To"] = Address(addr_spec=letter.target)
        domain = sender.rpartition("@")[2]
        message["Message-ID"] = f"<{letter.key}@{domain}>"
        if "id" in letter.facts:
            message["References"] = f"<{letter.about}@{domain}>"
    except (ValueError, IndexError, UnicodeError):
        raise Refused("the address is not one that mail can go to") from None
    message["Subject"] = heading(letter)
    message["Date"] = letter.happened
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_text(letter))
    page = rendered(
        "notice_mail.html",
        heading=heading(letter),
        rows=rows(letter),
        link=letter.link,
        code=letter.code,
        page=letter.page,
        takes=_takes(letter),
    )
    message.add_alternative(page, subtype="html")
    return message


def _text(letter: Letter) -> str:
    lines = [heading(letter), ""]
    lines += [f"{label}: {value}" for label, value in rows(letter)]
    if letter.link and not letter.code:
        lines += ["", f"{_takes(letter)}. Opening the page takes nothing:", letter.link]
        lines += ["", "The link is yours alone. Do not forward this."]
    elif letter.link:
        lines += [
            "",
            "The page where you decide:",
            letter.link,
            f"Your code for that page: {letter.code}",
            "",
        ]
        lines.append(
            "Both are yours alone and count once. Opening the page decides nothing. Do not forward this."
        )
    elif letter.page:
        lines += ["", "Everything about it:", letter.page]
    return "\n".join(lines) + "\n"


def _takes(letter: Letter) -> str:
    return "Take it here" if letter.count == 1 else "Take one or all of them here"


def _refusal(error: Exception) -> SendError:
    """Why it was not taken, and whether another try can help; in our own words, without addresses."""
    import aiosmtplib

    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return Refused("the mail server offers no TLS, or no way to sign in")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error.code)
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return SendError("the mail server's certificate is not trusted")
    if isinstance(error, ValueError) and not isinstance(error, aiosmtplib.SMTPException):
        return Refused("the message cannot be sent as it is")
    return Down("the mail server does not answer")


def _answered(code: int) -> SendError:
    if code in _AUTH:
        return Refused(f"the mail server refuses our sign-in ({code})")
    if code in _UNKNOWN:
        return Refused(f"mailbox unknown ({code})")
    if code >= _PERMANENT:
        return Refused(f"the mail server refuses it ({code})")
    return SendError(f"the mail server answers {code}")
