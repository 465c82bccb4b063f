"""Finding where the target's mail can be read."""

from dataclasses import dataclass

from launchready.accounts.desk import Desk
from launchready.accounts.mail_boxes import find_catcher
from launchready.accounts.mail_sink import MailSink, SinkError
from launchready.accounts.origins import is_loopback
from launchready.door.messages import Request
from launchready.model.exchange import Intent
from launchready.model.settings import CollectSettings

_WELL_KNOWN_CATCHER = "http://127.0.0.1:8025"


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """Gives the desk its mailbox: the configured sink or catcher, else one on a local target's usual port."""

    desk: Desk
    settings: CollectSettings
    _sink: MailSink | None = None
    _looked: bool = False

    async def open(self) -> None:
        """Look once; a sink or catcher that was named and is not there is noted."""
        if self._looked:
            return
        self._looked = True
        mail = self.settings.mail
        if mail.sink:
            await self._listen(mail.sink)
            return
        url = mail.catcher or (_WELL_KNOWN_CATCHER if is_loopback(self.settings.url) else "")
        # Where the permit does not name the catcher nothing is asked of it
        if url and self.desk.door.permit.allows(Request(method="GET", url=url, intent=Intent.SIGN_IN)):
            self.desk.mailbox = await find_catcher(self.desk.door, url)
        if mail.catcher and self.desk.mailbox is None:
            self.desk.note(f"No mail catcher answers at {mail.catcher}: does Mailpit or MailHog run there?")

    async def _listen(self, address: str) -> None:
        try:
            sink = MailSink.at(address)
            await sink.start()
        except SinkError as error:
            self.desk.note(str(error))
            return
        self._sink = self.desk.mailbox = sink

    async def close(self) -> None:
        """Stop the sink, if there is one."""
        if self._sink is not None:
            await self._sink.close()
            self._sink = None
