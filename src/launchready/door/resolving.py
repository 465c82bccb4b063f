"""Names to addresses, once: what was resolved and judged is what is connected to (no DNS rebinding)."""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from enum import StrEnum

import aiohttp
import aiohttp.abc
import dns.asyncresolver


class Nearness(StrEnum):
    """How far away an address is: this machine, a network of one's own, or the internet."""

    LOOPBACK = "loopback"
    PRIVATE = "private"
    PUBLIC = "public"


# RFC 1918, RFC 4193, RFC 6598 (carrier and overlay networks). Link-local is not among them: cloud metadata
# lives there
_PRIVATE = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


def nearness(address: str) -> Nearness:
    """How far away an address is; an IPv4 address inside IPv6 counts as itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback or ip.is_unspecified:
        return Nearness.LOOPBACK
    if any(ip.version == block.version and ip in block for block in _PRIVATE):
        return Nearness.PRIVATE
    return Nearness.PUBLIC


def farthest(addresses: tuple[str, ...]) -> Nearness:
    """The farthest of several addresses; no address at all is public."""
    found = {nearness(address) for address in addresses}
    if not found or Nearness.PUBLIC in found:
        return Nearness.PUBLIC
    return Nearness.PRIVATE if Nearness.PRIVATE in found else Nearness.LOOPBACK


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """All addresses of a host, in the system's order; raises OSError when it has none."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedResolver(aiohttp.abc.AbstractResolver):
    """Gives the addresses that were pinned for a host; hosts without any (a proxy) are resolved as usual."""

    def __init__(self, pinned: Mapping[str, tuple[str, ...]]) -> None:
        self._pinned = pinned
        self._usual = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Addresses for one connection."""
        addresses = self._pinned.get(host.lower().rstrip("."))
        if not addresses:
            return await self._usual.resolve(host, port, family)
        return [
            aiohttp.abc.ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def dns_resolver(nameserver: str, seconds: float) -> dns.asyncresolver.Resolver:
    """A resolver that asks `nameserver` ("address", "address:port", "[v6]:port"), or the system's."""
    if not nameserver:
        resolver = dns.asyncresolver.Resolver()
    else:
        address, port = split_nameserver(nameserver)
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [address]
        resolver.port = port
    resolver.lifetime = seconds
    return resolver


def split_nameserver(text: str) -> tuple[str, int]:
    """Address and port of a `nameserver` setting; port 53 when none is given. Raises ValueError."""
    host, port = text.strip(), 53
    if host.startswith("["):
        host, _, rest = host[1:].partition("]")
        port = int(rest.removeprefix(":") or 53)
    elif host.count(":") == 1:
        host, _, number = host.partition(":")
        port = int(number)
    return str(ipaddress.ip_address(host)), port
