"""Comparing addresses of targets."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether a URL is on this machine by its address or as localhost."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def same_place(one: str, other: str) -> bool:
    """Whether two origins are one; names of this machine count as one."""
    if one.rstrip("/").lower() == other.rstrip("/").lower():
        return True
    return is_loopback(one) and is_loopback(other) and urlsplit(one).port == urlsplit(other).port
