from launchready.model.source import HitKind
from tests.checks.dangerous_lines import assert_dangerous_lines_are_judged, assert_half_built

KINDS = (
    HitKind.SQL, HitKind.NOSQL, HitKind.COMMAND, HitKind.CODE, HitKind.TEMPLATE, HitKind.DESERIALIZE,
)  # fmt: skip


def test_dangerous_lines():
    assert_dangerous_lines_are_judged("INP-05", *KINDS)


def test_the_probes_are_not_built():
    assert_half_built("INP-05")
