import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    """Keys and locks of a test are its own, and so is the directory that it works in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    # Writes that take effect later are waited for: garbage is not worth that in each of so many tests
    monkeypatch.setattr("launchready.collecting.tampering._SETTLING", (), raising=False)
    return work
