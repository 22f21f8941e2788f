"""A mail server that keeps what it is given, refuses unknown mailboxes, and says what it is told to say."""

import asyncio
import ssl
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LIMIT = 20.0
TLS = Path(__file__).parent / "tls"
USER, PASSWORD = "wardroom", "correct horse"


class MailServer:
    """Takes mail on a free port of this machine."""

    def __init__(self, *, tls: bool = False, sign_in: bool = False) -> None:
        self.mail: list[EmailMessage] = []
        self.unknown: set[str] = set()
        self.answers: deque[str] = deque()
        self.was_encrypted: list[bool] = []
        self.port = 0
        self._news = asyncio.Event()
        self._context = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(TLS / "server.pem", TLS / "server.key")
        self._sign_in = sign_in
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def url(self, user: str = "", query: str = "") -> str:
        return f"smtp://{user}{'@' if user else ''}127.0.0.1:{self.port}{query}"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.mail if address in str(one["To"])]

    async def until(self, address: str, number: int = 1) -> list[EmailMessage]:
        """Wait until so many mails have come to this address; all of them."""
        try:
            async with asyncio.timeout(LIMIT):
                while len(self.to(address)) < number:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            there = [(str(one["To"]), str(one["Subject"])) for one in self.mail]
            raise AssertionError(f"no {number} mails to {address}: {there}") from None
        return self.to(address)

    def _session(self) -> SMTP:
        more: dict[str, Any] = {}
        if self._sign_in:
            more = {
                "authenticator": _authenticate,
                "auth_required": True,
                "auth_require_tls": bool(self._context),
            }
        return SMTP(
            self, hostname="mail.test", tls_context=self._context, loop=asyncio.get_running_loop(), **more
        )

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.popleft() if self.answers else f"250 2.0.0 queued as {len(self.mail) + 1}"
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mail.append(message_from_bytes(envelope.content, policy=default))
            self.was_encrypted.append(session.ssl is not None)
            self._news.set()
        return answer


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    right = (
        isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    )
    return AuthResult(success=right, handled=False)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """One part of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
