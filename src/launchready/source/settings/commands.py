"""What a command of a pipeline runs: tests, told from its words, or from the script and target that it names."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from launchready.source.code.files import CodeFile, Language

_DEEPEST = 4  # a target that runs a script that runs a target
_LONGEST = 1_000  # characters of one line
_TEST = re.compile(
    r"""(?x)
      \bpy\.?test\b (?!-) | -m\s+(?:pytest|unittest|nose2?)\b | \bmanage\.py\s+test\b | \bdjango-admin\s+test\b
    | \b(?:tox|nox)\b (?!\s*-[el]\b.*(?:lint|docs|mypy|format|type)) | \bstestr\b | \btrial\s+\w
    | \b(?:npm|pnpm|yarn|bun)\s+(?:-[\w=/.-]+\s+(?:[\w@/.][\w@/.-]*\s+)?)*(?:run\s+)?
      (?:-\w+\s+\w+\s+)?test(?::[\w:-]+)?\b
    | \bnpm\s+(?:t|tst)\b | \b(?:vitest|jest|mocha|ava|jasmine|karma)\b
    | \b(?:playwright|cypress)\s+(?:test|run)\b | \bnode\s+(?:--[\w=-]+\s+)*--test\b | \bdeno\s+test\b
    | \b(?:turbo|nx|lerna|rush|moon|wireit)\s+(?:run(?:-many)?\s+)?(?:[\w:-]+\s+)*(?:-t\s+|--target[= ])?test\b
    | \b(?:go|cargo|dotnet|swift|flutter|dart|mix|mvn|gradle|\./gradlew|\./mvnw)\s+(?:[\w-]+\s+)*test\b
    | \brspec\b
    | \b(?:rails|flask|artisan|composer|rake|sbt|lein|bazel|pants|ng|react-scripts|craco|ember|ctest)\s+test\b
    | (?:^\s*|\b(?:bash|sh|run|exec)\s+)(?:\./)?(?:[\w.-]+/)+(?:run[_-]?)?tests?(?=\s|$)
    | \bphpunit\b | \bpest\b | \bbehave\b | \bgotestsum\b
    | \b(?:hatch|pdm|poe|rye|invoke|inv|just|task|mask|earthly)\s+(?:run\s+)?(?:[\w.+-]*:)?\+?test(?:s|[-_:]\w+)?\b
    | (?:^\s*|\b(?:bash|sh|python3?|node|run)\s+|\./)(?:[\w.-]+/)*(?:run[_-]?)?tests?(?:[_-][\w-]+)?\.(?:sh|py|bash)\b
    """
)
_NOT_A_RUN = re.compile(
    r"^\s*(?:#|echo\b|printf\b|pip3?\s+install|python3?\s+-m\s+pip\s+install|uv\s+(?:pip|add|sync|tool\s+install)|npm\s+(?:i|install|ci|add)\b|"
    r"yarn\s+(?:add|install)|pnpm\s+(?:i|install|add)\b|apt(?:-get)?\s|brew\s|cat\b|cp\b|mv\b|rm\b|mkdir\b|curl\b|wget\b|git\b|cd\b\s*[^&;|]*$|"
    r"export\b|poetry\s+(?:add|install)|(?:npx\s+)?playwright\s+install|go\s+install|ls\b|chmod\b|grep\b|test\s+-)"
)
_SCRIPT = re.compile(
    r"\b(?:npm|pnpm|yarn|bun)\s+(?:-[\w=/.@-]+\s+(?:[\w@/.][\w@/.-]*\s+)?)*(?:run\s+)?(?P<name>[\w][\w:.-]*)"
)
_MAKE = re.compile(r"\b(?:g?make|just)\s+(?:-\w+\s+\S+\s+|-\w+\s+|\w+=\S*\s+)*(?P<name>[\w][\w.-]*)")
_TASK = re.compile(r"\b(?:hatch|pdm|poe|rye)\s+(?:run\s+)?(?:[\w.-]+:)?(?P<name>[\w][\w:.-]*)")
_TARGET = re.compile(r"^(?P<names>[A-Za-z0-9_.\-/ ]+?)\s*:(?![:=])\s*(?P<needs>[^#=]*)")
_SPLIT = re.compile(r"&&|\|\||;|\n|(?<!\|)\|(?!\|)")


class Scripts:
    """The scripts and targets that commands may name: package.json, Makefile, pyproject.toml."""

    def __init__(self, files: Mapping[str, CodeFile]) -> None:
        self._scripts: dict[str, list[str]] = {}
        self._targets: dict[str, list[str]] = {}
        self._tasks: dict[str, list[str]] = {}
        for path in sorted(files):
            held = files[path]
            name = path.rpartition("/")[2].lower()
            if held.language is not Language.SETTINGS:
                continue
            if name == "package.json":
                self._add(self._scripts, _package_scripts(held.text))
            elif name == "makefile" or name.endswith((".mk", "justfile")):
                self._add(self._targets, _targets(held.text))
            elif name == "pyproject.toml":
                self._add(self._tasks, _tasks(held.text))

    def runs_tests(self, command: str, depth: int = 0) -> bool:
        """Whether a command, of one or several lines, runs tests."""
        return self.test_line(command, depth) is not None

    def test_line(self, command: str, depth: int = 0) -> tuple[str, int] | None:
        """The first part of a command that runs tests, and its line within it (from 0)."""
        joined = command.replace("\\\n", "  ")
        for number, line in enumerate(joined.split("\n")):
            for part in _SPLIT.split(line[:_LONGEST]):
                if part.strip() and not _NOT_A_RUN.match(part) and self._is_test(part, depth):
                    return part.strip(), number
        return None

    def _is_test(self, part: str, depth: int) -> bool:
        if depth > _DEEPEST:
            return False
        return any(self.runs_tests(one, depth + 1) for one in self._named(part)) or (
            _TEST.search(part) is not None and not self._is_hollow(part)
        )

    def _named(self, part: str) -> Iterator[str]:
        for pattern, table in ((_SCRIPT, self._scripts), (_MAKE, self._targets), (_TASK, self._tasks)):
            match = pattern.search(part)
            if match is not None:
                yield from table.get(match["name"], ())

    def _is_hollow(self, part: str) -> bool:
        """Whether a script of the name stands there and runs no tests (`"test": "echo no tests"`)."""
        match = _SCRIPT.search(part)
        held = self._scripts.get(match["name"], []) if match is not None else []
        return bool(held) and all(_NOT_A_RUN.match(one) and "&&" not in one for one in held)

    def _add(self, table: dict[str, list[str]], pairs: Iterator[tuple[str, str]]) -> None:
        for name, command in pairs:
            table.setdefault(name, []).append(command)


def _package_scripts(text: str) -> Iterator[tuple[str, str]]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return
    scripts = held.get("scripts") if isinstance(held, dict) else None
    if isinstance(scripts, dict):
        for name, command in scripts.items():
            if isinstance(command, str):
                yield name, command


def _targets(text: str) -> Iterator[tuple[str, str]]:
    """Targets of a Makefile with their recipes; what a target needs is run, too."""
    names: list[str] = []
    recipe: list[str] = []
    for line in [*text.replace("\\\n", " ").splitlines(), "end:"]:
        if line.startswith(("\t", "    ")) and names:
            recipe.append(line.strip().lstrip("@-"))
            continue
        match = _TARGET.match(line)
        if match is None:
            continue
        yield from ((name, "\n".join(recipe)) for name in names)
        names = match["names"].split()
        recipe = [f"make {need}" for need in match["needs"].split() if need != "|"]


def _tasks(text: str) -> Iterator[tuple[str, str]]:
    """Tasks of poe, hatch, pdm and rye."""
    try:
        held = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    tool = held.get("tool", {})
    tables = [_at(tool, "poe", "tasks"), _at(tool, "pdm", "scripts"), _at(tool, "rye", "scripts")]
    tables.extend(_at(one, "scripts") for one in _at(tool, "hatch", "envs").values() if isinstance(one, dict))
    for table in tables:
        for name, command in table.items():
            yield from ((name, one) for one in _commands(command, 0))


def _commands(command: Any, depth: int) -> Iterator[str]:
    if isinstance(command, str):
        yield command
    elif isinstance(command, list) and depth < _DEEPEST:
        for one in command:
            yield from _commands(one, depth + 1)
    elif isinstance(command, dict) and depth < _DEEPEST:
        for key in ("cmd", "shell", "script", "sequence", "chain"):
            if key in command:
                yield from _commands(command[key], depth + 1)


def _at(held: Any, *path: str) -> dict[str, Any]:
    for name in path:
        held = held.get(name) if isinstance(held, dict) else None
    return held if isinstance(held, dict) else {}
