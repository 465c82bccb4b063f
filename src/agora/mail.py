"""Outgoing mail over SMTP, sent in the background.

Links begin with the configured base URL, never with a request's Host header.
"""

import logging
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from urllib.parse import unquote, urlencode, urlsplit

from agora.settings import Settings

log = logging.getLogger("agora.mail")
TIMEOUT_SECONDS = 10


class Mailer:
    """Sends the few mails that the product needs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")

    def send_verification(self, to: str, token: str) -> None:
        """Ask a new member to confirm the address."""
        link = self._link("/auth/verify-email", token)
        self._send(
            to,
            "Please confirm your e-mail address",
            f"Welcome to Agora.\n\nOpen this link to confirm your address (valid for a day):\n{link}\n",
        )

    def send_already_member(self, to: str) -> None:
        """Tell the owner of an address that somebody signed up with it again."""
        self._send(
            to,
            "You already have an account",
            "Somebody tried to sign up with your address. You have an account already; "
            "log in, or ask for a new password.\n",
        )

    def send_reset(self, to: str, token: str) -> None:
        """Send the link for a new password."""
        link = self._link("/auth/password-reset/confirm", token)
        self._send(
            to,
            "Choose a new password",
            f"Open this link to choose a new password (valid for an hour):\n{link}\n\n"
            "If you did not ask for this, ignore this mail.\n",
        )

    def send_invite(self, to: str, inviter: str, token: str) -> None:
        """Send an invitation."""
        link = self._link("/invites/accept", token)
        self._send(
            to,
            f"{inviter} invites you to Agora",
            f"{inviter} invites you to the Agora community (valid for a week):\n{link}\n",
        )

    def close(self) -> None:
        """Finish what is being sent."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _link(self, path: str, token: str) -> str:
        return f"{self._settings.public_base_url}{path}?{urlencode({'token': token})}"

    def _send(self, to: str, subject: str, text: str) -> None:
        if not self._settings.sends_mail:
            log.info("mail is off", extra={"subject": subject})
            return
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = to
        message["Subject"] = subject
        message.set_content(text, cte="7bit")  # links stay whole and readable in the raw mail
        self._workers.submit(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> None:
        parts = urlsplit(self._settings.smtp_url.get_secret_value())
        context = ssl.create_default_context()
        host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25)
        try:
            client = (
                smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
                if parts.scheme == "smtps"
                else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
            )
            with client:
                if parts.scheme == "smtp+starttls":
                    client.starttls(context=context)
                if parts.username:
                    client.login(unquote(parts.username), unquote(parts.password or ""))
                client.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            log.error(  # noqa: TRY400 - the traceback could hold addresses
                "mail could not be sent", extra={"kind": type(error).__name__}
            )
