"""What a bundler's settings put into what browsers load."""

import pytest

from launchready.model.source import HitKind
from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts

CONFIG = """
import {{ defineConfig, loadEnv }} from "vite";

export default defineConfig(({{ mode }}) => {{
  const env = {env};
  return {{ define: {{ "process.env": {value} }} }};
}});
"""


def hits(env, value="env"):
    held = code_files({"vite.config.ts": CONFIG.format(env=env, value=value)}).by_path["vite.config.ts"]
    return [hit for hit in script_facts(held).hits if hit.kind is HitKind.PUBLIC_SECRET]


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ('loadEnv(mode, process.cwd(), "")', "env"),
        ('loadEnv(mode, process.cwd(), "")', "JSON.stringify(env)"),
        ("process.env", "env"),
        ("null", "process.env"),
        ("null", "{ ...process.env }"),
    ],
)
def test_the_whole_environment_is_found(env, value):
    assert [hit.certain for hit in hits(env, value)] == [True]


@pytest.mark.parametrize(
    "env",
    ['loadEnv(mode, process.cwd(), "VITE")', "loadEnv(mode, process.cwd())", '{ MODE: "x" }', "chosen()"],
)
def test_variables_with_the_public_prefix_are_meant_for_browsers(env):
    assert hits(env) == []
