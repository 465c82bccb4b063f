"""What each operation is for, by path words, operationId, summary, tags and fields; each with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from launchready.model.operation import Guard, HttpOperation, ObjectClass, Purpose
from launchready.surface import lexicon, schemas
from launchready.surface.shape import Shape, shape_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """A purpose and the one phrase that says what spoke for it."""

    purpose: Purpose
    reason: str


def infer_purposes(operations: Sequence[HttpOperation]) -> tuple[Inference, ...]:
    """A purpose for each operation, in order.

    They are seen together: `POST /users` is a sign-up only if nothing else is named so.
    """
    shapes = [shape_of(operation) for operation in operations]
    named_sign_up = any(_is_named_sign_up(shape) for shape in shapes)
    listed = frozenset(each.path for each in operations if each.method == "GET")
    return tuple(_infer(shape, named_sign_up, listed) for shape in shapes)


def explain_purpose(operation: HttpOperation, operations: Sequence[HttpOperation] = ()) -> str:
    """Why an operation has its purpose, in one line: `login: a POST with password and email fields`."""
    together = list(operations) if operation in operations else [*operations, operation]
    found = infer_purposes(together)[together.index(operation)]
    return f"{found.purpose.value}: {found.reason}"


Rule = Callable[[Shape], str]


def _infer(shape: Shape, named_sign_up: bool, listed: frozenset[str]) -> Inference:  # noqa: FBT001
    for purpose, rule in _RULES:
        reason = rule(shape)
        if reason:
            return Inference(purpose=purpose, reason=reason)
    if not named_sign_up and (reason := _open_user_create(shape)):
        return Inference(purpose=Purpose.SIGN_UP, reason=reason)
    for purpose, rule in _LATER_RULES:
        reason = rule(shape)
        if reason:
            return Inference(purpose=purpose, reason=reason)
    return _by_method(shape, listed)


# ------------------------------------------------------------------------------------------ accounts, logins


def _is_named_sign_up(shape: Shape) -> bool:
    return bool(_sign_up(shape))


def _sign_up(shape: Shape) -> str:
    word = shape.named(lexicon.SIGN_UP_WORDS)
    if shape.method not in {"POST", "PUT"} or not word or shape.named(lexicon.CONFIRM_WORDS):
        return ""
    if shape.path_parameters or shape.has_word(lexicon.ADMIN_WORDS):
        return ""
    if shape.password or shape.identifier or not shape.fields:
        return f"named {word}" + (" with a password field" if shape.password else "")
    return ""


def _open_user_create(shape: Shape) -> str:
    """`POST /users` with a password, where the document does not protect it."""
    if (
        shape.method != "POST"
        or shape.ends_in_parameter
        or not shape.password
        or shape.guard is Guard.PROTECTED
    ):
        return ""
    if shape.path_parameters or shape.has_word(lexicon.ADMIN_WORDS) or not shape.identifier:
        return ""
    if shape.last_stem in lexicon.PERSON_WORDS:
        return f"an open POST on {shape.last} with a password and {shape.identifier}"
    return ""


def _log_in(shape: Shape) -> str:
    if not shape.password or shape.new_password or shape.path_parameters:
        return ""
    if {"granttype", "username"} <= shape.flat_fields:
        return "the OAuth2 password form (grant_type, username, password)"
    if shape.method not in {"POST", "GET", "PUT"} or shape.named(lexicon.RESET_WORDS | lexicon.CONFIRM_WORDS):
        return ""
    word = shape.path_word(lexicon.LOG_IN_WORDS) or shape.named(
        lexicon.LOG_IN_WORDS - {"token", "auth", "session"}
    )
    if shape.identifier and word:
        return f"named {word}, with a password and {shape.identifier}"
    if shape.identifier and shape.token_reply and shape.last_stem not in lexicon.PERSON_WORDS:
        return f"takes a password and {shape.identifier}, answers with {shape.token_reply}"
    return ""


def _log_in_without_fields(shape: Shape) -> str:
    """A login whose body is not described."""
    if (
        shape.method == "POST"
        and shape.last_stem in {"login", "signin", "authenticate"}
        and not shape.path_parameters
    ):
        return f"named {shape.last_stem}"
    return ""


def _log_out(shape: Shape) -> str:
    if word := shape.path_word(lexicon.LOG_OUT_WORDS):
        return f"named {word}"
    if (
        shape.method == "DELETE"
        and shape.last_stem in {"session", "token", "login"}
        and not shape.path_parameters
    ):
        return f"DELETE on the own {shape.last_stem}"
    if (
        shape.method == "POST"
        and shape.last_stem in {"revoke", "blacklist"}
        and shape.path_word(lexicon.AUTH_CONTEXT)
    ):
        return f"{shape.last_stem} of the own token"
    return ""


def _refresh(shape: Shape) -> str:
    if shape.method not in {"POST", "GET", "PUT"} or shape.password:
        return ""
    token_field = next((name for name in shape.flat_fields if name in {"refreshtoken", "refresh"}), "")
    word = shape.path_word(lexicon.REFRESH_WORDS)
    if token_field and (word or shape.path_word(lexicon.LOG_IN_WORDS)):
        return f"takes a {token_field} field"
    if word and (shape.path_word(lexicon.AUTH_CONTEXT) or shape.words == (word,) or token_field):
        return f"named {word} among tokens or sessions"
    return ""


def _change_password(shape: Shape) -> str:
    if shape.method not in {"POST", "PUT", "PATCH"}:
        return ""
    if shape.old_password and shape.new_password:
        return "takes an old and a new password"
    if shape.named(lexicon.RESET_WORDS):
        return ""
    changes = shape.method in {"PUT", "PATCH"} or shape.path_word(lexicon.UPDATE_VERBS)
    if shape.last_stem in {"password", "passwd"} and changes:
        return f"{shape.method} on a password"
    if "password" in shape.words and shape.path_word(frozenset({"change", "update", "set"})):
        return "named change password"
    return ""


def _reset(shape: Shape) -> str:
    word = shape.path_word(lexicon.RESET_WORDS)
    if shape.method not in {"POST", "PUT", "PATCH", "GET"} or not word:
        return ""
    about = "password" in shape.words or shape.path_word(lexicon.AUTH_CONTEXT | {"user"}) or shape.password
    if about or word in {"forgot", "forgotten", "lost"} or ("email" in shape.flat_fields and word != "lost"):
        return f"named {word}, about a password"
    return ""


def _confirm(shape: Shape) -> str:
    word = shape.path_word(lexicon.CONFIRM_WORDS)
    if not word:
        return ""
    if "email" in shape.words or shape.path_word(lexicon.AUTH_CONTEXT | lexicon.SIGN_UP_WORDS):
        return f"named {word}, about an e-mail or account"
    carried = (shape.flat_fields | {name.lower() for name in shape.path_parameters}) & {
        "token",
        "code",
        "uid",
        "key",
    }
    if carried and (shape.path_word(lexicon.PERSON_WORDS) or len(shape.words) == 1):
        return f"named {word}, takes a {min(carried)}"
    return ""


def _me(shape: Shape) -> str:
    if shape.method != "GET" or shape.path_parameters:
        return ""
    if shape.last_stem in lexicon.ME_WORDS or shape.words[-2:] == ("current", "user"):
        return f"GET on {shape.last}"
    if shape.last_stem == "current" and shape.path_word(lexicon.PERSON_WORDS | {"session"}):
        return "GET on the current user"
    own = shape.last in {"user", "profile", "account", "my-profile", "myprofile"} or (
        shape.last == "session" and shape.path_word(lexicon.AUTH_CONTEXT)
    )
    return f"GET on the singular {shape.last}, no id" if own and not shape.reply_is_list else ""


# ----------------------------------------------------------------------------------------------- functions


def _docs(shape: Shape) -> str:
    if shape.method == "GET" and not shape.path_parameters and shape.words:
        word = next((each for each in shape.words if each in lexicon.DOCS_WORDS), "")
        if word and (shape.last_stem in lexicon.DOCS_WORDS | {"json", "yaml", "ui"} or word != "doc"):
            return f"named {word}"
    return ""


def _health(shape: Shape) -> str:
    if shape.method not in {"GET", "HEAD"} or shape.path_parameters:
        return ""
    if shape.last_stem in lexicon.HEALTH_WORDS or "healthcheck" in shape.words:
        return f"named {shape.last}"
    return "a status page" if shape.words == ("status",) else ""


def _webhook(shape: Shape) -> str:
    word = shape.path_word(lexicon.WEBHOOK_WORDS)
    subscribes = shape.flat_fields & {"url", "targeturl", "callbackurl", "endpoint", "endpointurl", "hookurl"}
    if shape.method != "POST" or not word or subscribes or shape.ends_in_action:
        return ""
    if word == "callback" and not (shape.has_word(lexicon.PAY_WORDS) or "webhook" in shape.words):
        return ""
    return f"a POST named {word} for another service"


def _admin(shape: Shape) -> str:
    word = shape.path_word(lexicon.ADMIN_WORDS) or shape.tag_word(lexicon.ADMIN_WORDS)
    if not word:
        word = next(
            (each for each in shape.id_words if each in lexicon.ADMIN_WORDS - {"internal", "staff"}), ""
        )
    return f"named {word}" if word else ""


def _moderate(shape: Shape) -> str:
    word = shape.path_word(lexicon.MODERATE_WORDS) or shape.tag_word(lexicon.MODERATE_WORDS)
    if word:
        return f"named {word}"
    if shape.writes and shape.last_stem in lexicon.REVIEW_WORDS and shape.object_class not in {
        ObjectClass.ORDER, ObjectClass.PROFILE,
    }:  # fmt: skip
        return f"ends in {shape.last_stem}"
    return ""


def _payment(shape: Shape) -> str:
    if shape.method == "POST" and shape.last_stem in lexicon.PAY_WORDS:
        return f"a POST on {shape.last}"
    return ""


def _upload(shape: Shape) -> str:
    return f"takes a file ({shape.takes_file})" if shape.writes and shape.takes_file else ""


def _view(shape: Shape) -> tuple[Purpose, str] | None:
    """Search, feed, export and count are asked by GET, or by a POST that answers with a list."""
    if shape.method not in {"GET", "POST"}:
        return None
    for purpose, words in _VIEWS:
        if shape.last_words & words and (
            shape.method == "GET" or purpose in {Purpose.SEARCH, Purpose.EXPORT}
        ):
            return purpose, f"ends in {shape.last}"
    if shape.method == "GET" and shape.last_words and shape.last_first == "find":
        return Purpose.SEARCH, f"ends in {shape.last}"
    return None


_VIEWS = (
    (Purpose.SEARCH, lexicon.SEARCH_WORDS),
    (Purpose.EXPORT, lexicon.EXPORT_WORDS),
    (Purpose.FEED, lexicon.FEED_WORDS),
    (Purpose.COUNT, lexicon.COUNT_WORDS),
)

# The first that applies wins. What changes credentials comes first: it is the worst to mistake.
_RULES: tuple[tuple[Purpose, Rule], ...] = (
    (Purpose.DOCS, _docs),
    (Purpose.HEALTH, _health),
    (Purpose.WEBHOOK, _webhook),
    (Purpose.LOG_OUT, _log_out),
    (Purpose.CHANGE_PASSWORD, _change_password),
    (Purpose.RESET, _reset),
    (Purpose.CONFIRM, _confirm),
    (Purpose.REFRESH, _refresh),
    (Purpose.ADMIN, _admin),
    (Purpose.SIGN_UP, _sign_up),
    (Purpose.LOG_IN, _log_in),
    (Purpose.LOG_IN, _log_in_without_fields),
    (Purpose.ME, _me),
)
_LATER_RULES: tuple[tuple[Purpose, Rule], ...] = (
    (Purpose.MODERATE, _moderate),
    (Purpose.PAYMENT, _payment),
    (Purpose.UPLOAD, _upload),
)


# -------------------------------------------------------------------------------------- by method and shape


def _by_method(shape: Shape, listed: frozenset[str]) -> Inference:
    view = _view(shape)
    if view is not None and not shape.ends_in_parameter:
        return Inference(purpose=view[0], reason=view[1])
    purpose, reason = {
        "GET": _get,
        "HEAD": _get,
        "POST": _post,
        "PUT": _put,
        "PATCH": _put,
        "DELETE": _delete,
    }.get(shape.method, _other)(shape, listed)
    return Inference(purpose=purpose, reason=reason)


def _other(shape: Shape, _: frozenset[str]) -> tuple[Purpose, str]:
    return Purpose.OTHER, f"nothing tells what a {shape.method} on it is for"


def _get(shape: Shape, _: frozenset[str]) -> tuple[Purpose, str]:
    if shape.effect:
        return Purpose.ACTION, f"a GET that says it changes something ({shape.effect})"
    if not shape.words and not shape.path_parameters:
        return Purpose.OTHER, "the root"
    if shape.ends_in_parameter:
        return Purpose.READ, "GET with an id at the end"
    if shape.reply_is_list:
        return Purpose.LIST, "GET that answers with a list"
    if shape.last_verb in lexicon.LIST_VERBS:
        return Purpose.LIST, f"GET named {shape.last_verb}"
    if shape.last_is_plural and not shape.reply_is_object:
        return Purpose.LIST, f"GET on the plural {shape.last}"
    if shape.last_is_plural and shape.last_stem not in {"settings", "preferences", "details", "data"}:
        return (Purpose.READ, "GET that answers with one object") if shape.reply_has_id else (
            Purpose.LIST, f"GET on the plural {shape.last}")  # fmt: skip
    return Purpose.READ, "GET on one thing"


def _post(shape: Shape, listed: frozenset[str]) -> tuple[Purpose, str]:
    verbs = (
        (lexicon.CREATE_VERBS, Purpose.CREATE),
        (lexicon.UPDATE_VERBS, Purpose.UPDATE),
        (lexicon.DELETE_VERBS, Purpose.DELETE),
        (lexicon.LIST_VERBS, Purpose.LIST),
        (lexicon.READ_VERBS, Purpose.READ),
    )
    for words, purpose in verbs:
        if shape.last_verb in words and shape.last_verb not in {"index", "post", "details", "detail"}:
            if purpose in {Purpose.READ, Purpose.LIST} and shape.path_parameters:
                break
            return purpose, f"POST named {shape.last_verb}"
    if shape.ends_in_parameter:
        return (
            (Purpose.UPDATE, "POST with a body on an id")
            if shape.fields
            else (Purpose.ACTION, "POST on an id")
        )
    if shape.ends_in_action:
        return Purpose.ACTION, f"ends in {shape.last}"
    if shape.last_is_plural or shape.operation_path in listed or not shape.path_parameters:
        if not shape.words:
            return Purpose.OTHER, "a POST on the root"
        return Purpose.CREATE, f"POST on {shape.last}"
    return (Purpose.CREATE, f"POST with a body on {shape.last}") if shape.fields else (
        Purpose.ACTION, f"POST without a body on {shape.last}")  # fmt: skip


def _put(shape: Shape, _: frozenset[str]) -> tuple[Purpose, str]:
    if not shape.ends_in_parameter and shape.ends_in_action and shape.path_parameters:
        return Purpose.ACTION, f"ends in {shape.last}"
    return Purpose.UPDATE, f"{shape.method} on {shape.last or 'an id'}"


def _delete(shape: Shape, _: frozenset[str]) -> tuple[Purpose, str]:
    if not shape.ends_in_parameter and shape.ends_in_action and shape.path_parameters:
        return Purpose.ACTION, f"takes {shape.last} back"
    return Purpose.DELETE, f"DELETE on {shape.last or 'an id'}"


# --------------------------------------------------------------------------------------------- other signals


def role_signals(operation: HttpOperation) -> tuple[str, ...]:
    """What says that an operation is for administrators or moderators: path, tag, name, summary."""
    shape = shape_of(operation)
    found = []
    for words, role in ((lexicon.ADMIN_WORDS, "admin"), (lexicon.MODERATE_WORDS, "moderator")):
        if word := shape.path_word(words):
            found.append(f"{role}: the path says {word}")
        if word := shape.tag_word(words):
            found.append(f"{role}: a tag says {word}")
        if word := next((each for each in (*shape.id_words, *shape.summary_words) if each in words), ""):
            found.append(f"{role}: its name or summary says {word}")
    return tuple(found)


def changes_by_get(operation: HttpOperation) -> str:
    """Why a GET seems to change something (`createdb`), empty if it does not; such a one is not repeated."""
    return shape_of(operation).effect if operation.method in {"GET", "HEAD"} else ""


def login_fields(operation: HttpOperation) -> tuple[str, str] | None:
    """(identifier, password) as JSON pointers into the body or `?name` in the query; `None` if not both."""
    shape = shape_of(operation)
    if not shape.identifier_at or not shape.password_at:
        return None
    return shape.identifier_at, shape.password_at


def token_fields(operation: HttpOperation) -> tuple[str, ...]:
    """JSON pointers in the declared success reply where a session token may be, best first."""
    from_reply = shape_of(operation).token_at
    return tuple(from_reply)


def has_free_reply(operation: HttpOperation) -> bool:
    """Whether no success reply with fields is declared, so that anything may come."""
    return not any(
        reply.status[:1] == "2" and schemas.properties(reply.schema) for reply in operation.replies
    )
