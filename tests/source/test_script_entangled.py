"""Scripts whose values go in circles are followed for a while, and said to be."""

import time

from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts
from launchready.source.script.flows import following as flows

ROUTE = "app.get('/x', (req, res) => { db.query(`SELECT ${req.query.q}`); });\n"


def facts(text):
    return script_facts(code_files({"a.js": text}).by_path["a.js"])


def test_what_is_too_entangled_is_named(monkeypatch):
    monkeypatch.setattr(flows, "_MOST_STEPS", 1)
    assert facts(ROUTE).problem == "too entangled to be followed to its end"
    monkeypatch.undo()
    assert facts(ROUTE).problem == ""


def test_members_of_members_in_circles_end():
    names = [f"n{number}" for number in range(120)]
    text = "".join(
        f"let {name} = {names[(at * 7 + 1) % 120]}.left || {names[(at * 11 + 3) % 120]}.right;\n"
        for at, name in enumerate(names)
    )
    begin = time.process_time()
    facts(f"{text}function run(req) {{ db.query(`SELECT ${{n0}}`); }}\n")
    assert time.process_time() - begin < 10
