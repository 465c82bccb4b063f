import types

import pytest

from launchready.checks.registration import check
from launchready.judging.registry import RegistryError, check_infos, read_check, registered_checks
from launchready.model.evidence import GuardSweep, Surface
from launchready.model.settings import JudgeSettings
from tests.judging.support import CATALOGUE

TEXT = """Good.

Why: Because
it is.

How to fix: Mend it.

What this cannot see: Much.
"""


def module(name="launchready.checks.auth.good", doc=TEXT, annotation=Surface, count=1, own_name="good"):
    made = types.ModuleType(name)
    for number in range(count):

        def function(surface):
            yield from ()

        function.__doc__ = doc
        function.__annotations__ = {"surface": annotation} if annotation else {}
        function.__name__ = own_name
        function.__module__ = name
        setattr(made, f"good{number}", check("AUTH-01")(function))
    return made


def test_a_check_is_read_with_its_texts_and_needs():
    one = read_check(module())
    assert (one.id, one.title, one.why) == ("AUTH-01", "Good.", "Because it is.")
    assert (one.how_to_fix, one.blind_spots, one.evidence_kinds) == ("Mend it.", "Much.", ("Surface",))


@pytest.mark.parametrize(
    ("annotations", "wants", "pieced"),
    [
        ({"surface": Surface}, set(), False),
        ({"surface": Surface, "sweep": GuardSweep | None}, {"sweep"}, False),
        ({"surface": Surface | None, "sweep": GuardSweep | None}, {"surface", "sweep"}, True),
        ({"surface": Surface | None, "settings": JudgeSettings}, {"surface"}, True),
        ({"settings": JudgeSettings}, set(), False),
    ],
)
def test_optional_evidence_is_wanted_and_all_optional_is_pieced_together(annotations, wants, pieced):
    made = module()
    made.good0.__annotations__ = annotations
    one = read_check(made)
    assert one.wants == wants
    assert one.is_pieced_together is pieced


@pytest.mark.parametrize(
    "faulty",
    [
        {"count": 0},
        {"count": 2},
        {"own_name": "other"},
        {"doc": None},
        {"doc": TEXT.replace("How to fix: Mend it.", "")},
        {"doc": TEXT.replace("Much.", "")},
        {"annotation": None},
        {"annotation": int},
        {"annotation": Surface | GuardSweep | None},
    ],
    ids=str,
)
def test_a_check_that_is_not_written_as_checks_are_is_refused(faulty):
    with pytest.raises(RegistryError):
        read_check(module(**faulty))


def test_every_row_of_the_catalogue_has_its_info_in_order():
    infos = check_infos(CATALOGUE)
    assert [info.row for info in infos] == list(CATALOGUE)
    assert {info.row.id for info in infos if info.implemented} == set(registered_checks())


def test_a_check_without_a_row_is_refused():
    with pytest.raises(RegistryError, match="AUTH-01"):
        check_infos(CATALOGUE[1:])
