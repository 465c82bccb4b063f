"""For all tests: nothing but this machine is ever asked for anything."""

import ipaddress
import socket
from functools import wraps

import pytest

LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost"})


def is_local(host: object) -> bool:
    """Whether an address or a name means this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or not isinstance(host, str):
        return host is None
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() in LOCAL_NAMES or host.lower().endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def guarded(method):
    @wraps(method)
    def checked(self, *arguments):
        address = arguments[-1]
        by_address = self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple)
        if by_address and not is_local(address[0]):
            # `Failed` is no Exception: code that copes with every failure does not hide it
            pytest.fail(f"a test may only use loopback, and this one asked {address[0]}:{address[1]}")
        return method(self, *arguments)

    return checked


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """Connections elsewhere fail the test; names that are not local do not exist."""
    real = socket.getaddrinfo

    def lookup(host, *arguments, **options):
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if name is None or is_literal(name) or is_local(name):
            return real(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, "names are not looked up in tests")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)), raising=False)
        patch.setattr(socket, "getaddrinfo", lookup)
        yield
