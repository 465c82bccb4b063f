"""What expressions stand for, followed through names, calls and modules without running anything."""

import ast
from abc import abstractmethod

from launchready.source.python.evaluation.binding import Binding
from launchready.source.python.evaluation.names import as_bound, code_of, is_property, is_super
from launchready.source.python.project import PythonProject
from launchready.source.python.wiring.operations import (
    BUILTINS,
    added,
    compared,
    either,
    formatted,
    joined_texts,
    list_method,
    merged,
    subscripted,
    table_method,
    table_of,
    text_method,
)
from launchready.source.python.wiring.values import (
    NONE,
    NOTHING,
    About,
    ClassValue,
    Frame,
    FunctionValue,
    Given,
    Instance,
    Items,
    Known,
    Made,
    Member,
    ModuleValue,
    OutsideValue,
    Pending,
    Table,
    Taint,
    Unknown,
    Value,
    about,
    items_of,
    outside_names,
    taint_of,
    text_of,
    truth_of,
    with_about,
)

_DEEPEST = 100  # expressions in expressions, calls in calls
_MOST_STEPS = 600_000
_MOST_ITEMS = 400
_SETTING: Taint = frozenset({About.SETTING})
_FIELDS = ("pydantic.Field", "pydantic.fields.Field", "dataclasses.field", "sqlmodel.Field")
_ENVIRONMENT = ("os.getenv", "os.environ.get", "environ.get", "os.environ.setdefault", "decouple.config")
_SAME = ("typing.cast", "copy.copy", "copy.deepcopy", "functools.partial", "functools.lru_cache")


class Evaluation(Binding):
    """Follows expressions. How functions are followed is for those who derive from it."""

    def __init__(self, project: PythonProject) -> None:
        super().__init__(project)
        self.steps = 0
        self.most_steps = _MOST_STEPS
        self.depth = 0

    @abstractmethod
    def run(self, function: FunctionValue, given: Given) -> Value:
        """What a call of a function of the repository gives."""

    @abstractmethod
    def outside(self, called: Value, given: Given) -> Value:
        """What a call of something that is not at hand gives."""

    # ------------------------------------------------------------------------------------- expressions

    def evaluate(self, node: ast.expr | None, frame: Frame) -> Value:
        """What an expression stands for."""
        self.steps += 1
        if node is None or self.steps > self.most_steps or self.depth > _DEEPEST:
            return NOTHING
        self.depth += 1
        try:
            return self._evaluated(node, frame)
        finally:
            self.depth -= 1

    def _evaluated(self, node: ast.expr, frame: Frame) -> Value:
        match node:
            case ast.Constant(value=value):
                return NOTHING if isinstance(value, complex) or value is ... else Known(value=value)
            case ast.Name(id=name):
                return self.lookup(name, frame)
            case ast.Attribute(value=inner, attr=name):
                return self.attribute(self.evaluate(inner, frame), name, node)
            case ast.Call():
                return self.call(node, frame)
            case ast.JoinedStr(values=parts):
                return joined_texts([self.evaluate(part, frame) for part in parts])
            case ast.FormattedValue(value=inner):
                return self.evaluate(inner, frame)
            case ast.Await(value=inner) | ast.Starred(value=inner) | ast.YieldFrom(value=inner):
                return self.evaluate(inner, frame)
            case ast.Yield(value=made):
                frame.returns.append((frame.doubt + 1, self.evaluate(made, frame)))
                return NOTHING
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return self._items(elements, frame)
            case ast.Dict(keys=keys, values=values):
                return self._table(keys, values, frame)
            case ast.Subscript(value=inner, slice=key):
                return self._subscript(self.evaluate(inner, frame), key, frame)
            case ast.Lambda():
                return FunctionValue(frame.module, node, f"{frame.prefix}<lambda>", frame)
            case ast.NamedExpr(target=ast.Name(id=name), value=inner):
                frame.names[name] = self.evaluate(inner, frame)
                return frame.names[name]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node, frame)
            case _:
                return self._operation(node, frame)

    def _operation(self, node: ast.expr, frame: Frame) -> Value:
        match node:
            case ast.BinOp(left=left, op=operator, right=right):
                first, second = self.evaluate(left, frame), self.evaluate(right, frame)
                match operator:
                    case ast.Add():
                        return added(first, second)
                    case ast.Mod():
                        return formatted(first, second)
                    case ast.BitOr():
                        return merged(first, second)
                return Unknown(about=taint_of(first, second))
            case ast.BoolOp(op=operator, values=values):
                return self._boolean([self.evaluate(value, frame) for value in values], operator)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                held = self.evaluate(inner, frame)
                truth = truth_of(held)
                return (
                    Known(value=not truth, about=about(held))
                    if truth is not None
                    else Unknown(about=about(held))
                )
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
                return Known(value=-number)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return compared(self.evaluate(left, frame), operator, self.evaluate(right, frame))
            case ast.Compare(left=left, comparators=others):
                return Unknown(about=taint_of(*(self.evaluate(one, frame) for one in (left, *others))))
            case ast.IfExp(test=test, body=body, orelse=other):
                held = self.evaluate(test, frame)
                truth = truth_of(held)
                chosen = self.evaluate(other if truth is False else body, frame)
                if truth is None and isinstance(chosen, Known | Unknown):
                    return either(chosen, self.evaluate(other, frame), about(held))
                return with_about(chosen, about(held))
            case _:
                return NOTHING

    def _boolean(self, values: list[Value], operator: ast.boolop) -> Value:
        """`and` stops at the first false value, `or` at the first true one."""
        stops = isinstance(operator, ast.Or)
        opened: list[Value] = []
        for value in values:
            truth = truth_of(value)
            if truth is stops:
                taint = taint_of(*values)
                return with_about(value, taint) if not opened else Unknown(about=taint, truth=stops)
            opened.extend([value] if truth is None else [])
        if not opened:
            return with_about(values[-1], taint_of(*values))
        # What is known does not decide: it depends on the others alone
        known = [value for value in values if value not in opened]
        beside = (one.beside for one in opened if isinstance(one, Unknown))
        return Unknown(about=taint_of(*opened), beside=taint_of(*known).union(*beside))

    def _items(self, elements: list[ast.expr], frame: Frame) -> Value:
        items: list[Value] = []
        whole = len(elements) <= _MOST_ITEMS
        for element in elements[:_MOST_ITEMS]:
            held = self.evaluate(element, frame)
            if isinstance(element, ast.Starred):
                items.extend(items_of(held))
                whole = whole and isinstance(held, Items) and held.whole
            else:
                items.append(held)
        return Items(items, whole)

    def _table(self, keys: list[ast.expr | None], values: list[ast.expr], frame: Frame) -> Value:
        entries: dict[object, Value] = {}
        whole = len(keys) <= _MOST_ITEMS
        for key, value in list(zip(keys, values, strict=True))[:_MOST_ITEMS]:
            held = self.evaluate(value, frame)
            if key is None:
                entries.update(held.entries if isinstance(held, Table) else {})
                whole = whole and isinstance(held, Table) and held.whole
                continue
            name = self.evaluate(key, frame)
            if isinstance(name, Known):
                entries[name.value] = held
            else:
                entries[name if isinstance(name, ClassValue) else key] = held
                whole = False
        return Table(entries, whole)

    def _subscript(self, held: Value, key: ast.expr, frame: Frame) -> Value:
        if isinstance(held, OutsideValue | ClassValue):
            if isinstance(held, OutsideValue) and not isinstance(key, ast.Constant | ast.JoinedStr):
                return self._annotated(held, key, frame)
            if isinstance(held, ClassValue):
                return held
            if held.name in {"os.environ", "environ"}:
                return Unknown(about=_SETTING)
            name = self.evaluate(key, frame)
            return self.item(held, Given(key, frame, (name,)))
        name = self.evaluate(key, frame)
        found = subscripted(held, name)
        return found if found is not None else self.item(held, Given(key, frame, (name,)))

    def item(self, held: Value, given: Given) -> Value:
        """`held[key]` of something that is not at hand; the key is what is given."""
        if isinstance(held, Made | Member | Instance | OutsideValue):
            return given.made(f"{next(outside_names(held), '')}.__getitem__", held)
        return Unknown(about=about(held), code=code_of(given.node))

    def _annotated(self, held: Value, key: ast.expr, frame: Frame) -> Value:
        """`Annotated[T, Depends(f)]` keeps what is written in it; `Generic[T]` is the generic class."""
        if isinstance(held, OutsideValue) and held.name.endswith(".Annotated") and isinstance(key, ast.Tuple):
            values = tuple(self.evaluate(element, frame) for element in key.elts)
            return Made("typing.Annotated", key, frame.module, values)
        return held

    # ------------------------------------------------------------------------------------- attributes

    def attribute(self, held: Value, name: str, node: ast.AST) -> Value:
        """`held.name`."""
        match held:
            case ModuleValue(module=module):
                return self.module_member(module, name)
            case OutsideValue(name=outer):
                return OutsideValue(name=f"{outer}.{name}")
            case Instance():
                return self._instance_member(held, name, node)
            case ClassValue():
                found = self.class_member(held, name)
                if found is not None:
                    return self._as_member(found, held, None)
                if name == "__name__":
                    return Known(value=held.node.name)
                return Member(held, name) if self._outer(held) else Unknown(code=code_of(node))
            case Made(attributes=attributes) if name in attributes:
                return self.settled(attributes[name])
            case Known(value=str()) if name == "value":
                return held  # a member of an enumeration is told by its value
            case Known() | Items() | Table() | Made() | Member() | Pending():
                return Member(held, name)
            case Unknown(about=taint):
                return Unknown(about=taint, code=code_of(node))
            case _:
                return Unknown(code=code_of(node))

    def _instance_member(self, held: Instance, name: str, node: ast.AST) -> Value:
        if name in held.attributes:
            return self.settled(held.attributes[name])
        found = self.class_member(held.cls, name)
        if found is None:
            return Member(held, name)
        if isinstance(found, FunctionValue) and is_property(found):
            return self.run(as_bound(found, held), Given(node, found.frame))
        value = self._as_member(found, held.cls, held)
        return with_about(value, _SETTING) if self.is_settings(held.cls) else value

    def _as_member(self, found: Value, cls: ClassValue, instance: Instance | None) -> Value:
        if isinstance(found, FunctionValue):
            names = {each.value.name for each in found.decorators if isinstance(each.value, OutsideValue)}
            if "builtins.staticmethod" in names:
                return found
            bound = cls if "builtins.classmethod" in names else instance
            return as_bound(found, bound) if bound is not None else found
        if isinstance(found, Made) and found.what in _FIELDS:
            default = found.keywords.get("default", found.arguments[0] if found.arguments else None)
            return default if default is not None else Unknown()
        return found

    # ------------------------------------------------------------------------------------------ calls

    def call(self, node: ast.Call, frame: Frame) -> Value:
        """What a call gives."""
        if isinstance(node.func, ast.Attribute) and is_super(node.func.value):
            return self._super(node.func.attr, self.given(node, frame))
        called = self.evaluate(node.func, frame)
        return self.apply(called, self.given(node, frame))

    def given(self, node: ast.Call, frame: Frame) -> Given:
        """The arguments of a call, with `*` and `**` unpacked where they can be told."""
        arguments: list[Value] = []
        for each in node.args:
            held = self.evaluate(each, frame)
            if isinstance(each, ast.Starred):
                arguments.extend(items_of(held))
            else:
                arguments.append(held)
        keywords: dict[str, Value] = {}
        for keyword in node.keywords:
            held = self.evaluate(keyword.value, frame)
            if keyword.arg is not None:
                keywords[keyword.arg] = held
            elif isinstance(held, Table):
                keywords.update(
                    {name: value for name, value in held.entries.items() if isinstance(name, str)}
                )
        return Given(node, frame, tuple(arguments), keywords)

    def apply(self, called: Value, given: Given) -> Value:
        """What a call of a value gives."""
        match called:
            case FunctionValue():
                return self.run(called, given)
            case ClassValue():
                return self.instantiate(called, given)
            case OutsideValue(name=name) if name.startswith("builtins."):
                return self._builtin(name.removeprefix("builtins."), given)
            case OutsideValue(name=name) if name.endswith(_ENVIRONMENT):
                return with_about(given.argument(1, "default") or NONE, _SETTING)
            case OutsideValue(name=name) if name in _SAME and given.arguments:
                return given.arguments[-1] if name == "typing.cast" else given.arguments[0]
            case Member(of=Known() as text, name=name):
                return text_method(text, name, given.arguments, given.keywords)
            case Member(of=Items() as items, name=name):
                return list_method(items, name, given.arguments)
            case Member(of=Table() as table, name=name):
                return table_method(table, name, given.arguments, given.keywords)
            case Instance(cls=cls):
                found = self.class_member(cls, "__call__")
                return (
                    self.run(as_bound(found, called), given) if isinstance(found, FunctionValue) else NOTHING
                )
            case OutsideValue() | Member() | Made() | Pending():
                return self.outside(called, given)
            case _:
                return Unknown(about=about(called) | given.taint, code=code_of(given.node))

    def instantiate(self, cls: ClassValue, given: Given) -> Value:
        """An instance of a class, its `__init__` followed."""
        made = Instance(cls, given.node, given.module, given.arguments, given.keywords)
        self.begun(made)
        init = self.class_member(cls, "__init__")
        if isinstance(init, FunctionValue):
            self.run(as_bound(init, made), given)
        else:
            outer = self._outer(cls)
            if outer:
                made.made = given.made(outer)
            made.attributes.update(given.keywords)  # dataclasses and models take their fields by name
        return made

    def begun(self, made: Instance) -> None:
        """An instance that is about to be initialized."""

    def _outer(self, cls: ClassValue) -> str:
        """The nearest class of a package that a class descends from."""
        return next((each.name for each in self.lineage(cls) if isinstance(each, OutsideValue)), "")

    def _super(self, name: str, given: Given) -> Value:
        """`super().name(…)`: the next class's own, or what the package's class does."""
        here: Frame | None = given.frame
        while here is not None and here.owner is None:
            here = here.outer
        held = self.lookup("self", here) if here is not None and "self" in here.names else NOTHING
        if here is None or here.owner is None or not isinstance(held, Instance):
            return NOTHING
        found = self.class_member(held.cls, name, after=here.owner)
        if isinstance(found, FunctionValue):
            return self.run(as_bound(found, held), given)
        if name == "__init__":
            held.made = Made(self._outer(held.cls), held.node, held.module, given.arguments, given.keywords)
            return NONE
        return self.outside(Member(held, name), given)

    def _builtin(self, name: str, given: Given) -> Value:
        if name in BUILTINS:
            return BUILTINS[name](given.arguments)
        match name, given.arguments:
            case "dict", _:
                return table_of(given.arguments, given.keywords)
            case "getattr", (held, key, *_):
                text = text_of(key)
                return self.attribute(held, text, given.node) if text else Unknown(about=about(held))
            case "hasattr", (Made() as held, key):
                held = self.attribute(held, text_of(key) or "", given.node)
                return held if isinstance(held, Known) else Unknown(about=about(held))
            case "setattr", (Instance() | Made() as held, key, value):
                held.attributes[text_of(key) or ""] = value
                return NONE
            case _:
                return Unknown(about=given.taint, code=code_of(given.node))
