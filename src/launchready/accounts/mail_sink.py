"""A mail server of our own on loopback that keeps what it is given: for targets that can be pointed at it."""

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from launchready.accounts.mail_text import Mail, parse_message

_LARGEST = 2_000_000
_MOST = 500


class SinkError(Exception):
    """The sink cannot listen; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMail:
    """A message as it was handed over: envelope and raw content."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(slots=True, kw_only=True)
class MailSink:
    """Listens on `host`:`port` (0: a free one), keeps 500 messages of 2 MB at most, sends nothing on."""

    host: str = "127.0.0.1"
    port: int = 0
    kept: list[KeptMail] = field(default_factory=list)
    _server: asyncio.Server | None = None

    @classmethod
    def at(cls, address: str) -> "MailSink":
        """A sink for "127.0.0.1:1025"; raises SinkError for what is no loopback address with a port."""
        host, _, port = address.rpartition(":")
        host = host.strip("[]") or "127.0.0.1"
        try:
            near = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback
        except ValueError:
            near = False
        if not near or not port.isdigit():
            raise SinkError(
                f'mail.sink is "{address}": give a loopback address and a port, such as 127.0.0.1:1025'
            )
        return cls(host=host, port=int(port))

    async def start(self) -> None:
        """Begin to listen; raises SinkError if the port is taken."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._session, self.host, self.port)
        except OSError as error:
            raise SinkError(
                f"the mail sink cannot listen on {self.host}:{self.port} ({error.strerror}): "
                "stop what uses that port or set another one as mail.sink"
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"our mail sink at {self.host}:{self.port}"

    async def mails_for(self, address: str) -> Sequence[Mail]:
        """Messages to `address`, oldest first."""
        return [
            parse_message(str(number), kept.recipients, kept.raw)
            for number, kept in enumerate(self.kept)
            if address.lower() in kept.recipients
        ]

    def _session(self) -> SMTP:
        return SMTP(
            self, data_size_limit=_LARGEST, hostname="launchready.invalid", loop=asyncio.get_running_loop()
        )

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message (called by aiosmtpd)."""
        content = envelope.original_content or b""
        recipients = tuple(address.lower() for address in envelope.rcpt_tos)
        if len(self.kept) < _MOST:
            self.kept.append(KeptMail(sender=envelope.mail_from or "", recipients=recipients, raw=content))
        return "250 2.0.0 kept"
