"""CORS-01: origins that are on no list may call from a browser."""

from fastapi.middleware.cors import CORSMiddleware

from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


class AnyOrigin(CORSMiddleware):
    """Reflects whatever origin comes."""

    def is_allowed_origin(self, origin: str) -> bool:
        """Always."""
        return True


class SuffixOrigin(CORSMiddleware):
    """Compares only the end of the host."""

    def is_allowed_origin(self, origin: str) -> bool:
        """``https://evil-app.example.com`` ends like ``app.example.com``."""
        hosts = [allowed.split("://", 1)[1] for allowed in self.allow_origins]
        return any(origin.endswith(host) for host in hosts)


class PrefixOrigin(CORSMiddleware):
    """Compares only the beginning."""

    def is_allowed_origin(self, origin: str) -> bool:
        """``https://app.example.com.evil.example`` begins like ``https://app.example.com``."""
        return any(origin.startswith(allowed) for allowed in self.allow_origins)


class NullOrigin(CORSMiddleware):
    """Allows ``null``, which every sandboxed frame can send."""

    def is_allowed_origin(self, origin: str) -> bool:
        """The list, and ``null``."""
        return origin == "null" or super().is_allowed_origin(origin)


@flaw(
    "cors-reflects-any",
    checks=("CORS-01",),
    sentence="Every origin is allowed by reflecting it.",
    variant="reflection",
)
def cors_reflects_any(bench: Workbench) -> None:
    """Overlay the judge of origins."""
    bench.cors(AnyOrigin)


@flaw(
    "cors-suffix-match",
    checks=("CORS-01",),
    sentence="An origin is allowed when its host only ends like an approved one.",
    variant="suffix look-alike",
)
def cors_suffix_match(bench: Workbench) -> None:
    """Overlay the judge of origins."""
    bench.cors(SuffixOrigin)


@flaw(
    "cors-prefix-match",
    checks=("CORS-01",),
    sentence="An origin is allowed when it only begins like an approved one.",
    variant="prefix look-alike",
)
def cors_prefix_match(bench: Workbench) -> None:
    """Overlay the judge of origins."""
    bench.cors(PrefixOrigin)


@flaw(
    "cors-null-allowed",
    checks=("CORS-01",),
    sentence="The origin null is allowed.",
    variant="null",
)
def cors_null_allowed(bench: Workbench) -> None:
    """Overlay the judge of origins."""
    bench.cors(NullOrigin)
