import dataclasses
import json
from types import SimpleNamespace

import pytest

from launchready.collecting import repository
from launchready.collecting.collector import Safety
from launchready.collecting.context import MissingEvidence
from launchready.collecting.repository import RepositorySecretsCollector
from launchready.door.vault import Vault
from launchready.model.evidence import RepositorySecrets
from launchready.model.outcome import Cause, Input
from launchready.model.settings import CollectSettings
from launchready.source.engine import EngineFailed, EngineMissing
from tests.source.planting import Mint, write


def context(repo):
    seen = []
    return SimpleNamespace(
        settings=CollectSettings(repo=str(repo) if repo else ""),
        door=None,
        vault=Vault(b"k" * 32),
        seen=seen,
        found=lambda check, message, confirmed: seen.append((check, message, confirmed)),
    )


async def test_evidence_holds_marks_and_no_values(tmp_path):
    value = Mint(9).word(20)
    write(tmp_path, "app/.env", f"DB_PASSWORD={value}\n")
    write(tmp_path, "node_modules/x.js", "x")
    here = context(tmp_path)
    collector = RepositorySecretsCollector()
    await collector.run(here)
    evidence = collector.evidence()
    assert isinstance(evidence, RepositorySecrets)
    (hit,) = evidence.hits
    assert (hit.path, hit.line, hit.where, hit.classed) == ("app/.env", 1, "tree", "live")
    assert hit.rule_name.startswith("Secret in ")
    assert hit.mark == here.vault.mark(value)
    assert evidence.root == tmp_path.name
    assert any("node_modules" in note for note in evidence.notes)
    assert here.seen == [("SEC-01", f"{hit.rule_name} at app/.env:1", True)]
    assert value not in json.dumps(dataclasses.asdict(evidence)) + str(here.seen) + collector.summary()


@pytest.mark.parametrize(("repo", "wanted"), [("", Input.REPOSITORY), ("/nowhere/at/all", Input.REPOSITORY)])
async def test_without_a_repository_the_remedy_names_it(repo, wanted):
    with pytest.raises(MissingEvidence) as missing:
        await RepositorySecretsCollector().run(context(repo))
    assert missing.value.remedy.input is wanted
    assert missing.value.kind == "RepositorySecrets"


async def test_an_empty_folder_proves_nothing(tmp_path):
    with pytest.raises(MissingEvidence) as missing:
        await RepositorySecretsCollector().run(context(tmp_path))
    assert missing.value.cause is Cause.NOTHING_TESTED


@pytest.mark.parametrize(
    "error", [EngineMissing("x"), EngineFailed("the secret engine ended with exit code 1")]
)
async def test_without_an_engine_the_remedy_is_its_install_line(tmp_path, monkeypatch, error):
    write(tmp_path, "a.py", "x = 1\n")

    async def fail(*_, **__):
        raise error

    monkeypatch.setattr(repository, "scan_tree", fail)
    collector = RepositorySecretsCollector()
    with pytest.raises(MissingEvidence) as missing:
        await collector.run(context(tmp_path))
    assert missing.value.remedy.input is Input.ENGINE
    assert "pip install" in missing.value.remedy.sentence
    assert collector.evidence().gaps, "what was interrupted must not look like a clean tree"


def test_no_target_is_needed():
    assert RepositorySecretsCollector.safety is Safety.OFFLINE
    assert RepositorySecretsCollector.needs == ()
