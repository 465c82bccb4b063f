"""OpenAPI 2.0, 3.0 and 3.1 documents → operations. A broken part never stops the rest.

The host of `servers` is never used: documents name live public hosts (research on authorization, trap 1).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchready.model.operation import (
    BodyForm,
    Guard,
    HttpOperation,
    Parameter,
    Place,
    ReplyForm,
    UnusableOperation,
)
from launchready.surface import swagger2
from launchready.surface.errors import SurfaceError
from launchready.surface.references import References
from launchready.surface.security import SecurityRules
from launchready.surface.servers import server_path

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
MAX_OPERATIONS = 5_000
MAX_MEDIA_TYPES = 6
_ERROR_SCHEMA_SIZE = 200
_PLACES = {"path": Place.PATH, "query": Place.QUERY, "header": Place.HEADER, "cookie": Place.COOKIE}
_TEMPLATE = re.compile(r"\{([^{}/]+)\}")
# Set by whoever sends (OpenAPI 3.1, Parameter Object: such definitions are ignored)
_OWN_HEADERS = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a document says, before inferences. `base_path` is the path part of its server."""

    title: str
    base_path: str
    operations: tuple[HttpOperation, ...]
    unusable: tuple[UnusableOperation, ...]
    security_declared: bool
    notes: tuple[str, ...] = ()


def is_openapi(document: Mapping[str, Any]) -> bool:
    """Whether a document looks like an OpenAPI description: a version and paths."""
    version = document.get("openapi", document.get("swagger", document.get("swaggerVersion")))
    return version is not None and ("paths" in document or "webhooks" in document)


def read_openapi(document: Mapping[str, Any], origin: str = "") -> Description:
    """All operations of a document.

    Args:
        document: The parsed document; it is not changed.
        origin: Where it came from; relative server addresses are below it.

    Raises:
        SurfaceError: It is no OpenAPI document of a version that is known.
    """
    if "openapi" in document and not is_openapi(document):
        raise SurfaceError("the OpenAPI document describes no operations: it has no `paths`")
    if not is_openapi(document):
        raise SurfaceError("the document is not OpenAPI: it has no `openapi` version with `paths`")
    if "swaggerVersion" in document:
        raise SurfaceError("the document is Swagger 1, which is not read: convert it to OpenAPI 3 first")
    return _Reader(document=document, origin=origin, references=References(document)).read()


class _Unusable(Exception):  # noqa: N818 - not an error: it becomes a listed operation
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Reader:
    document: Mapping[str, Any]
    origin: str
    references: References
    rules: SecurityRules = field(init=False)
    unusable: list[UnusableOperation] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = SecurityRules.of(self.document, self.references)

    def read(self) -> Description:
        operations = tuple(self._operations())
        info = self.document.get("info")
        title = info.get("title") if isinstance(info, Mapping) else ""
        if self.document.get("webhooks"):
            self.notes["the document's webhooks are calls that the API makes; they are not tested"] = None
        return Description(
            title=title if isinstance(title, str) else "",
            base_path=self._base_path(()),
            operations=operations,
            unusable=tuple(self.unusable),
            security_declared=self.rules.declared
            or any(each.guard is not Guard.UNSTATED for each in operations),
            notes=(*self.notes, *self.references.notes),
        )

    def _operations(self) -> Iterator[HttpOperation]:
        count = 0
        for path, stated, item in self._path_items():
            for method in METHODS:
                if not isinstance(item, Mapping) or method not in item:
                    continue
                count += 1
                name = f"{method.upper()} {path}"
                if count > MAX_OPERATIONS:
                    self.unusable.append(
                        UnusableOperation(id=name, reason=f"more than {MAX_OPERATIONS} operations")
                    )
                    continue
                try:
                    yield self._operation(method, path, item)
                except _Unusable as problem:
                    self.unusable.append(UnusableOperation(id=name, reason=problem.reason))
                except RecursionError:
                    self.unusable.append(
                        UnusableOperation(id=name, reason="its description is nested too deeply")
                    )
            if not isinstance(item, Mapping):
                reason = _why_no_item(stated)
                self.unusable.append(UnusableOperation(id=f"* {path}", reason=reason))

    def _path_items(self) -> Iterator[tuple[str, Any, Any]]:
        paths = self.references.follow(self.document.get("paths"))
        if not isinstance(paths, Mapping):
            self.notes["`paths` is not an object, so no operation could be read"] = None
            return
        for path, stated in paths.items():
            if path.startswith("x-"):
                continue
            item = self.references.follow(stated)
            if isinstance(item, Mapping) and isinstance(stated, Mapping) and "$ref" in stated:
                item = {**item, **{key: value for key, value in stated.items() if key != "$ref"}}
            yield path if path.startswith("/") else f"/{path}", stated, item

    def _operation(self, method: str, path: str, item: Mapping[str, Any]) -> HttpOperation:
        stated = self.references.follow(item[method])
        if not isinstance(stated, Mapping):
            raise _Unusable(_why_no_item(item[method]))
        if "?" in path or "#" in path:
            raise _Unusable("its path template carries a query string or a fragment")
        if path.count("{") != path.count("}") or path.count("{") != len(_TEMPLATE.findall(path)):
            raise _Unusable("its path template has unbalanced braces")
        raw = self._raw_parameters(item, stated)
        parameters = tuple(self._parameters(path, raw))
        guard, schemes = self.rules.of_operation(stated, raw)
        tags = stated.get("tags")
        return HttpOperation(
            id=f"{method.upper()} {path}",
            method=method.upper(),
            path=path,
            operation_id=_text(stated.get("operationId")),
            summary=_text(stated.get("summary"))
            or _text(stated.get("description")).strip().split("\n")[0][:200],
            tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
            base_path=self._base_path((stated, item)),
            parameters=parameters,
            bodies=self._bodies(stated, raw),
            replies=tuple(self._replies(stated)),
            guard=guard,
            security=schemes,
        )

    def _base_path(self, nearer: tuple[Mapping[str, Any], ...]) -> str:
        if swagger2.is_swagger2(self.document):
            return swagger2.base_path(self.document)
        for holder in (*nearer, self.document):
            servers = holder.get("servers")
            if isinstance(servers, list) and servers:
                return server_path(servers, self.origin)
        return ""

    # ------------------------------------------------------------------------------------------ parameters

    def _raw_parameters(self, item: Mapping[str, Any], stated: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Path-level parameters overridden by the operation's own of the same name and place."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for holder in (item, stated):
            listed = holder.get("parameters")
            for each in listed if isinstance(listed, list) else ():
                parameter = self.references.follow(each)
                if isinstance(parameter, Mapping) and isinstance(parameter.get("name"), str):
                    found[parameter["name"], str(parameter.get("in"))] = parameter
        return list(found.values())

    def _parameters(self, path: str, raw: list[Mapping[str, Any]]) -> Iterator[Parameter]:
        in_path = list(dict.fromkeys(_TEMPLATE.findall(path)))
        by_name = {each["name"]: each for each in raw if each.get("in") == "path"}
        for name in in_path:
            if name in by_name:
                yield self._parameter(by_name[name], Place.PATH)
            else:
                yield Parameter(name=name, place=Place.PATH, required=True, schema={"type": "string"})
        for each in raw:
            place = _PLACES.get(str(each.get("in")))
            if place is None or place is Place.PATH:
                continue
            if place is Place.HEADER and each["name"].lower() in _OWN_HEADERS:
                continue
            yield self._parameter(each, place)

    def _parameter(self, raw: Mapping[str, Any], place: Place) -> Parameter:
        stated = swagger2.plain_parameter(raw) if swagger2.is_swagger2(self.document) else raw
        schema = stated.get("schema")
        content = stated.get("content")
        if schema is None and isinstance(content, Mapping):
            first = next(iter(content.values()), None)
            schema = first.get("schema") if isinstance(first, Mapping) else None
        return Parameter(
            name=raw["name"],
            place=place,
            required=place is Place.PATH or raw.get("required") is True,
            schema=self.references.schema(schema),
            example=self._example(stated),
        )

    # ---------------------------------------------------------------------------------------------- bodies

    def _bodies(self, stated: Mapping[str, Any], raw: list[Mapping[str, Any]]) -> tuple[BodyForm, ...]:
        if swagger2.is_swagger2(self.document):
            consumes = swagger2.media_types(stated.get("consumes"), self.document.get("consumes"))
            body: Any = swagger2.request_body(raw, consumes)
        else:
            body = self.references.follow(stated.get("requestBody"))
        content = body.get("content") if isinstance(body, Mapping) else None
        if not isinstance(content, Mapping):
            return ()
        return tuple(
            BodyForm(
                media_type=str(name),
                schema=self.references.schema(form.get("schema")),
                required=body.get("required") is True,
                example=self._example(form),
            )
            for name, form in list(content.items())[:MAX_MEDIA_TYPES]
            if isinstance(form, Mapping)
        )

    def _replies(self, stated: Mapping[str, Any]) -> Iterator[ReplyForm]:
        listed = stated.get("responses")
        produces = swagger2.media_types(stated.get("produces"), self.document.get("produces"))
        for status, each in listed.items() if isinstance(listed, Mapping) else ():
            reply = self.references.follow(each)
            if not isinstance(reply, Mapping) or status.startswith("x-"):
                continue
            if swagger2.is_swagger2(self.document):
                reply = swagger2.response(reply, produces)
            content = reply.get("content")
            forms = list(content.items())[:MAX_MEDIA_TYPES] if isinstance(content, Mapping) else []
            if not forms:
                yield ReplyForm(status=status.upper(), media_type="", schema={})
            for name, form in forms:
                schema = form.get("schema") if isinstance(form, Mapping) else None
                resolved = (
                    self.references.schema(schema)
                    if status[:1] == "2" or status == "default"
                    else self.references.schema(schema, _ERROR_SCHEMA_SIZE)
                )
                yield ReplyForm(status=_status(status), media_type=str(name), schema=resolved)

    def _example(self, holder: Mapping[str, Any]) -> Any:
        if holder.get("example") is not None:
            return holder["example"]
        examples = holder.get("examples")
        if isinstance(examples, Mapping) and examples:
            first = self.references.follow(next(iter(examples.values())))
            return first.get("value") if isinstance(first, Mapping) else None
        return examples[0] if isinstance(examples, list) and examples else None


def _status(status: str) -> str:
    return "default" if status.lower() == "default" else status.upper()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _why_no_item(stated: Any) -> str:
    if isinstance(stated, Mapping) and isinstance(stated.get("$ref"), str):
        pointer = stated["$ref"]
        if not pointer.startswith("#"):
            return f"it is described in another document ({pointer[:120]}), which is not read"
        return f"its reference {pointer[:120]} leads nowhere"
    return "its description is not an object"
