"""Names of one file: what is imported, what kind of file it is, which functions are handlers of requests."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchready.source.code.guards import words_of
from launchready.source.places import Place, place_of
from launchready.source.python.project import Function, dotted_name

ROUTE_DECORATORS = frozenset({
    "get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "websocket_route",
    "expose",
})  # fmt: skip
_VIEW_DECORATORS = frozenset({
    "api_view", "action", "require_POST", "require_GET", "require_http_methods", "require_safe", "view_config",
    "csrf_exempt", "list_route", "detail_route",
})  # fmt: skip
_VIEW_METHODS = frozenset({
    "get", "post", "put", "patch", "delete", "head", "options", "list", "retrieve", "create", "update",
    "partial_update", "destroy",
})  # fmt: skip
_VIEW_BASE = re.compile(r"(?:View|ViewSet|Resource|Endpoint|Handler|Controller|API|Api)$|ViewMixin$")
_SCRIPTS = re.compile(
    r"(?:^|/)(?:scripts?|tools?|bin|commands|cli|alembic|migrations|versions|benchmarks?|notebooks?|seeds?|seeders|hack|"
    r"ci|extras|deploy|deployment|dev|docker|devtools|playground|research|vendor|third_party|build_tools|fixtures)/"
    r"|(?:^|/)\.[^/]+/|^(?:tasks|setup|dev)\.py$|(?:^|/)(?:setup|manage|conftest|noxfile|fabfile|cli|seed\w*|gunicorn[^/]*|__main__|"
    r"bench[^/]*|locustfile|populate\w*|create_\w*admin\w*|init_db|export)\.py$",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"(?:^|/)(?:manage|gunicorn[^/]*|__main__|cli|env|main|worker|celery)\.py$|/commands/|(?:^|/)cli/"
)
_DEVELOPMENT = re.compile(
    r"(?:^|[/_.-])(?:dev|devel|development|local|debug|test|tests|testing|ci|example|sample)(?:[/_.-]|$)",
    re.IGNORECASE,
)


def is_product(path: str) -> bool:
    """Whether a file is part of what is served: no test, sample, document, migration or script."""
    return not is_beside(path) and _SCRIPTS.search(path) is None


def is_beside(path: str) -> bool:
    """Whether a file is a test, a sample or a document."""
    folder = path.rpartition("/")[0]
    # The names of files say less of Python than of others: `openapi.py` is code, so is `config.py`
    return place_of(path) in {Place.TEST, Place.TEMPLATE} or place_of(f"{folder}/_.py") is Place.DOCUMENTATION


def is_run_by_hand(path: str) -> bool:
    """Whether a file is a script for developers; what servers, workers and deployments start is none."""
    return _SCRIPTS.search(path) is not None and _STARTED.search(path) is None


def is_for_development(path: str) -> bool:
    """Whether a file's path says that it is used while developing or testing only."""
    return place_of(path) is Place.TEST or _DEVELOPMENT.search(path) is not None


@dataclass(slots=True)
class FileNames:
    """Imports of a file, those inside functions included: local name → full name."""

    path: str
    imports: dict[str, str] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)

    def full(self, dotted: str) -> str:
        """The full name of a dotted one: `sa.text` is `sqlalchemy.text`. As it is where nothing is imported."""
        first, dot, rest = dotted.partition(".")
        origin = self.imports.get(first)
        return f"{origin}{dot}{rest}" if origin is not None else dotted

    def full_name(self, expression: ast.expr) -> str:
        """The full name of a name, an attribute, or of what a call calls; empty for anything else."""
        dotted = dotted_name(expression)
        return self.full(dotted) if dotted else ""

    def has(self, *packages: str) -> bool:
        """Whether one of the packages is imported."""
        return any(
            origin == package or origin.startswith(f"{package}.")
            for origin in self.imports.values()
            for package in packages
        )


def file_names(path: str, tree: ast.Module) -> FileNames:
    """The names of a file. Imports of the module itself count before those inside functions and branches."""
    names = FileNames(path=path)
    top: dict[str, str] = {}
    for statement in tree.body:
        top.update(_imported(statement))
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            names.functions[statement.name] = statement
    for statement in statements_of(tree):
        for name, origin in _imported(statement):
            names.imports.setdefault(name, origin)
        if isinstance(statement, ast.ClassDef):
            names.classes.setdefault(statement.name, statement)
    names.imports.update(top)
    return names


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    match statement:
        case ast.Import(names=aliases):
            for alias in aliases:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        case ast.ImportFrom(module=module, names=aliases, level=level):
            origin = "." * level + (module or "")
            for alias in aliases:
                yield alias.asname or alias.name, f"{origin}.{alias.name}"


def statements_of(tree: ast.AST) -> Iterator[ast.stmt]:
    """All statements below a node, in order; expressions are not walked."""
    stack: list[ast.stmt] = list(reversed(getattr(tree, "body", [])))
    while stack:
        statement = stack.pop()
        yield statement
        inner: list[ast.stmt] = []
        for name in ("body", "orelse", "finalbody"):
            inner.extend(getattr(statement, name, ()))
        for handler in getattr(statement, "handlers", ()):
            inner.extend(handler.body)
        for case in getattr(statement, "cases", ()):
            inner.extend(case.body)
        stack.extend(reversed(inner))


def leaf(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]


# ------------------------------------------------------------------------------------------- handlers


def route_decorator(node: Function) -> ast.Call | None:
    """The decorator that puts a function on a path (`@router.get("/items")`), if it has one."""
    for decorator in node.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr in ROUTE_DECORATORS
            and _names_a_path(decorator)
        ):
            return decorator
    return None


def _names_a_path(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    first = first or keywords.get("path") or keywords.get("rule")
    match first:
        case ast.Constant(value=str() as text):
            return text == "" or text.startswith("/")
        case None:
            return False
    return isinstance(first, ast.JoinedStr | ast.BinOp | ast.Name | ast.Attribute)


def is_handler(node: Function, owner: ast.ClassDef | None, path: str) -> bool:
    """Whether requests reach a function: it is put on a path, or is a method of a view, or a view of Django."""
    if route_decorator(node) is not None:
        return True
    decorators = {leaf(dotted_name(one)) for one in node.decorator_list}
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    if owner is not None:
        in_view = any(_VIEW_BASE.search(leaf(dotted_name(_bare(base)))) for base in owner.bases)
        listed = node.name in _VIEW_METHODS or bool(decorators & _VIEW_DECORATORS)
        return in_view and listed
    takes_request = bool(names) and names[0] == "request"
    if node.name.startswith("_") and not decorators:
        return False
    return takes_request and (bool(decorators & _VIEW_DECORATORS) or _is_view_file(path))


def _bare(base: ast.expr) -> ast.expr:
    return base.value if isinstance(base, ast.Subscript) else base


def _is_view_file(path: str) -> bool:
    words = {*path.lower().removesuffix(".py").split("/")}
    return any(word in {"views", "api", "handlers"} or word.endswith("views") for word in words)


# ------------------------------------------------------------------------------------- the caller by name

_HELD = frozenset({
    "user", "userid", "member", "account", "principal", "identity", "subject", "actor", "customer", "viewer",
    "profile",
})  # fmt: skip
_PRESENT = frozenset({
    "current", "authenticated", "logged", "auth", "session", "signed", "me", "request", "jwt", "active",
    "require", "required", "verified", "login", "loggedin",
})  # fmt: skip
_PROOF = frozenset({"jwt", "token", "session", "cookie", "bearer", "idtoken", "credential", "credentials"})
_CHECKING = frozenset(
    {"decode", "verify", "validate", "introspect", "identity", "claims", "authenticate", "check"}
)
_MAKING = frozenset({
    "create", "make", "generate", "new", "issue", "build", "encode", "sign", "refresh", "revoke", "delete",
    "set", "register", "add", "update", "send", "save",
})  # fmt: skip


def names_caller(name: str) -> bool:
    """Whether a name says "whoever is signed in": `current_user`, `CurrentUser`, `authenticated_user_id`."""
    words = set(words_of(name))
    return bool(words & _HELD and words & _PRESENT) and not words & _MAKING


def gives_caller(name: str) -> bool:
    """Whether a function's name says that it tells the caller: `get_current_user`, `get_jwt_identity`, `decode_token`.

    What a checked token says counts, too: nobody but who signed it chose that.
    """
    words = set(words_of(leaf(name)))
    if words & _MAKING:
        return False
    if words & _PROOF and words & _CHECKING:
        return True
    return bool(words & _HELD and words & (_PRESENT | _PROOF) and not words & {"by", "profile"}) or name in {
        "jwt.decode",
        "jose.jwt.decode",
    }
