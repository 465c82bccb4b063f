"""What each operation is for, by path words, operationId, summary, tags and fields; each with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from launchready.model.operation import HttpOperation, ObjectClass, Purpose
from launchready.surface import account_rules, lexicon, schemas
from launchready.surface.shape import Shape, shape_of
from launchready.surface.words import flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """A purpose and the one phrase that says what spoke for it."""

    purpose: Purpose
    reason: str


def infer_purposes(operations: Sequence[HttpOperation]) -> tuple[Inference, ...]:
    """A purpose for each operation, in order.

    They are seen together: `POST /users` is a sign-up only if nothing else is named so.
    """
    listed = frozenset(each.path for each in operations if each.method == "GET")
    shapes = [shape_of(operation, listed) for operation in operations]
    named_sign_up = any(account_rules.sign_up(shape) for shape in shapes)
    return tuple(_infer(shape, named_sign_up=named_sign_up) for shape in shapes)


def explain_purpose(operation: HttpOperation, operations: Sequence[HttpOperation] = ()) -> str:
    """Why an operation has its purpose, in one line: `login: a POST with password and email fields`."""
    together = list(operations) if operation in operations else [*operations, operation]
    found = infer_purposes(together)[together.index(operation)]
    return f"{found.purpose.value}: {found.reason}"


Rule = Callable[[Shape], str]


def _infer(shape: Shape, *, named_sign_up: bool) -> Inference:
    for purpose, rule in _RULES:
        reason = rule(shape)
        if reason:
            return Inference(purpose=purpose, reason=reason)
    if not named_sign_up and (reason := account_rules.open_user_create(shape)):
        return Inference(purpose=Purpose.SIGN_UP, reason=reason)
    for purpose, rule in _LATER_RULES:
        reason = rule(shape)
        if reason:
            return Inference(purpose=purpose, reason=reason)
    return _by_method(shape)


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
    """Calls that another service makes; the management of own subscriptions is none."""
    word = shape.path_word(lexicon.WEBHOOK_WORDS)
    if shape.method != "POST" or not word or shape.flat_fields & _SUBSCRIBES:
        return ""
    if shape.last_words & _MANAGES or any(flat(name).endswith("id") for name in shape.path_parameters):
        return ""
    if word == "callback" and not (shape.has_word(lexicon.PAY_WORDS) or "webhook" in shape.words):
        return ""
    if shape.last_is_plural and shape.operation_path in shape.listed:
        return ""
    return f"a POST named {word} for another service"


_SUBSCRIBES = frozenset(
    {"url", "targeturl", "callbackurl", "endpoint", "endpointurl", "hookurl", "webhookurl"}
)
_MANAGES = lexicon.CRUD_VERBS | lexicon.ACTIONS | frozenset({"build", "server", "key", "setting", "settings"})


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
    reviews = (
        shape.last_stem in lexicon.REVIEW_WORDS and not shape.ends_in_parameter and not shape.last_is_plural
    )
    if shape.writes and reviews and shape.object_class not in {
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
        named = (shape.last_first in words or shape.last_stem in words) and (
            purpose is Purpose.COUNT or not shape.last_is_plural
        )
        if named and (shape.method == "GET" or purpose in {Purpose.SEARCH, Purpose.EXPORT}):
            return purpose, f"ends in {shape.last}"
    if shape.method == "GET" and (word := shape.path_word(_FIGURES)):
        return Purpose.COUNT, f"lies under {word}"
    if shape.method == "GET" and shape.last_words and shape.last_first == "find":
        return Purpose.SEARCH, f"ends in {shape.last}"
    return None


_FIGURES = frozenset({"analytics", "statistics", "stat", "metric"})
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
    (Purpose.LOG_OUT, account_rules.log_out),
    (Purpose.CHANGE_PASSWORD, account_rules.change_password),
    (Purpose.RESET, account_rules.reset),
    (Purpose.CONFIRM, account_rules.confirm),
    (Purpose.REFRESH, account_rules.refresh),
    (Purpose.ADMIN, _admin),
    (Purpose.SIGN_UP, account_rules.sign_up),
    (Purpose.LOG_IN, account_rules.log_in),
    (Purpose.LOG_IN, account_rules.log_in_without_fields),
    (Purpose.ME, account_rules.me),
)
_LATER_RULES: tuple[tuple[Purpose, Rule], ...] = (
    (Purpose.MODERATE, _moderate),
    (Purpose.PAYMENT, _payment),
    (Purpose.UPLOAD, _upload),
)


# -------------------------------------------------------------------------------------- by method and shape


def _by_method(shape: Shape) -> Inference:
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
    }.get(shape.method, _other)(shape)
    return Inference(purpose=purpose, reason=reason)


def _other(shape: Shape) -> tuple[Purpose, str]:
    return Purpose.OTHER, f"nothing tells what a {shape.method} on it is for"


def _get(shape: Shape) -> tuple[Purpose, str]:
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


def _post(shape: Shape) -> tuple[Purpose, str]:
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
    if (
        shape.last_words & (lexicon.LOG_IN_WORDS - {"session", "token"})
        or shape.last_words & lexicon.LOG_OUT_WORDS
    ):
        return Purpose.ACTION, f"about logging in ({shape.last})"
    if shape.last_is_plural or shape.operation_path in shape.listed or not shape.path_parameters:
        if not shape.words:
            return Purpose.OTHER, "a POST on the root"
        return Purpose.CREATE, f"POST on {shape.last}"
    return (Purpose.CREATE, f"POST with a body on {shape.last}") if shape.fields else (
        Purpose.ACTION, f"POST without a body on {shape.last}")  # fmt: skip


def _put(shape: Shape) -> tuple[Purpose, str]:
    if not shape.ends_in_parameter and shape.ends_in_action and shape.path_parameters:
        return Purpose.ACTION, f"ends in {shape.last}"
    return Purpose.UPDATE, f"{shape.method} on {shape.last or 'an id'}"


def _delete(shape: Shape) -> tuple[Purpose, str]:
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
