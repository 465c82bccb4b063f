"""The path part of `servers`: where operations lie below the target. Hosts are never taken from there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def server_path(servers: Sequence[Any], origin: str) -> str:
    """The path of the server that has the origin's host, else of the first; without a closing slash.

    Args:
        servers: The `servers` list of a document, path or operation.
        origin: Where the document came from; relative addresses are resolved against an address.
    """
    urls = [url for each in servers if (url := _filled(each))]
    if not urls:
        return ""
    is_address = origin.startswith(("http://", "https://"))
    host = urlsplit(origin).netloc if is_address else ""
    near = [url for url in urls if "//" not in url or _host(url) == host]
    url = (near or urls)[0]
    if is_address:
        url = urljoin(origin, url)
    elif "//" not in url:
        url = "/" + url.removeprefix("./").lstrip("/")
    return _path(url)


def _filled(server: Any) -> str:
    url = server.get("url") if isinstance(server, Mapping) else None
    if not isinstance(url, str):
        return ""
    variables = server.get("variables")
    defaults = variables if isinstance(variables, Mapping) else {}

    def value(match: re.Match[str]) -> str:
        stated = defaults.get(match[1])
        default = stated.get("default") if isinstance(stated, Mapping) else None
        return str(default) if default is not None else "_"

    return _VARIABLE.sub(value, url.strip())


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = "/" + path.strip("/")
    return "" if path == "/" else path
