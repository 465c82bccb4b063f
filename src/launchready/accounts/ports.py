"""What this package needs from outside of the target."""

from collections.abc import Sequence
from typing import Protocol

from launchready.accounts.mail_text import Mail


class Mailbox(Protocol):
    """Where mail that the target sends can be read. `name` is for people ("Mailpit at …")."""

    @property
    def name(self) -> str:
        """What it is and where."""
        ...

    async def mails_for(self, address: str) -> Sequence[Mail]:
        """Messages to `address`, oldest first; empty if there are none or the box cannot be reached."""
        ...
