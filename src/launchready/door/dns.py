"""DNS through one resolver: bounded in number and time, every answer a value, none an exception.

That a name does not exist, that it has no such record and that nobody answered are three different things:
only the first two say something about the domain.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from launchready.door.resolving import dns_resolver

_QUERIES = 400
_SECONDS = 6.0


class NameserverError(ValueError):
    """The name server setting cannot be used; the message says what it should look like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records, as text; `canonical` is the name at the end of CNAMEs. TXT strings are joined."""

    values: tuple[str, ...]
    canonical: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchName:
    """The name does not exist (NXDOMAIN). `canonical` differs from the name asked when a CNAME dangles."""

    canonical: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRecords:
    """The name exists and has no record of this type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Nobody answered: nothing is known. `reason` is for people."""

    reason: str


DnsResult: TypeAlias = Records | NoSuchName | NoRecords | NoAnswer


class Dns:
    """A resolver with a memory: equal questions are asked once, at most `queries` in all.

    `nameserver` is "address", "address:port" or "[address]:port"; empty for the system's own.
    """

    def __init__(self, nameserver: str = "", *, queries: int = _QUERIES, seconds: float = _SECONDS) -> None:
        self._resolver = _resolver(nameserver, seconds)
        self._left = queries
        self._known: dict[tuple[str, str], asyncio.Future[DnsResult]] = {}
        self.asked: Counter[str] = Counter()

    async def query(self, name: str, record: str) -> DnsResult:
        """Records of type `record` ("TXT", "MX", "A", …) at `name`."""
        key = (name.rstrip(".").lower(), record.upper())
        known = self._known.get(key)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[DnsResult] = asyncio.get_running_loop().create_future()
        self._known[key] = future
        try:
            result = await self._ask(*key)
        except BaseException:
            # Who else waits for this answer must not wait for ever
            self._known.pop(key, None)
            future.set_result(NoAnswer(reason="the question was given up"))
            raise
        future.set_result(result)
        return result

    async def _ask(self, name: str, record: str) -> DnsResult:
        if self._resolver is None:
            return NoAnswer(reason="this machine has no name server configured")
        if self._left <= 0:
            return NoAnswer(reason="too many DNS questions for one run")
        self._left -= 1
        self.asked[record] += 1
        try:
            answer = await self._resolver.resolve(name + ".", record)
        except dns.resolver.NXDOMAIN as error:
            return NoSuchName(canonical=_canonical(error))
        except dns.resolver.NoAnswer:
            return NoRecords()
        except dns.resolver.LifetimeTimeout:
            return NoAnswer(reason="the name server did not answer in time")
        except dns.resolver.NoNameservers:
            return NoAnswer(reason="the name server reported a failure (SERVFAIL or the like)")
        except (dns.exception.DNSException, UnicodeError, ValueError):
            return NoAnswer(reason="the name cannot be asked for in DNS")
        except OSError as error:
            return NoAnswer(reason=f"the name server cannot be reached ({error.strerror or 'network'})")
        canonical = answer.canonical_name.to_text(omit_final_dot=True).lower()
        return Records(values=tuple(_text(item) for item in answer), canonical=canonical)


def _resolver(nameserver: str, seconds: float) -> dns.asyncresolver.Resolver | None:
    try:
        resolver = dns_resolver(nameserver, seconds)
    except dns.resolver.NoResolverConfiguration:
        return None
    except ValueError:
        raise NameserverError(
            f"{nameserver!r} is no name server: write an address, as in 127.0.0.1:53"
        ) from None
    resolver.timeout = min(2.0, seconds)
    # The names asked for are whole; a search list would answer for another one
    resolver.search = []
    resolver.use_search_by_default = False
    return resolver


def _canonical(error: dns.resolver.NXDOMAIN) -> str:
    try:
        return str(error.canonical_name.to_text(omit_final_dot=True)).lower()
    except (TypeError, dns.exception.DNSException):
        return ""


def _text(record: object) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    if isinstance(record, MX):
        return f"{record.preference} {record.exchange.to_text(omit_final_dot=True).lower()}"
    return str(record).removesuffix(".")
