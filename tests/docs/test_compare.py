"""The comparison counts what each tool says, and nothing else."""

import json
import sys

import pytest

from agora_flaws.registry import all_flaws
from bench import compare

FAILURES = [
    {"code": "ST402", "count": 2, "operations": ["GET /addresses", "GET /orders"]},
    {"code": "ST105", "count": 5, "operations": ["GET /listings"]},
]
SAID = {
    "schemathesis_version": "0.0",
    "failures": FAILURES,
    "operations": {"tested": 3, "total": 4, "errored": 1},
}
HAR = {"log": {"entries": [{}, {}, {}]}}


def test_its_flaws_are_agoras():
    known = all_flaws()
    assert set(compare.FLAWS) <= set(known)
    assert not any(known[name].trap for name in compare.FLAWS)


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line that names its interpreter")
def test_findings_about_authorization_are_told_from_the_rest(tmp_path, capsys):
    program = tmp_path / "st"
    program.write_text(
        f"#!{sys.executable}\nimport json\n"
        f"json.dump({json.dumps(SAID)}, open('st.json', 'w'))\njson.dump({json.dumps(HAR)}, open('st.har', 'w'))\n"
    )
    program.chmod(0o700)
    target = compare.Target(label="Shop", url="http://127.0.0.1:9", flaws={"open": "GET /addresses"})
    result = compare.schemathesis(target, str(program), (), "")
    assert (result.requests, result.findings) == (3, 7)
    assert result.authorization == {"GET /addresses", "GET /orders"}
    compare.show(compare.Target(label="Shop", members=True, flaws=target.flaws), result)
    assert "| 1 of 1 | 3 of 4 operations tested, 1 errors; also at GET /orders |" in capsys.readouterr().out


def test_an_operation_is_named_as_the_specification_names_it():
    subject = {"kind": "operation", "method": "GET", "path": "/orders/{id}"}
    assert compare.operation_of(subject) == "GET /orders/{id}"
    assert compare.operation_of({"kind": "file", "path": "a.py"}) == ""
