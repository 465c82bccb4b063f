"""Reading the target's mail: Mailpit, MailHog, and waiting for a message."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from launchready.accounts.mail_text import Mail, parse_message
from launchready.accounts.ports import Mailbox
from launchready.door.http import Door
from launchready.door.messages import Reply, Request
from launchready.model.exchange import Intent

_MOST = 20
Sleep = Callable[[float], Awaitable[None]]


async def _get(door: Door, url: str) -> Reply:
    # Bare: no credential of the target goes to the catcher
    return await door.send(Request(method="GET", url=url, intent=Intent.SIGN_IN, bare=True))


@dataclass(slots=True, kw_only=True)
class MailpitBox:
    """Mailpit by its HTTP interface (`/api/v1/messages`)."""

    door: Door
    url: str
    _read: dict[str, Mail] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"Mailpit at {self.url}"

    async def mails_for(self, address: str) -> Sequence[Mail]:
        """Messages to `address`, oldest first."""
        reply = await _get(
            self.door, f"{self.url}/api/v1/search?query={quote(f'to:{address}')}&limit={_MOST}"
        )
        if not reply.ok:
            reply = await _get(self.door, f"{self.url}/api/v1/messages?limit=100")
        listed = reply.json()
        entries = listed.get("messages") if isinstance(listed, dict) else None
        found = []
        for entry in entries if isinstance(entries, list) else ():
            to = _addresses(entry.get("To") if isinstance(entry, dict) else None)
            if address.lower() in to:
                mail = await self._message(str(entry.get("ID", "")), to)
                found.extend([mail] if mail else [])
            if len(found) >= _MOST:
                break
        return found[::-1]

    async def _message(self, identity: str, to: tuple[str, ...]) -> Mail | None:
        if not re.fullmatch(r"[\w-]{1,100}", identity):
            return None
        if identity not in self._read:
            body = (await _get(self.door, f"{self.url}/api/v1/message/{identity}")).json()
            if not isinstance(body, dict):
                return None
            self._read[identity] = Mail(
                id=identity,
                to=to,
                subject=str(body.get("Subject", "")),
                text=str(body.get("Text", "")),
                html=str(body.get("HTML", "")),
            )
        return self._read[identity]


def _addresses(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else []
    return tuple(str(entry.get("Address", "")).lower() for entry in entries if isinstance(entry, dict))


@dataclass(slots=True, kw_only=True)
class MailHogBox:
    """MailHog by its HTTP interface (`/api/v2/messages`)."""

    door: Door
    url: str

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"MailHog at {self.url}"

    async def mails_for(self, address: str) -> Sequence[Mail]:
        """Messages to `address`, oldest first."""
        url = f"{self.url}/api/v2/search?kind=to&query={quote(address)}&limit={_MOST}"
        reply = await _get(self.door, url)
        if not reply.ok:
            reply = await _get(self.door, f"{self.url}/api/v2/messages?limit=100")
        listed = reply.json()
        items = listed.get("items") if isinstance(listed, dict) else None
        mails = [mail for item in items if (mail := _hog_mail(item))] if isinstance(items, list) else []
        return [mail for mail in mails if address.lower() in mail.to][:_MOST][::-1]


def _hog_mail(item: Any) -> Mail | None:
    raw = item.get("Raw") if isinstance(item, dict) else None
    if not isinstance(raw, dict) or not isinstance(raw.get("Data"), str):
        return None
    to = raw.get("To")
    recipients = tuple(str(address).strip("<>").lower() for address in to) if isinstance(to, list) else ()
    return parse_message(str(item.get("ID", "")), recipients, raw["Data"].encode("utf-8", "replace"))


async def find_catcher(door: Door, url: str) -> Mailbox | None:
    """The catcher at `url`, told by its interface; `None` if none answers there."""
    base = url.rstrip("/")
    reply = await _get(door, f"{base}/api/v1/info")
    if not reply.status:
        return None
    if reply.ok and isinstance(reply.json(), dict):
        return MailpitBox(door=door, url=base)
    for path, kind in (("/api/v2/messages?limit=1", MailHogBox), ("/api/v1/messages?limit=1", MailpitBox)):
        reply = await _get(door, f"{base}{path}")
        if reply.ok and isinstance(reply.json(), dict):
            return kind(door=door, url=base)
    return None


@dataclass(slots=True, kw_only=True)
class MailWaiter:
    """Waits for the next message to an address; messages that were there before do not count."""

    box: Mailbox
    seconds: float = 8.0
    pause: float = 0.4
    sleep: Sleep = asyncio.sleep
    _seen: set[str] = field(default_factory=set)

    async def note_old(self, address: str) -> None:
        """Remember what lies there already."""
        self._seen.update(mail.id for mail in await self.box.mails_for(address))

    def take_old(self) -> None:
        """Let what lay there before count, too: the account is from an earlier run."""
        self._seen.clear()

    async def next_for(self, address: str) -> Mail | None:
        """The next new message, newest first; `None` when none came in time."""
        waited = 0.0
        while True:
            fresh = [mail for mail in await self.box.mails_for(address) if mail.id not in self._seen]
            if fresh:
                self._seen.update(mail.id for mail in fresh)
                return fresh[-1]
            if waited >= self.seconds:
                return None
            await self.sleep(self.pause)
            waited += self.pause
