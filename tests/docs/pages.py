"""The pages, what is in them, and the parts that are written by `python -m tests.docs.pages`."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main

from launchready.app.checks import implemented_checks
from launchready.app.judgement import all_checks
from launchready.cli.commands import command_line

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "src" / "agora" / "README.md"])
)
PART = "<!-- {name}: written by `python -m tests.docs.pages` -->\n"
END = "<!-- /{name} -->"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
GATES = {"row": "its row", "advice": "nothing (advice)"}


def text_of(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def blocks(path, language) -> Iterator[str]:
    """The fenced blocks of one language."""
    return (found[2] for found in BLOCK.finditer(text_of(path)) if found[1] == language)


def checks_part():
    built = implemented_checks()
    lines = [
        f"{len(built)} of {len(all_checks())} checks:",
        "",
        "| check | what it shows | decides |",
        "|---|---|---|",
    ]
    lines += [
        f"| {one.row.id} | {one.title.rstrip('.')} | {GATES.get(one.row.gate.value, one.row.gate.value)} |"
        for one in built
    ]
    return "\n".join(lines)


def commands_part():
    lines = ["| command | what it does |", "|---|---|"]
    lines += [
        f"| `launchready {name}` | {command.get_short_help_str(limit=400).rstrip('.')} |"
        for name, command in cli().commands.items()
    ]
    return "\n".join(lines)


def cli():
    return typer.main.get_command(command_line())


PARTS = {"checks": checks_part, "commands": commands_part}


def with_parts(text):
    """The README with its written parts as they must be."""
    for name, write in PARTS.items():
        head, found, rest = text.partition(PART.format(name=name))
        _, end, tail = rest.partition(END.format(name=name))
        assert found, f"README.md has no part {name}"
        assert end, f"part {name} of README.md has no end"
        text = f"{head}{found}\n{write()}\n\n{end}{tail}"
    return text


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(with_parts(text_of(readme)), encoding="utf-8")
