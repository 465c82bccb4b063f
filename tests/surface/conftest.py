import pytest

from launchready.surface.build import build_surface
from launchready.surface.values import ValueContext


def body(schema, media_type="application/json", *, required=True):
    return {"requestBody": {"required": required, "content": {media_type: {"schema": schema}}}}


def ok(schema, status="200"):
    return {"responses": {status: {"description": "ok", "content": {"application/json": {"schema": schema}}}}}


def obj(*names, required=(), **typed):
    properties = {name: {"type": "string"} for name in names} | typed
    return {"type": "object", "properties": properties, "required": list(required)}


def document(paths, **rest):
    return {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths, **rest}


class Kit:
    """Builders for small documents, and the surface that they describe."""

    body = staticmethod(body)
    ok = staticmethod(ok)
    obj = staticmethod(obj)
    document = staticmethod(document)

    @staticmethod
    def surface(paths_or_document, origin="openapi.json", **rest):
        is_document = "paths" in paths_or_document or "log" in paths_or_document
        given = paths_or_document if is_document else document(paths_or_document, **rest)
        return build_surface(given, origin)

    @classmethod
    def operations(cls, paths_or_document, **rest):
        return {each.id: each for each in cls.surface(paths_or_document, **rest).operations}

    @classmethod
    def operation(cls, path, method, stated, **rest):
        return cls.operations({path: {method: stated}}, **rest)[f"{method.upper()} {path}"]


@pytest.fixture
def kit():
    return Kit


@pytest.fixture
def context():
    return ValueContext(seed="lrk7w2q9")
