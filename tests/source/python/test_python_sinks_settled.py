import pytest

from launchready.source.code.files import code_files
from launchready.source.python.facts import python_facts
from launchready.source.python.sinks.settled import settled

BASE = "DEBUG = True\nINSTALLED_APPS = []\n"


def debug(files):
    held = code_files(files)
    hits = [hit for one in held.by_path.values() for hit in python_facts(one).hits]
    return [(one.place.path, one.certain) for one in settled(hits, held.by_path)]


def test_the_only_settings_module_is_certain():
    assert debug({"shop/settings.py": BASE}) == [("shop/settings.py", True)]


@pytest.mark.parametrize("line", ["DEBUG = False", "DEBUG = env.bool('DEBUG', False)"])
def test_a_base_that_production_overrides_is_none(line):
    files = {
        "shop/settings/base.py": BASE,
        "shop/settings/production.py": f"from .base import *\n{line}\n",
    }
    assert debug(files) == []


def test_a_base_that_only_developers_override_is_certain():
    files = {
        "shop/settings/base.py": BASE,
        "shop/settings/dev.py": "from .base import *\nDEBUG = True\n",
        "shop/settings/production.py": "from .base import *\nALLOWED_HOSTS = ['a.example']\n",
    }
    assert debug(files) == [("shop/settings/base.py", True)]


def test_local_settings_may_say_otherwise():
    assert debug({"shop/settings.py": f"{BASE}from .local_settings import *\n"}) == [
        ("shop/settings.py", False)
    ]


def test_settings_for_developers_are_none():
    assert debug({"shop/settings/local.py": BASE, "shop/settings_test.py": BASE}) == []
