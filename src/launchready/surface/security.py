"""What a document says about who may call: guards and the schemes by which credentials travel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from launchready.model.operation import Guard
from launchready.surface.references import References

# A required parameter of this name is a guard that the document does not call one.
_CREDENTIAL_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "x-auth-token", "x-access-token", "x-token"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRules:
    """The document's schemes by name, and the requirement that operations inherit (`None`: none)."""

    schemes: Mapping[str, str]
    inherited: Sequence[Any] | None

    @classmethod
    def of(cls, document: Mapping[str, Any], references: References) -> "SecurityRules":
        """Read from the top of a document."""
        components = references.follow(document.get("components"))
        held = components.get("securitySchemes") if isinstance(components, Mapping) else None
        listed = references.follow(held if held is not None else document.get("securityDefinitions"))
        schemes = {}
        for name, each in listed.items() if isinstance(listed, Mapping) else ():
            scheme = references.follow(each)
            schemes[name] = scheme_name(scheme) if isinstance(scheme, Mapping) else name
        inherited = document.get("security")
        return cls(
            schemes=schemes, inherited=inherited if isinstance(inherited, list) and inherited else None
        )

    @property
    def declared(self) -> bool:
        """Whether the document states a requirement for all."""
        return self.inherited is not None

    def of_operation(
        self, operation: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]
    ) -> tuple[Guard, tuple[str, ...]]:
        """The guard of an operation and how its credentials travel.

        An empty or optional requirement for the whole document is a generator's default, not a statement
        about an operation, so it makes nothing public.
        """
        stated = operation.get("security")
        if isinstance(stated, list):
            if not stated or any(isinstance(each, Mapping) and not each for each in stated):
                return Guard.PUBLIC, self._names(stated)
            return Guard.PROTECTED, self._names(stated)
        if self.inherited is not None:
            optional = any(isinstance(each, Mapping) and not each for each in self.inherited)
            return Guard.UNSTATED if optional else Guard.PROTECTED, self._names(self.inherited)
        for each in parameters:
            name = each["name"].lower()
            if each.get("in") == "header" and each.get("required") is True and name in _CREDENTIAL_HEADERS:
                return Guard.PROTECTED, (f"api_key:{each['name']}",)
        return Guard.UNSTATED, ()

    def _names(self, requirement: Sequence[Any]) -> tuple[str, ...]:
        names = [name for each in requirement if isinstance(each, Mapping) for name in each]
        return tuple(dict.fromkeys(self.schemes.get(name, name) for name in names))


def scheme_name(scheme: Mapping[str, Any]) -> str:
    """How a credential travels.

    `bearer`, `basic`, `api_key:HEADER`, `api_key_query:NAME`, `cookie:NAME`, `oauth2:TOKEN PATH` (the path
    part alone, empty when none is stated), `openid`.
    """
    kind = str(scheme.get("type", "")).lower()
    name = str(scheme.get("name", ""))
    if kind == "http":
        return str(scheme.get("scheme", "bearer")).lower()
    if kind == "apikey":
        place = str(scheme.get("in", "header")).lower()
        return {"query": f"api_key_query:{name}", "cookie": f"cookie:{name}"}.get(place, f"api_key:{name}")
    if kind == "oauth2":
        return f"oauth2:{_token_path(scheme)}"
    return {"basic": "basic", "openidconnect": "openid"}.get(kind, kind)


def _token_path(scheme: Mapping[str, Any]) -> str:
    flows = scheme.get("flows")
    holders = [scheme, *(flows.values() if isinstance(flows, Mapping) else ())]
    for holder in holders:
        url = holder.get("tokenUrl") if isinstance(holder, Mapping) else None
        if isinstance(url, str) and url:
            try:
                path = urlsplit(url).path
            except ValueError:
                continue
            return path if path.startswith("/") else f"/{path}"
    return ""
