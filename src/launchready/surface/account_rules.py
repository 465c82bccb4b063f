"""Which operations are about accounts and sessions. Each rule gives its reason, or an empty text."""

from launchready.model.operation import Guard
from launchready.surface import lexicon
from launchready.surface.shape import Shape
from launchready.surface.words import flat

# A login takes little; a settings form with a password field takes more.
_LOGIN_FIELDS = 10
_LOG_IN_NAMES = frozenset({"login", "signin", "authenticate", "user"})


def sign_up(shape: Shape) -> str:
    word = shape.named(lexicon.SIGN_UP_WORDS)
    if shape.method not in {"POST", "PUT"} or not word or shape.named(lexicon.CONFIRM_WORDS):
        return ""
    if shape.path_parameters or shape.has_word(lexicon.ADMIN_WORDS):
        return ""
    if shape.password or shape.identifier or not shape.fields:
        return f"named {word}" + (" with a password field" if shape.password else "")
    return ""


def open_user_create(shape: Shape) -> str:
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


def log_in(shape: Shape) -> str:
    if not shape.password or shape.new_password or shape.path_parameters or len(shape.fields) > _LOGIN_FIELDS:
        return ""
    if {"granttype", "username"} <= shape.flat_fields:
        return "the OAuth2 password form (grant_type, username, password)"
    if shape.method not in {"POST", "GET", "PUT"} or shape.named(lexicon.RESET_WORDS | lexicon.CONFIRM_WORDS):
        return ""
    if shape.flat_fields & {"otp", "resetcode", "resettoken"} and shape.last_stem not in lexicon.LOG_IN_WORDS:
        return ""
    word = shape.path_word(lexicon.LOG_IN_WORDS) or shape.named(
        lexicon.LOG_IN_WORDS - {"token", "auth", "session"}
    )
    if shape.identifier and word:
        return f"named {word}, with a password and {shape.identifier}"
    if shape.identifier and shape.token_reply and shape.last_stem not in lexicon.PERSON_WORDS:
        return f"takes a password and {shape.identifier}, answers with {shape.token_reply}"
    return ""


def log_in_without_fields(shape: Shape) -> str:
    """A login whose body is not described."""
    if (
        shape.method == "POST"
        and shape.last_stem in {"login", "signin", "authenticate"}
        and not shape.path_parameters
    ):
        return f"named {shape.last_stem}"
    return ""


def log_out(shape: Shape) -> str:
    if word := shape.path_word(lexicon.LOG_OUT_WORDS):
        return f"named {word}"
    own = shape.last_stem in {"session", "token", "login"} or (
        shape.last_stem == "current" and shape.path_word(frozenset({"session", "token"}))
    )
    if shape.method == "DELETE" and own and not shape.path_parameters:
        return f"DELETE on the own {shape.last}"
    if (
        shape.method == "POST"
        and shape.last_stem in {"revoke", "blacklist"}
        and shape.path_word(lexicon.AUTH_CONTEXT)
    ):
        return f"{shape.last_stem} of the own token"
    return ""


def refresh(shape: Shape) -> str:
    if shape.method not in {"POST", "GET", "PUT"} or shape.password:
        return ""
    token_field = next((name for name in shape.flat_fields if name in {"refreshtoken", "refresh"}), "")
    word = shape.path_word(lexicon.REFRESH_WORDS)
    if token_field and (word or shape.path_word(lexicon.LOG_IN_WORDS)):
        return f"takes a {token_field} field"
    if word and (shape.path_word(lexicon.AUTH_CONTEXT) or shape.words == (word,) or token_field):
        return f"named {word} among tokens or sessions"
    return ""


def change_password(shape: Shape) -> str:
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


def reset(shape: Shape) -> str:
    word = shape.path_word(lexicon.RESET_WORDS)
    if shape.method in {"POST", "PUT"} and shape.password and "otp" in shape.flat_fields and shape.identifier:
        return "takes a one-time code and a password"
    if shape.method not in {"POST", "PUT", "PATCH", "GET"} or not word:
        return ""
    about = "password" in shape.words or shape.path_word(lexicon.AUTH_CONTEXT - {"login"}) or shape.password
    if about or word in {"forgot", "forgotten"} or ("email" in shape.flat_fields and word != "lost"):
        return f"named {word}, about a password"
    return ""


_CARRIED = frozenset({
    "token", "code", "uid", "uidb64", "key", "hash", "signature", "confirmationtoken", "verificationtoken",
    "activationtoken", "confirmationcode", "verificationcode", "activationcode", "emailtoken",
})  # fmt: skip


def confirm(shape: Shape) -> str:
    word = next((each for each in sorted(shape.last_words) if each in lexicon.CONFIRM_WORDS), "")
    if not word or any(flat(name) not in _CARRIED for name in shape.path_parameters):
        return ""
    if "email" in shape.words or shape.path_word(lexicon.AUTH_CONTEXT | lexicon.SIGN_UP_WORDS):
        return f"named {word}, about an e-mail or account"
    carried = (shape.flat_fields | {flat(name) for name in shape.path_parameters}) & _CARRIED
    if carried and (shape.path_word(lexicon.PERSON_WORDS) or len(shape.words) == 1):
        return f"named {word}, takes a {min(carried)}"
    return ""


def me(shape: Shape) -> str:
    if shape.method != "GET" or shape.path_parameters:
        return ""
    before = shape.words[:-1][-1:]
    is_own = (
        not before or before[0] in lexicon.PERSON_WORDS | lexicon.AUTH_CONTEXT or not shape.before_is_plural
    )
    if shape.last_stem in lexicon.ME_WORDS and is_own:
        return f"GET on {shape.last}"
    if shape.words[-2:] == ("current", "user"):
        return f"GET on {shape.last}"
    if shape.last_stem == "current" and shape.path_word(lexicon.PERSON_WORDS | {"session"}):
        return "GET on the current user"
    own = shape.last in {"user", "profile", "account", "my-profile", "myprofile"} or (
        shape.last == "session" and shape.path_word(lexicon.AUTH_CONTEXT)
    )
    return f"GET on the singular {shape.last}, no id" if own and not shape.reply_is_list else ""
