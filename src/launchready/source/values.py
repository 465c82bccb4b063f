"""What a value looks like by itself: a placeholder, a reference, a well-known default, random, words."""

import math
import re
from collections import Counter
from itertools import pairwise

_PLACEHOLDER = re.compile(
    r"""(?xi)
      ^ < .* > $ | ^ \[ [a-z_\s.-]* \] $ | ^ \{\{? .* \}?\} $ | ^ % [a-z_]+ % $ | ^ __ .* __ $ | ^ \*+ $
    | ^ \.{3,} $ | ^ …
    | ^ (?: your | insert | enter | replace | change | put | add | fill | set | paste | use ) [\s_.-]?
        (?: your | me | this | it | in | here | with | own | api | app | auth | access | secret | token | key
          | password | pass | client | db | database | user | value | strong | long | random | super )
    | ^ (?: example | sample | dummy | fake | placeholder | todo | fixme | tbd | redacted | removed
          | hidden | masked | none | null | nil | undefined | empty | false | true | optional | required
          | unset | string | secret_?here ) (?: $ | [\s_.-] )
    | change[\s_-]?(?:me|this|it) | replace[\s_-]?(?:me|this|with) | placeholder
    | your[\s_-]?(?:own|api|secret|key|token) | example | not[\s_-]?a?[\s_-]?real | do[\s_-]?not[\s_-]?use
    | fill[\s_-]?in | goes[\s_-]?here | \b here $
    | x{4,} | \*{4,} | \.{4,} | 0{8,} | \#{4,} | _{4,}
    | ^ 1234567890 | ^ 0123456789 | abcdefgh | deadbeef | cafebabe | 123456789 | lorem
    """
)
# Anchored where a generated value could hold the same characters by chance
_REFERENCE = re.compile(
    r"""(?xi)
      \$\{ [a-z_] [^}]* \} | \$\( [a-z] [^)]* \) | ^ \$ [a-z_]\w* $ | ^ \$env: | \{\{ .* \}\} | <%
    | \#\{ [a-z] [^}]* \} | ^ %? \( \w+ \) s $ | ^ %[sdv] | ^ \{[a-z_.]*\} $ | ^ % [a-z_]+ % $
    | ^ @ [a-z._]+ [@(] | \b process\.env | import\.meta\.env | os\.environ | os\.getenv | getenv\( | \benv\(
    | ENV\[ | System\.getenv
    | ^ (?: secrets? | vars? | local | data | module | config | settings | self | this | ctx | req | request
          | env | params | props | args | opts | options | state | user | account | body | input | form )
        [.\[>] [a-z_]
    | ^ ! (?: Ref | Sub | GetAtt | vault )
    | ^ (?: vault | op | ref | ssm | sops | arn | gcp-secret | doppler | env ) :
    | \b (?: arn:aws: | projects/[^/]+/secrets/ ) | ^ ENC\[
    """
)
_NOTHING = frozenset({
    "array", "auto", "basic", "bearer", "boolean", "bytes", "current-password", "default", "email",
    "false", "hidden", "inherit", "integer", "new-password", "nil", "none", "null", "number", "object",
    "optional", "read", "required", "secretstr", "string", "text", "true", "undefined", "write",
})  # fmt: skip
_EMAIL = re.compile(r"^[\w.+-]+@[\w-]+\.[\w.-]+$")
_INSIDE = re.compile(r"[$#]?\{[a-zA-Z_][\w.]*(?:[!:(\[][^{}]*)?\}")
_HASH = re.compile(
    r"^(?:\$2[abxy]?\$|\$argon2|\$[156]\$|\$scrypt|pbkdf2|bcrypt|scrypt:|\{SSHA|argon2)", re.IGNORECASE
)
_UUID = re.compile(r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)
_COMMON = frozenset({
    "admin", "administrator", "apikey", "app", "apppass", "apppassword", "changeit", "changeme",
    "changethis", "ci", "database", "db", "dbpass", "dbpassword", "default", "demo", "dev", "development",
    "devpassword", "devsecret", "django", "docker", "geheim", "guest", "hello", "hunter", "insecure",
    "jwtsecret", "key", "keyboard", "letmein", "local", "localdev", "localhost", "mailpit", "minio",
    "minioadmin", "mongo", "mypassword", "mysecret", "mysecretkey", "mysql", "mytoken", "myuser",
    "notasecret", "notsosecret", "p@ssw0rd", "p@ssword", "pass", "passw0rd", "passwd", "password",
    "pgpass", "postgres", "postgrespw", "pw", "qwerty", "rabbitmq", "random", "redis", "root", "rootpass",
    "rootpassword", "s3cret", "sa", "secret", "secretkey", "secretpassword", "secrettoken", "secure",
    "sekret", "supersecret", "supersecretkey", "superuser", "sysadmin", "temp", "test", "tester",
    "testing", "testkey", "testpass", "testpassword", "testsecret", "testtoken", "testuser", "token",
    "topsecret", "unsafe", "user", "username", "userpass", "verysecret", "welcome", "yourpassword",
})  # fmt: skip
_WORDS = re.compile(r"^[A-Za-z]+(?:[\s_./:-]+[A-Za-z]+)*[:.!?…]?$")
_CAMEL_NAME = re.compile(r"^[A-Za-z][a-z]+(?:[A-Z0-9][a-z0-9]*)*[a-z]$")
_UNSPOKEN = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}|[aeiou]{4,}|[jqvxz]{2}", re.IGNORECASE)

_LEAST_RANDOM = 8
_LONG = 20
_SPOKEN = 12


def is_placeholder(value: str) -> bool:
    """Whether a value is one to be replaced (`YOUR_API_KEY`, `changeme`, `<…>`) or a manual's sample."""
    core = value.strip()
    few = len(core) > 5 and len(set(core.lower())) <= 2  # noqa: PLR2004 - "aaaaaaaa", "ababab"
    return few or _PLACEHOLDER.search(core) is not None


def is_reference(value: str) -> bool:
    """Whether a value names where the secret is kept (`${VAR}`, `process.env.X`, `vault:…`)."""
    return _REFERENCE.search(value.strip()) is not None


def is_nothing(value: str) -> bool:
    """Whether a value is a constant or type of a language, an e-mail address, or has a variable inside."""
    return value.lower() in _NOTHING or _EMAIL.match(value) is not None or _INSIDE.search(value) is not None


def is_hash(value: str) -> bool:
    """Whether a value is a password hash in a known form."""
    return _HASH.match(value) is not None


def is_uuid(value: str) -> bool:
    """Whether a value is a UUID: some providers' keys are, most UUIDs are plain identifiers."""
    return _UUID.match(value) is not None


def is_common(value: str) -> bool:
    """Whether a value is a well-known default that nobody leaks by writing it down (`postgres`)."""
    core = value.strip().lower()
    bare = re.sub(r"[\d\W_]+$", "", core)
    flat = re.sub(r"[\W_]+", "", core)
    stem = re.sub(r"\d+$", "", flat)
    return not _COMMON.isdisjoint({core, bare, flat, stem}) or (core.isdigit() and len(core) <= _LEAST_RANDOM)


def is_words(value: str) -> bool:
    """Whether a value is made of letters in words, as labels, identifiers, paths and key names are."""
    if _WORDS.match(value) is None:
        return False
    # Short ones are words by their letters; longer ones must be such that can be spoken
    return len(value) < _SPOKEN or _is_worded(value) or _spoken(value)


def is_identifier(value: str) -> bool:
    """Whether a value is a name in camel case (`renewNpm2FaToken`), as programs use for keys and events."""
    return _CAMEL_NAME.match(value) is not None and _is_worded(value, 0.6)


def _spoken(value: str) -> bool:
    """Whether the parts of a name are of one case each (`DB_PWD_HASH`), not letters in mixed case."""
    parts = [part for part in re.split(r"[\s_./:-]+", value) if part]
    return all(part.islower() or part.isupper() or part.istitle() for part in parts)


def _is_worded(value: str, least: float = 0.5) -> bool:
    """Whether a share of a value is parts that can be spoken, with numbers at two places at most."""
    if len(re.findall(r"\d+", value)) > 2:  # noqa: PLR2004
        return False
    parts = re.findall(r"[A-Z]?[a-z]{3,}|[A-Z]{4,}(?=_)|(?<=_)[A-Z]{4,}", value)
    spoken = [part for part in parts if _UNSPOKEN.search(part) is None and re.search(r"[aeiouyAEIOUY]", part)]
    return sum(map(len, spoken)) >= least * len(value)


def entropy(value: str) -> float:
    """Shannon entropy in bits a character."""
    total = len(value)
    return (
        -sum(count / total * math.log2(count / total) for count in Counter(value).values()) if total else 0.0
    )


def is_random(value: str) -> bool:
    """Whether a value looks generated: classes of characters alternate as they do not in words.

    Measured by how often the class changes from one character to the next (lower, upper, digit, other): words
    with a number at the end change seldom, generated ones at nearly every second character.
    """
    size = len(value)
    if size < _LEAST_RANDOM or is_words(value) or _is_worded(value):
        return False
    classes = [_class_of(character) for character in value]
    changes = sum(1 for left, right in pairwise(classes) if left != right) / (size - 1)
    kinds = len(set(classes))
    bits = entropy(value)
    if re.fullmatch(r"[0-9a-f]{16,}|[0-9A-F]{16,}", value):
        return kinds == 2 and bits >= 2.8  # noqa: PLR2004 - digits and letters; hexadecimal has 4 bits at most
    if kinds < 2 or classes.count("l") + classes.count("u") == 0:  # noqa: PLR2004
        return False
    if size >= _LONG and bits >= 3.6:  # noqa: PLR2004 - 20 characters of text stay under that
        return changes >= 0.12  # noqa: PLR2004
    numbers = len(re.findall(r"\d+", value))
    least = 0.25 if numbers > 2 else 0.38  # noqa: PLR2004 - words are given one number, seldom two
    return changes >= least and bits >= 2.7  # noqa: PLR2004


def _class_of(character: str) -> str:
    if character.islower():
        return "l"
    if character.isupper():
        return "u"
    return "d" if character.isdigit() else "o"


def preview(value: str) -> str:
    """What may be shown of a value: three and two characters at most, fewer of short ones."""
    core = value.strip()
    if core.startswith("-----"):
        return "-----…"
    if len(core) >= 20:  # noqa: PLR2004
        return f"{core[:3]}…{core[-2:]}"
    return f"{core[:1]}…" if len(core) >= 10 else "…"  # noqa: PLR2004
