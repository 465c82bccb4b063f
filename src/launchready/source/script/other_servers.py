"""Servers of frameworks whose routes are not read: they are shown, and said to be open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from launchready.model.source import SourceApp
from launchready.source.code.facts import Found
from launchready.source.code.lines import place_in
from launchready.source.places import Place, place_of
from launchready.source.script.binding import ScriptModule
from launchready.source.script.express.reader import stated_version
from launchready.source.script.project import ScriptProject

# Package → framework; a package's own subpaths count, too
_SERVERS: Mapping[str, str] = {
    "fastify": "fastify",
    "koa": "koa",
    "hono": "hono",
    "@hapi/hapi": "hapi",
    "restify": "restify",
    "polka": "polka",
    "elysia": "elysia",
    "@adonisjs/core": "adonisjs",
    "@adonisjs/http-server": "adonisjs",
    "sails": "sails",
    "@feathersjs/feathers": "feathers",
    "@loopback/rest": "loopback",
    "@strapi/strapi": "strapi",
    "h3": "h3",
    "nitropack": "nitro",
    "@trpc/server": "trpc",
    "@apollo/server": "apollo",
    "apollo-server": "apollo",
    "graphql-yoga": "graphql-yoga",
}
# What is read elsewhere, and may use one of the above beneath
_READ = frozenset({"express", "@nestjs/core", "next"})
_IMPORTING = re.compile(r"""(?:from|require\(|import)\s*["']([@\w][\w./@-]*)["']""")
_NOT_PLACED = frozenset({Place.TEST, Place.DOCUMENTATION, Place.TEMPLATE})


def read_other_servers(project: ScriptProject) -> Found:
    """One application for each package.json whose code imports such a framework."""
    apps: list[SourceApp] = []
    for module in project.modules(*(f'"{name}' for name in _SERVERS), *(f"'{name}" for name in _SERVERS)):
        if place_of(module.path) in _NOT_PLACED:
            continue
        root, manifest = project.package_json(module.path)
        for package, line in _imported(module):
            framework = _SERVERS[package]
            known = any(one.root == root and one.framework == framework for one in apps)
            if (
                known
                or not _depends_on(manifest, package)
                or any(_depends_on(manifest, one) for one in _READ)
            ):
                continue
            stated = manifest.get("name")
            apps.append(
                SourceApp(
                    name=stated if isinstance(stated, str) and stated else root or framework,
                    framework=framework,
                    root=root,
                    entry=place_in(module.path, module.lines, line),
                    version=stated_version(manifest, package),
                )
            )
    problems = tuple(
        f"{one.name} is made with {one.framework} ({one.entry}), whose routes are not read" for one in apps
    )
    return Found(apps=tuple(apps), problems=problems)


def _imported(module: ScriptModule) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(module.lines, start=1):
        if line.lstrip().startswith("import type"):
            continue
        for origin in _IMPORTING.findall(line):
            parts = origin.split("/")
            package = "/".join(parts[: 2 if origin.startswith("@") else 1])
            if package in _SERVERS:
                yield package, number


def _depends_on(manifest: Mapping[str, object], package: str) -> bool:
    held = manifest.get("dependencies")
    return isinstance(held, Mapping) and package in held
