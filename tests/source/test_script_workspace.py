"""Packages of one repository import each other by name."""

import json

import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.script.project import Outside, ScriptProject


def project(texts):
    files = code_files(texts)
    return ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))


BASE = {
    "package.json": json.dumps({"name": "root", "workspaces": ["apps/*", "packages/*"]}),
    "packages/auth/src/index.ts": "export * from './guard'",
    "packages/auth/src/guard.ts": "export const guard = () => 1",
    "packages/auth/src/deep/role.ts": "export const role = () => 2",
}


@pytest.mark.parametrize(
    ("document", "specifier", "path"),
    [
        ({"main": "./dist/index.mjs"}, "@acme/auth", "packages/auth/src/index.ts"),
        ({"main": "src/index.ts"}, "@acme/auth", "packages/auth/src/index.ts"),
        ({}, "@acme/auth", "packages/auth/src/index.ts"),
        ({"exports": {".": {"types": "./dist/index.d.ts"}}}, "@acme/auth", "packages/auth/src/index.ts"),
        ({"exports": {"./*": "./src/deep/*.ts"}}, "@acme/auth/role", "packages/auth/src/deep/role.ts"),
        ({}, "@acme/auth/src/guard", "packages/auth/src/guard.ts"),
        ({}, "@acme/auth/deep/role", "packages/auth/src/deep/role.ts"),
    ],
)
def test_a_package_of_the_repository_is_read_from_its_source(document, specifier, path):
    texts = {**BASE, "packages/auth/package.json": json.dumps({"name": "@acme/auth", **document})}
    assert project(texts).find(specifier, "apps/web/a.ts") == path


def test_a_package_from_elsewhere_stays_outside():
    texts = {
        **BASE,
        "packages/auth/package.json": json.dumps({"name": "@acme/auth"}),
        "a.ts": "import x from '@acme/authority'",
    }
    held = project(texts)
    module = held.module("a.ts")
    assert module is not None
    assert held.meaning(module, "x") == Outside(package="@acme/authority", name="default")
