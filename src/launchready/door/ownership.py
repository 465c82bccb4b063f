"""Proof that a public host belongs to who audits it: a token that only its owner could have put there."""

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import dns.asyncresolver
import dns.exception

from launchready.door.resolving import PinnedResolver, dns_resolver

WELL_KNOWN = "/.well-known/launchready.txt"
RECORD = "_launchready"
_MOST_BYTES = 4096
_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where the token was found: a URL or a DNS name."""

    host: str
    where: str


def ownership_token(key: bytes, host: str) -> str:
    """The stable token for a host under a project key; it tells nothing about the key."""
    digest = hmac.new(key, b"ownership\x1f" + _plain(host).encode(), hashlib.sha256).hexdigest()
    return f"launchready-{digest[:32]}"


async def proven(
    key: bytes,
    host: str,
    *,
    addresses: Sequence[str] = (),
    port: int = 443,
    ca: str = "",
    nameserver: str = "",
) -> Proof | None:
    """Look for the host's token at https://host/.well-known/launchready.txt and in TXT `_launchready.<host>`.

    Takes at most about 10 s. The file is read over verified TLS, from the pinned `addresses` where they are
    given, and no redirect is followed: an open redirect on the host must not prove anything.
    """
    token = ownership_token(key, host)
    file, record = await asyncio.gather(
        _file(host, addresses, port, ca), _record(_plain(host), nameserver), return_exceptions=False
    )
    if _holds(file, token):
        return Proof(host=host, where=f"https://{host}{WELL_KNOWN}")
    if _holds(record, token):
        return Proof(host=host, where=f"TXT {RECORD}.{_plain(host)}")
    return None


def _holds(lines: Sequence[str], token: str) -> bool:
    return any(hmac.compare_digest(line.strip().encode(), token.encode()) for line in lines)


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


async def _file(host: str, addresses: Sequence[str], port: int, ca: str) -> list[str]:
    context = ssl.create_default_context(cafile=ca or None)
    name = f"[{host}]" if ":" in host else host
    connector = aiohttp.TCPConnector(resolver=PinnedResolver({_plain(host): tuple(addresses)}), ssl=context)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        try:
            async with session.get(f"https://{name}:{port}{WELL_KNOWN}", allow_redirects=False) as answer:
                if answer.status != 200:  # noqa: PLR2004 - RFC 9110
                    return []
                return (await answer.content.read(_MOST_BYTES)).decode("utf-8", "replace").splitlines()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return []


async def _record(host: str, nameserver: str) -> list[str]:
    try:
        answer = await dns_resolver(nameserver, _SECONDS).resolve(f"{RECORD}.{host}", "TXT")
    except (dns.exception.DNSException, OSError):
        return []
    return [b"".join(entry.strings).decode("utf-8", "replace") for entry in answer]
