import asyncio
import hashlib
from types import SimpleNamespace

import pytest

from launchready.source.repository import working_tree
from launchready.source.secrets import scan_tree
from tests.source.planting import fixed, flawed, git


def mark(value):
    return hashlib.sha256(b"a key of the tests" + value.encode()).hexdigest()[:10]


def scanned(root):
    async def go():
        tree = await working_tree(root)
        return tree, await scan_tree(tree, mark=mark)

    return asyncio.run(go())


@pytest.fixture(scope="session")
def twins(tmp_path_factory):
    """Both twins scanned once: an engine run costs a second, its first one six."""
    weak, strong = tmp_path_factory.mktemp("flawed"), tmp_path_factory.mktemp("fixed")
    git(weak, "init")
    planted = flawed(weak)
    git(weak, "add", "--all", "--force")
    git(weak, "commit", "-m", "x")
    fixed(strong)
    weak_tree, weak_scan = scanned(weak)
    _, strong_scan = scanned(strong)
    return SimpleNamespace(planted=planted, root=weak, tree=weak_tree, flawed=weak_scan, fixed=strong_scan)
