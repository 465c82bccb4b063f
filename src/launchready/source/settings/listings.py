"""Where environment variables are listed: example files, Docker, compose, pipelines, manifests of hosts."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from launchready.model.source import CodePlace
from launchready.source.code.files import CodeFile, Language
from launchready.source.code.lines import place_in
from launchready.source.settings.yaml_nodes import documents, entries, get, items, mappings, text_of, texts

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_UPPER = re.compile(r"^[A-Z][A-Z0-9_]*$")
_LINE = re.compile(r"^\s*(?P<out>#+\s*)?(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=")
_ENV_FILE = re.compile(
    r"^(?:\.env(?:[._-].*)?|\.?env[._-](?:example|sample|template|dist|default|docker).*|[\w.-]*\.env(?:\.[\w.-]+)?|\.envrc|\.flaskenv)$",
    re.IGNORECASE,
)
_COMPOSE = re.compile(r"^(?:docker-)?compose[\w.-]*\.ya?ml$|^docker-stack[\w.-]*\.ya?ml$", re.IGNORECASE)
_WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_DOCKERFILE = re.compile(r"^(?:dockerfile|containerfile)", re.IGNORECASE)
_ENV_LINE = re.compile(r"^\s*(?:ENV|ARG)\s+(.*)$", re.IGNORECASE)
_PAIR = re.compile(r"""([A-Za-z_][A-Za-z0-9_]*)(?:=(?:"(?:[^"\\]|\\.)*"|'[^']*'|\S*)|\s|$)""")
_LONGEST_WALK = 400_000  # characters of YAML that are read for a host's manifest


def listed_variables(files: Mapping[str, CodeFile]) -> dict[str, list[CodePlace]]:
    """Names of variables, with the places that list them."""
    found: dict[str, list[CodePlace]] = {}
    for path in sorted(files):
        held = files[path]
        if held.language is not Language.SETTINGS:
            continue
        lines = held.text.splitlines()
        for name, line in _listed_in(path, held.text):
            if _NAME.match(name):
                found.setdefault(name, []).append(place_in(path, lines, line))
    return found


def _listed_in(path: str, text: str) -> Iterator[tuple[str, int]]:
    name = path.rpartition("/")[2]
    if _ENV_FILE.match(name):
        yield from _of_env_file(text)
    elif _DOCKERFILE.match(name):
        yield from _of_dockerfile(text)
    elif _COMPOSE.match(name):
        yield from _of_compose(text)
    elif _WORKFLOW.search(path):
        yield from _of_workflow(text)
    elif name in {"app.json", "vercel.json"}:
        yield from _of_json(text)
    elif name in {"fly.toml", "netlify.toml", "wrangler.toml", "railway.toml"}:
        yield from _of_toml(text)
    elif name.endswith((".yml", ".yaml")) and len(text) < _LONGEST_WALK:
        yield from _of_manifest(text)


def _of_env_file(text: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        # A line that is commented out lists an optional variable; a sentence with "=" lists none
        if match is not None and (match["out"] is None or _UPPER.match(match["name"])):
            yield match["name"], number


def _of_dockerfile(text: str) -> Iterator[tuple[str, int]]:
    continued: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        match = _ENV_LINE.match(line)
        rest = match[1] if match is not None else continued
        if rest is None or (match is None and line.lstrip().startswith("#")):
            continue
        body = rest if match is not None else line.strip()
        ends = not body.rstrip().endswith("\\")
        body = body.rstrip().rstrip("\\")
        pairs = [one[1] for one in _PAIR.finditer(body)] if "=" in body else body.split()[:1]
        for name in pairs:
            yield name, number
        continued = None if ends else ""


def _of_compose(text: str) -> Iterator[tuple[str, int]]:
    for document in documents(text):
        for mapping in mappings(document):
            for key, value, _ in entries(mapping):
                if key in {"environment", "args"}:
                    yield from _pairs(value)


def _pairs(node: Any) -> Iterator[tuple[str, int]]:
    """`environment` as a mapping, or as a list of `NAME=value`."""
    for key, _, line in entries(node):
        yield key, line
    if not list(entries(node)):
        for text, line in texts(node):
            yield text.partition("=")[0].strip(), line


def _of_workflow(text: str) -> Iterator[tuple[str, int]]:
    for document in documents(text):
        for mapping in mappings(document):
            for key, value, _ in entries(mapping):
                if key == "env":
                    for name, _, line in entries(value):
                        yield name, line


def _of_manifest(text: str) -> Iterator[tuple[str, int]]:
    """Render (`envVars`), Kubernetes (`env` with names), App Engine, Serverless."""
    if not any(word in text for word in ("envVars", "env:", "env_variables", "environment:")):
        return
    for document in documents(text):
        for mapping in mappings(document):
            for key, value, _ in entries(mapping):
                if key in {"envVars", "env"}:
                    for one in items(value):
                        named = get(one, "key") or get(one, "name")
                        if named is not None and _UPPER.match(text_of(named)):
                            yield text_of(named), named.start_mark.line + 1
                if key in {"env_variables", "environment"}:
                    for name, _, line in entries(value):
                        if _UPPER.match(name):
                            yield name, line


def _of_json(text: str) -> Iterator[tuple[str, int]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return
    build = held.get("build") if isinstance(held, dict) else None
    for one in (held, build):
        names = one.get("env") if isinstance(one, dict) else None
        if isinstance(names, dict):
            for name in names:
                yield name, _line(text, f'"{name}"')


def _of_toml(text: str) -> Iterator[tuple[str, int]]:
    try:
        held = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    for name in _toml_names(held, 0):
        yield name, _line(text, name)


def _toml_names(held: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, value in held.items():
        if isinstance(value, dict) and depth < 4:  # noqa: PLR2004 - [context.production.environment]
            if key in {"env", "environment", "vars"}:
                yield from (name for name, one in value.items() if not isinstance(one, dict))
            yield from _toml_names(value, depth + 1)


def _line(text: str, word: str) -> int:
    at = text.find(word)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
