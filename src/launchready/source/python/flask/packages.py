"""What packages around Flask do with callers: Flask-Login, Flask-JWT-Extended, Flask-HTTPAuth, Flask-Security."""

from collections.abc import Mapping

from launchready.model.source import GuardKind
from launchready.source.python.callers.caller import NO_GUARD, Ruling
from launchready.source.python.callers.decorators import words_in
from launchready.source.python.wiring.values import Made, Value, truth_of

_AUTHENTICATES = Ruling(kind=GuardKind.AUTHENTICATES)
_IDENTIFIES = Ruling(kind=GuardKind.IDENTIFIES)

# Last part of the full name of a decorator, by its package
_KNOWN: Mapping[str, Mapping[str, Ruling]] = {
    "flask_login": {"login_required": _AUTHENTICATES, "fresh_login_required": _AUTHENTICATES},
    "flask_jwt_extended": {
        "jwt_required": _AUTHENTICATES,
        "fresh_jwt_required": _AUTHENTICATES,
        "jwt_refresh_token_required": _AUTHENTICATES,
        "jwt_optional": _IDENTIFIES,
    },
    "flask_security": {
        "login_required": _AUTHENTICATES,
        "auth_required": _AUTHENTICATES,
        "auth_token_required": _AUTHENTICATES,
        "http_auth_required": _AUTHENTICATES,
        "handle_csrf": NO_GUARD,
        "anonymous_user_required": NO_GUARD,
        "unauth_csrf": NO_GUARD,
    },
    "flask_user": {"login_required": _AUTHENTICATES, "confirm_email_required": _AUTHENTICATES},
    "flask_praetorian": {"auth_required": _AUTHENTICATES, "auth_accepted": _IDENTIFIES},
    "flask_basicauth": {"required": _AUTHENTICATES},
    "flask_oidc": {"require_login": _AUTHENTICATES, "accept_token": _AUTHENTICATES},
    "authlib": {"ResourceProtector": _AUTHENTICATES, "__call__": _AUTHENTICATES},
}
_ROLES = (
    "roles_required", "roles_accepted", "permissions_required", "permissions_accepted", "require", "requires",
    "role_required", "has_role",
)  # fmt: skip
_HARMLESS = frozenset({
    "doc", "expect", "marshal_with", "marshal_list_with", "response", "arguments", "input", "output", "param", "hide",
    "deprecated", "vendor", "produces", "header", "alt_response", "paginate", "etag", "use_kwargs", "use_args",
    "swag_from", "cross_origin", "cached", "memoize", "limit", "exempt", "wraps", "validate", "validate_json",
    "representation", "errorhandler", "after_request", "cache", "documented", "schema_model",
})  # fmt: skip


def known_decorator(name: str, made: Made | None) -> Ruling | None:
    """What a decorator of a package does; None if the package is not known."""
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    if last in _HARMLESS:
        return NO_GUARD
    keywords = made.keywords if made is not None else {}
    if "optional" in keywords and truth_of(keywords["optional"]) is not False:
        return _IDENTIFIES if truth_of(keywords["optional"]) else Ruling(kind=GuardKind.UNCLEAR)
    role = _role(last, made)
    if role is not None:
        return Ruling(kind=GuardKind.AUTHORIZES, role=role)
    if package == "flask_httpauth" and last == "login_required":
        return _AUTHENTICATES
    if package == "apiflask" and last == "auth_required":
        return _AUTHENTICATES
    return _KNOWN.get(package, {}).get(last)


def _role(last: str, made: Made | None) -> str | None:
    """The role that a decorator asks for; None if it asks for none."""
    if made is None:
        return None
    given: list[Value] = [made.keywords[key] for key in ("role", "roles") if key in made.keywords]
    if last in _ROLES:
        given.extend(made.arguments)
    elif not given:
        return None
    # Of several that are accepted one is enough
    between = " | " if last.endswith(("accepted", "any_role")) else ", "
    return between.join(text for value in given for text in words_in(value)) or "a role"
