"""Values that were held against a list or a pattern before they are used."""

import re

from ast_grep_py import SgNode

from launchready.source.script.flows.sources import Mode
from launchready.source.script.nodes import FUNCTIONS
from launchready.source.script.reading import Reading

_EXITS = ("return_statement", "throw_statement", "continue_statement", "break_statement")
_LISTED = re.compile(
    r"(?:\.(?:includes|has|test|exec|hasOwnProperty|indexOf|isValid|validate|isUUID|isUuid|isInt|isNumeric|isAlphanumeric|"
    r"isMongoId|isEmail|isInteger|isSafeInteger)|\b(?:isNaN|isValid\w*|isAllowed\w*|validate\w*|isSafe\w*|isUUID|isUuid|uuidValidate))"
    r"\(\s*([\w$.?\[\]'\"]+)\s*[,)]"
)
_MATCHED = re.compile(r"([\w$.?]+)\.match\(")
_KEY_IN = re.compile(r"([\w$.?]+)\s+in\s+[\w$.]+")
_OWN_KEY = re.compile(r"!\s*[A-Za-z_$][\w$.]*\[([\w$.?]+)\]")
_TYPED = re.compile(r"typeof\s+([\w$.?]+)\s*!==?\s*['\"](?:string|number|boolean)['\"]")
_LISTS = (_LISTED, _MATCHED, _KEY_IN, _OWN_KEY)


class Checks:
    """Which expressions a function refuses unless they are of a list or pattern, found when first asked for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._of: dict[tuple[int, Mode], dict[str, int]] = {}

    def covers(self, node: SgNode, text: str, mode: Mode) -> bool:
        """Whether a function around the node left before, unless the value was of a list (or no object)."""
        at = node.range().start.index
        plain = text.replace("?", "").replace("!", "")
        around = (one for one in node.ancestors() if one.kind() in FUNCTIONS)
        return any(self._checked(function, mode).get(plain, at) < at for function in around)

    @staticmethod
    def is_tested(condition: str, text: str) -> bool:
        """Whether a condition holds a value against a list."""
        return text in _tested(condition, Mode.TEXT)

    def _checked(self, function: SgNode, mode: Mode) -> dict[str, int]:
        mark = (hash(function), mode)
        if mark not in self._of:
            found: dict[str, int] = {}
            held = function.range()
            for one in self._reading.nodes("if_statement"):
                where = one.range()
                if not held.start.index <= where.start.index < held.end.index:
                    continue
                condition, body = one.field("condition"), one.field("consequence")
                if condition is None or body is None:
                    continue
                tested = _tested(condition.text(), mode)
                if tested and any(body.kind() == kind or body.find(kind=kind) is not None for kind in _EXITS):
                    found.update(dict.fromkeys(tested, where.start.index))
            self._of[mark] = found
        return self._of[mark]


def _tested(condition: str, mode: Mode) -> set[str]:
    patterns = (*_LISTS, _TYPED) if mode is Mode.OBJECT else _LISTS
    found = (match for pattern in patterns for match in pattern.findall(condition))
    return {one.replace("?", "") for one in found}
