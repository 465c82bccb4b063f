"""Serializers and forms → bodies: which fields they take, by declaration or by their model."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from launchready.model.operation import BodyForm, Schema
from launchready.source.python.django.classes import Lineage, bindings
from launchready.source.python.django.fields import FieldFacts, Fields
from launchready.source.python.django.scopes import Bound, Scope
from launchready.source.python.django.settings import mapping_of
from launchready.source.python.project import Defined, PythonModule

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_DEEPEST = 3
_MOST_FIELDS = 200
# Forms of packages, and what they take
_PACKAGE_FORMS: Mapping[str, tuple[str, ...]] = {
    "AuthenticationForm": ("username", "password"),
    "BaseUserCreationForm": ("username", "password1", "password2"),
    "UserCreationForm": ("username", "password1", "password2"),
    "AdminUserCreationForm": ("username", "password1", "password2"),
    "PasswordResetForm": ("email",),
    "SetPasswordForm": ("new_password1", "new_password2"),
    "PasswordChangeForm": ("old_password", "new_password1", "new_password2"),
    "SignupForm": ("email", "password1"),
    "LoginForm": ("login", "password"),
    "TokenObtainPairSerializer": ("username", "password"),
    "AuthTokenSerializer": ("username", "password"),
    "RegisterSerializer": ("username", "email", "password1", "password2"),
    "LoginSerializer": ("username", "password"),
}


class Serializers:
    """Bodies of serializers and forms."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.values = fields.values
        self._known: dict[tuple[int, int], Mapping[str, FieldFacts]] = {}

    def body(self, lineage: Lineage, *, partial: bool = False, form: bool = False) -> BodyForm | None:
        """The body that a serializer or form takes; None where no field of it can be told."""
        facts = self._fields(lineage, 0)
        taken = {name: one for name, one in facts.items() if one.taken}
        if not taken:
            return None
        required = [name for name, one in taken.items() if one.required and not partial]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: one.schema for name, one in list(taken.items())[:_MOST_FIELDS]},
        }
        files = any(one.schema.get("format") == "binary" for one in taken.values())
        media = MULTIPART if files else FORM if form else JSON
        if required:
            schema["required"] = required
        return BodyForm(media_type=media, schema=schema, required=bool(required))

    def is_serializer(self, lineage: Lineage) -> bool:
        """Whether a class is a serializer of REST framework."""
        return any("erializer" in one for one in lineage.outside) or (
            lineage.method("to_internal_value") is not None
        )

    def is_form(self, lineage: Lineage) -> bool:
        """Whether a class is a form of Django."""
        return any(one.rpartition(".")[2].endswith("Form") for one in lineage.outside)

    def _fields(self, lineage: Lineage, depth: int) -> Mapping[str, FieldFacts]:
        first = next(lineage.own, None)
        if first is None:
            return self._read(lineage, depth)
        key = (id(first.node), depth)
        if key not in self._known:
            self._known[key] = self._read(lineage, depth)
        return self._known[key]

    def _read(self, lineage: Lineage, depth: int) -> Mapping[str, FieldFacts]:
        declared = dict(self._declared(lineage, depth))
        for full in lineage.outside:
            for name in _PACKAGE_FORMS.get(full.rpartition(".")[2], ()):
                declared.setdefault(name, FieldFacts(schema={"type": "string"}))
        meta = self._meta(lineage)
        if not meta:
            return declared
        return self._with_model(declared, meta)

    def _declared(self, lineage: Lineage, depth: int) -> Iterator[tuple[str, FieldFacts]]:
        """Fields written in the class, nested serializers included; the nearest class wins."""
        seen: set[str] = set()
        for member in lineage.own:
            for name, held in bindings(member.node).items():
                if name in seen:
                    continue
                seen.add(name)
                if isinstance(held, ast.Call):
                    facts = self._field(member.module, held, depth)
                    if facts is not None:
                        yield name, facts

    def _field(self, module: PythonModule, call: ast.Call, depth: int) -> FieldFacts | None:
        made = self.fields.classes.class_of(module, call.func)
        if isinstance(made, Defined):
            lineage = self.fields.classes.lineage(made)
            stated = self.fields.stated(module, call)
            if self.is_serializer(lineage):
                return replace(stated, schema=self._nested(lineage, call, depth))
            # A field class of the repository: what it inherits from tells what it takes
            for full in lineage.outside:
                parent = ast.Call(func=ast.Name(id=full.rpartition(".")[2]), args=[], keywords=call.keywords)
                if self.fields.kind(parent):
                    return self.fields.stated(module, parent)
            return None
        return self.fields.stated(module, call) if self.fields.kind(call) else None

    def _nested(self, lineage: Lineage, call: ast.Call, depth: int) -> Schema:
        schema: Schema = {"type": "object"}
        if depth < _DEEPEST:
            inner = {name: one for name, one in self._fields(lineage, depth + 1).items() if one.taken}
            properties = {name: one.schema for name, one in inner.items()}
            required = [name for name, one in inner.items() if one.required]
            schema = {"type": "object", "properties": properties} | (
                {"required": required} if required else {}
            )
        many = any(one.arg == "many" for one in call.keywords)
        return {"type": "array", "items": schema} if many else schema

    # ------------------------------------------------------------------------------------------------ Meta

    def _meta(self, lineage: Lineage) -> Mapping[str, Bound]:
        """What `class Meta` says, that of its own bases included."""
        held = lineage.attribute("Meta")
        if held is None or not isinstance(held.node, ast.ClassDef):
            return {}
        found: dict[str, Bound] = {}
        self._meta_into(found, held, 0)
        return found

    def _meta_into(self, found: dict[str, Bound], held: Defined, depth: int) -> None:
        if not isinstance(held.node, ast.ClassDef) or depth > _DEEPEST:
            return
        for base in held.node.bases:  # `class Meta(Parent.Meta)`
            if isinstance(base, ast.Attribute) and base.attr == "Meta":
                made = self.fields.classes.class_of(held.module, base.value)
                if isinstance(made, Defined):
                    inner = self.fields.classes.lineage(made).attribute("Meta")
                    if inner is not None:
                        self._meta_into(found, inner, depth + 1)
        for name, value in bindings(held.node).items():
            if isinstance(value, ast.expr):
                found[name] = Bound(scope=Scope(module=held.module), expression=value)

    def _with_model(
        self, declared: Mapping[str, FieldFacts], meta: Mapping[str, Bound]
    ) -> Mapping[str, FieldFacts]:
        model = meta.get("model")
        known = self.fields.model(model.scope.module, model.expression) if model is not None else {}
        names = self._names(meta, "fields")
        excluded = self._names(meta, "exclude") or ()
        read_only = set(self._names(meta, "read_only_fields") or ())
        if names is None:
            names = tuple(name for name in (*known, *declared) if name not in excluded)
        found: dict[str, FieldFacts] = {}
        for name in dict.fromkeys((*names, *declared)):
            facts = declared.get(name) or known.get(name)
            if facts is None:
                found[name] = FieldFacts(schema={}, required=False, taken=name not in {"id", "pk", "url"})
            else:
                found[name] = facts
            if name in read_only:
                found[name] = replace(found[name], taken=False)
        return self._with_extra(found, meta)

    def _with_extra(
        self, found: dict[str, FieldFacts], meta: Mapping[str, Bound]
    ) -> Mapping[str, FieldFacts]:
        """`extra_kwargs = {"password": {"write_only": True}}`."""
        extra = meta.get("extra_kwargs")
        for name, bound in mapping_of(self.values, extra) if extra is not None else ():
            given = dict(mapping_of(self.values, bound))
            if name not in found:
                continue
            for key, value in given.items():
                constant = value.expression
                if not isinstance(constant, ast.Constant):
                    continue
                if key == "read_only" and constant.value is True:
                    found[name] = replace(found[name], taken=False)
                elif key == "required":
                    found[name] = replace(found[name], required=constant.value is True)
        return found

    def _names(self, meta: Mapping[str, Bound], name: str) -> tuple[str, ...] | None:
        """A list of field names; None for `"__all__"` and where none is given or it cannot be read."""
        bound = meta.get(name)
        if bound is None:
            return None
        held = self.values.resolved(bound)
        if isinstance(held.expression, ast.Constant):
            return None
        items = self.values.items(held.scope, held.expression)
        texts = [
            self.values.project.text(one.bound.scope.module, one.bound.expression) for one in items.found
        ]
        return tuple(text for text in texts if text is not None)
