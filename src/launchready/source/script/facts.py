"""What one JavaScript or TypeScript file says by itself."""

from launchready.source.code.facts import FileFacts
from launchready.source.code.files import CodeFile
from launchready.source.script.nodes import parse_script


def script_facts(held: CodeFile) -> FileFacts:
    """The facts of a file; `problem` says why it was not understood."""
    root = parse_script(held.path, held.text)
    return FileFacts(path=held.path, problem="" if root is not None else "broken syntax")
