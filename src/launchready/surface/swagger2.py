"""Operations of Swagger 2.0 documents in the shape of OpenAPI 3: body and form parameters, produces."""

from collections.abc import Mapping, Sequence
from typing import Any

_SCHEMA_KEYS = frozenset({
    "type", "format", "items", "default", "enum", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum",
    "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "$ref",
})  # fmt: skip
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"


def is_swagger2(document: Mapping[str, Any]) -> bool:
    """Whether the document says that it is Swagger 2."""
    return str(document.get("swagger", "")).startswith("2")


def plain_parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """A non-body parameter with its schema where OpenAPI 3 has it."""
    if "schema" in parameter or "content" in parameter:
        return dict(parameter)
    schema = {key: item for key, item in parameter.items() if key in _SCHEMA_KEYS}
    if schema.get("type") == "file":
        schema = {"type": "string", "format": "binary"}
    rest = {key: item for key, item in parameter.items() if key not in _SCHEMA_KEYS}
    example = parameter.get("x-example", parameter.get("example"))
    return {**rest, "schema": schema, **({} if example is None else {"example": example})}


def media_types(stated: Any, fallback: Any) -> tuple[str, ...]:
    """The `consumes` or `produces` of an operation, else of the document, else JSON."""
    for value in (stated, fallback):
        if isinstance(value, list):
            names = tuple(name for name in value if isinstance(name, str))
            if names:
                return names
    return (JSON,)


def request_body(parameters: Sequence[Mapping[str, Any]], consumes: tuple[str, ...]) -> dict[str, Any] | None:
    """The `requestBody` that the body or form parameters amount to."""
    body = next((each for each in parameters if each.get("in") == "body"), None)
    if body is not None:
        content = {name: {"schema": body.get("schema", {})} for name in consumes}
        return {"required": body.get("required") is True, "content": content}
    form = [each for each in parameters if each.get("in") == "formData" and isinstance(each.get("name"), str)]
    if not form:
        return None
    schema = {
        "type": "object",
        "properties": {each["name"]: plain_parameter(each)["schema"] for each in form},
        "required": [each["name"] for each in form if each.get("required") is True],
    }
    has_file = any(each.get("type") == "file" for each in form)
    stated = tuple(name for name in consumes if name in {FORM, MULTIPART})
    names = (MULTIPART,) if has_file else stated or (FORM,)
    return {
        "required": any(each.get("required") is True for each in form),
        "content": {name: {"schema": schema} for name in names},
    }


def response(reply: Mapping[str, Any], produces: tuple[str, ...]) -> dict[str, Any]:
    """A response with `content` in place of `schema`."""
    if "content" in reply or not isinstance(reply.get("schema"), Mapping):
        return dict(reply)
    return {**reply, "content": {name: {"schema": reply["schema"]} for name in produces}}


def base_path(document: Mapping[str, Any]) -> str:
    """`basePath` without its closing slash; the host is never used."""
    stated = document.get("basePath")
    return "/" + stated.strip("/") if isinstance(stated, str) and stated.strip("/") else ""
