"""The key of a target."""

from urllib.parse import urlsplit

from launchready.config.places import project_key_path
from launchready.door.vault import load_project_key
from launchready.model.settings import CollectSettings


def project_key(settings: CollectSettings) -> bytes:
    """The key of the target (of the user, when there is no target). Raises ConfigError."""
    return load_project_key(project_key_path(origin_of(settings.url)))


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL in lower case, empty for none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
