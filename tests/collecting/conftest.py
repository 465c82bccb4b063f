import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    """Keys and locks of a test are its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
