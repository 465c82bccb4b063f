"""What an expression gives, told from the values of its parts; nothing is run."""

import ast
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from launchready.source.code.guards import words_of
from launchready.source.python.flows.calls import call_value
from launchready.source.python.flows.names import FileNames
from launchready.source.python.flows.scopes import Scope, Seen
from launchready.source.python.flows.sources import (
    attribute_value,
    global_value,
    names_identity,
)
from launchready.source.python.flows.values import (
    CALLER,
    MAYBE,
    NOTHING,
    OWN_CONDITION,
    OWNED,
    REQUEST,
    SESSION,
    STORED,
    TEXT,
    WHOLE,
    Value,
    constant,
    either,
    gathered,
    joined_text,
)
from launchready.source.python.lookups.finding import QueryReader
from launchready.source.python.project import dotted_name

_NUMBERS: Final = re.compile(r"^[^sra]*[bcdeEfFgGnoxX%]$|^,$|^[.0-9,]+f?$")
_PERCENT: Final = re.compile(r"%(?:\((\w+)\))?[-+ #0]*[\d*]*(?:\.\d+)?([diouxXeEfFgGcrsa%])")
# Attributes that the code itself says: names of tables, classes, columns
_OF_THE_CODE: Final = frozenset({
    "_meta", "__tablename__", "__table__", "__name__", "db_table", "__class__", "__module__", "app_label", "model_name",
    "__qualname__", "attname",
})  # fmt: skip
_ADDED: Final = 60  # parts of one sum that are followed


class Expressions:
    """Values of expressions in one scope. `env` holds those of names and of dotted names."""

    def __init__(self, scope: Scope, names: FileNames, env: dict[str, Value]) -> None:
        self.scope = scope
        self.names = names
        self.env = env
        self.tests: tuple[ast.expr, ...] = ()
        self.quiet = 0
        self.catching = 0  # blocks around whose errors are caught
        self.queries = QueryReader(scope.queries, self)
        self._memo: dict[int, Value] = {}
        self._owners: set[str] = set()  # names of which attributes are in `env`

    def value(self, node: ast.expr) -> Value:
        """What an expression gives; calls in it are noted."""
        known = _VALUES.get(type(node))
        return known(self, node) if known is not None else NOTHING

    def peek(self, node: ast.expr) -> Value:
        """What an expression that was looked at already gives; nothing is noted a second time."""
        held = self._memo.get(id(node))
        if held is not None:
            return held
        self.quiet += 1
        try:
            return self.value(node)
        finally:
            self.quiet -= 1

    def remembered(self, node: ast.expr) -> Value:
        """What an expression gives, kept for `peek`."""
        held = self.value(node)
        self._memo[id(node)] = held
        return held

    # -------------------------------------------------------------------------------------- names

    def name_value(self, node: ast.Name) -> Value:
        """What a name holds."""
        held = self.env.get(node.id)
        if held is not None:
            return held
        special = global_value(node.id, self.names)
        if special is not None:
            return special
        origin = self.names.imports.get(node.id)
        if origin is not None:
            return Value(made=origin)
        return Value(made=node.id) if node.id in self.names.classes else NOTHING

    def attribute(self, node: ast.Attribute) -> Value:
        """What an attribute holds."""
        inner = node.value
        if isinstance(inner, ast.Name):
            held = self.env.get(f"{inner.id}.{node.attr}")
            if held is not None:
                return held
            if inner.id == "g" and self.names.imports.get("g", "").endswith(".g"):
                words = set(words_of(node.attr))
                return (
                    Value(flags=CALLER)
                    if words & {"user", "identity", "member"}
                    else Value(flags=TEXT | STORED)
                )
            if inner.id not in self.env:
                special = global_value(f"{inner.id}.{node.attr}", self.names)
                if special is not None:
                    return special
        base = self.value(inner)
        query = self.queries.attribute(node, base)
        if query is not None:
            return query
        if node.attr in _OF_THE_CODE:
            return NOTHING
        if node.attr in {"validated_data", "cleaned_data"}:
            return Value(flags=MAYBE, params=base.params)
        if not base.flags and not base.params and not base.found:
            made = f"{base.made}.{node.attr}" if base.made else ""
            return Value(made=made)
        return attribute_value(base, node.attr)

    def subscript(self, node: ast.Subscript) -> Value:
        """What an item of something holds."""
        base = self.value(node.value)
        if not isinstance(node.slice, ast.Slice):
            self.remembered(node.slice)
        if base.flags & SESSION:
            key = node.slice
            identity = isinstance(key, ast.Constant) and names_identity(str(key.value))
            return Value(flags=CALLER) if identity else Value(flags=TEXT | STORED)
        if base.queries:
            return Value(flags=TEXT | STORED, found=base.queries)
        if base.made and not base.flags:
            if base.made == "os.environ" and not self.quiet:
                self.scope.items.append((node, self.tests, self.catching > 0))
            return Value(made=base.made)
        return base._replace(flags=base.flags & ~(WHOLE | REQUEST), text=None, queries=(), made="")

    # ------------------------------------------------------------------------------------- texts

    def literal(self, node: ast.Constant) -> Value:
        """A constant."""
        match node.value:
            case str() as text:
                return constant(text)
            case bytes() as data:
                return constant(data.decode("latin-1"))
            case bool() | None:
                return NOTHING
            case int() | float() as number:
                return constant(repr(number))
        return NOTHING

    def f_string(self, node: ast.JoinedStr) -> Value:
        """A text with values in it."""
        return joined_text([self.value(part) for part in node.values])

    def formatted(self, node: ast.FormattedValue) -> Value:
        """A value in a text."""
        held = self.value(node.value)
        spec = node.format_spec
        if isinstance(spec, ast.JoinedStr):
            text = self.f_string(spec).text or ""
            if _NUMBERS.match(text):
                return held.harmless()
        return held

    def operation(self, node: ast.BinOp) -> Value:
        """A sum, a formatted text, a query with another one."""
        if isinstance(node.op, ast.Add):
            return self._sum(node)
        left, right = self.remembered(node.left), self.remembered(node.right)
        if isinstance(node.op, ast.Mod) and (left.text is not None or left.flags & TEXT):
            return self._percent(left, node.right, right)
        if isinstance(node.op, ast.Mult):
            return left if left.text is not None and not right.flags & TEXT else gathered([left, right])
        if isinstance(node.op, ast.Div):
            return joined_text([left, constant("/"), right])
        held = either(left, right)
        return held._replace(text=None)

    def _sum(self, node: ast.BinOp) -> Value:
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            parts.append(left.right)
            left = left.left
        parts.append(left)
        values = [self.remembered(part) for part in reversed(parts[-_ADDED:])]
        if all(isinstance(part, ast.List | ast.Tuple) for part in parts):
            return gathered(values)
        return joined_text(values)

    def _percent(self, left: Value, node: ast.expr, right: Value) -> Value:
        parts = [self.peek(one) for one in node.elts] if isinstance(node, ast.Tuple) else [right]
        named = (
            {
                str(key.value): self.peek(value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
            if isinstance(node, ast.Dict)
            else {}
        )
        return filled(left, parts, named)

    # ------------------------------------------------------------------------------ everything else

    def call(self, node: ast.Call) -> Value:
        """What a call gives; it is noted with what goes into it."""
        function = node.func
        receiver = self.value(function.value) if isinstance(function, ast.Attribute) else NOTHING
        if not isinstance(function, ast.Attribute | ast.Name):
            self.value(function)
        args = [self.remembered(one) for one in node.args]
        keywords = {one.arg or "**": self.remembered(one.value) for one in node.keywords}
        dotted = dotted_name(function)
        name = self.names.full(dotted) if dotted else ""
        if (
            isinstance(function, ast.Name)
            and function.id in self.env
            and function.id not in self.names.imports
        ):
            name = self.env[function.id].made or name
        made, called_as = name, dotted
        if isinstance(function, ast.Attribute):
            name = name or function.attr
            made = f"{receiver.made}.{function.attr}" if receiver.made else name
            first = dotted.partition(".")[0]
            if receiver.made and (first in self.env or first in {"self", "cls", ""}):
                called_as = made
        seen = Seen(
            node=node,
            name=name,
            made=made,
            receiver=receiver,
            args=args,
            keywords=keywords,
            tests=self.tests,
            called_as=called_as,
        )
        if not self.quiet:
            self.scope.seen.append(seen)
        query = self.queries.call(node, name, receiver, args, keywords)
        return query if query is not None else call_value(seen)

    def branches(self, node: ast.BoolOp) -> Value:
        """One of several values."""
        held = [self.remembered(one) for one in node.values]
        result = held[0]
        for other in held[1:]:
            result = either(result, other)
        return result

    def conditional(self, node: ast.IfExp) -> Value:
        """One of two values."""
        self.remembered(node.test)
        tests = self.tests
        self.tests = (*tests, node.test)
        first = self.value(node.body)
        self.tests = (*tests, ast.UnaryOp(op=ast.Not(), operand=node.test))
        second = self.value(node.orelse)
        self.tests = tests
        return either(first, second)

    def comparison(self, node: ast.Compare) -> Value:
        """True or False; of columns a condition."""
        held = [self.remembered(node.left), *(self.remembered(one) for one in node.comparators)]
        # A condition of a query keeps what it asks: `Item.owner_id == user.id` in a list of conditions
        return OWN_CONDITION if any(one.flags & (CALLER | OWNED) for one in held) else NOTHING

    def negation(self, node: ast.UnaryOp) -> Value:
        """Not something, minus something."""
        held = self.remembered(node.operand)
        return NOTHING if isinstance(node.op, ast.Not) else held

    def elements(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        """Several values."""
        return gathered([self.remembered(one) for one in node.elts])

    def mapping(self, node: ast.Dict) -> Value:
        """Values by key; a key from the caller is the caller's, too."""
        held = [self.remembered(one) for one in node.values]
        keys = [self.value(one) for one in node.keys if one is not None]
        return gathered([*held, *keys])

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        """Values made of others."""
        self._generators(node.generators)
        return gathered([self.value(node.elt)])

    def dict_comprehension(self, node: ast.DictComp) -> Value:
        """Values by key made of others."""
        self._generators(node.generators)
        return gathered([self.value(node.key), self.value(node.value)])

    def _generators(self, generators: list[ast.comprehension]) -> None:
        for one in generators:
            self.bind(one.target, self.value(one.iter), None)
            for test in one.ifs:
                self.remembered(test)

    def named(self, node: ast.NamedExpr) -> Value:
        """A value that gets a name on its way."""
        held = self.value(node.value)
        self.bind(node.target, held, node.value)
        return held

    def inner(self, node: ast.Await | ast.Starred | ast.YieldFrom) -> Value:
        """What stands inside."""
        return self.value(node.value)

    def yielded(self, node: ast.Yield) -> Value:
        """What is handed out."""
        if node.value is not None:
            self.value(node.value)
        return NOTHING

    def function(self, node: ast.Lambda) -> Value:
        """A function without a name: its calls are noted, its parameters are not known."""
        hidden = {one.arg: self.env.get(one.arg) for one in node.args.args}
        self.env.update(dict.fromkeys(hidden, NOTHING))
        held = self.value(node.body)
        for name, before in hidden.items():
            if before is None:
                self.env.pop(name, None)
            else:
                self.env[name] = before
        return held._replace(flags=held.flags & (CALLER | OWNED), text=None)

    # ------------------------------------------------------------------------------------ binding

    def bind(self, target: ast.expr, held: Value, node: ast.expr | None) -> None:
        """Give a value to a name, an attribute, or to several names."""
        match target:
            case ast.Name(id=name):
                if name in self._owners:
                    self._forget(name)
                self.env[name] = held
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                self._owners.add(owner)
                self.env[f"{owner}.{name}"] = held
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                values = node.elts if isinstance(node, ast.Tuple | ast.List) else []
                for index, part in enumerate(parts):
                    same = len(values) == len(parts)
                    self.bind(part, self.peek(values[index]) if same else _part(held), None)
            case ast.Starred(value=inner):
                self.bind(inner, held, node)

    def _forget(self, owner: str) -> None:
        """A name means another object: what was known of the attributes of the one before is void."""
        for name in [one for one in self.env if one.startswith(f"{owner}.")]:
            del self.env[name]


def _part(held: Value) -> Value:
    return held._replace(text=None, flags=held.flags & ~WHOLE)


def filled(pattern: Value, parts: list[Value], named: dict[str, Value]) -> Value:
    """The text of `pattern % parts`."""
    if pattern.text is None:
        return joined_text([pattern, *parts, *named.values()])
    pieces: list[Value] = []
    last = 0
    rest = iter(parts)
    for match in _PERCENT.finditer(pattern.text):
        pieces.append(constant(pattern.text[last : match.start()]))
        last = match.end()
        if match[2] == "%":
            pieces.append(constant("%"))
            continue
        held = named.get(match[1], NOTHING) if match[1] else next(rest, parts[-1] if parts else NOTHING)
        pieces.append(held if match[2] in "sra" else held.harmless())
    pieces.append(constant(pattern.text[last:]))
    held = joined_text(pieces)
    return held._replace(flags=held.flags | pattern.flags)


_Reader: TypeAlias = Callable[..., Value]
_VALUES: Final[dict[type[ast.expr], _Reader]] = {
    ast.Constant: Expressions.literal,
    ast.Name: Expressions.name_value,
    ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript,
    ast.JoinedStr: Expressions.f_string,
    ast.FormattedValue: Expressions.formatted,
    ast.BinOp: Expressions.operation,
    ast.Call: Expressions.call,
    ast.BoolOp: Expressions.branches,
    ast.IfExp: Expressions.conditional,
    ast.Compare: Expressions.comparison,
    ast.UnaryOp: Expressions.negation,
    ast.List: Expressions.elements,
    ast.Tuple: Expressions.elements,
    ast.Set: Expressions.elements,
    ast.Dict: Expressions.mapping,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.DictComp: Expressions.dict_comprehension,
    ast.NamedExpr: Expressions.named,
    ast.Await: Expressions.inner,
    ast.Starred: Expressions.inner,
    ast.YieldFrom: Expressions.inner,
    ast.Yield: Expressions.yielded,
    ast.Lambda: Expressions.function,
}
