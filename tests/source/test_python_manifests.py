import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.python.manifests import Manifests


def manifests(files):
    held = code_files(files)
    return Manifests({**held.of(Language.PYTHON), **held.of(Language.SETTINGS)})


@pytest.mark.parametrize(
    ("path", "text", "version"),
    [
        ("requirements.txt", "# web\nFlask==3.0.2  # pinned\n", "3.0.2"),
        ("requirements/base.txt", "flask>=2,<4\n", "2"),
        ("pyproject.toml", '[project]\ndependencies = ["flask[async]<4,>=2.3"]\n', "2.3"),
        (
            "pyproject.toml",
            '[tool.poetry]\nversion = "9"\n[tool.poetry.dependencies]\nflask = "^2.1"\n',
            "2.1",
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\nflask = {version = "~2.2", extras = []}\n', "2.2"),
        ("Pipfile", '[packages]\nflask = "*"\n', ""),
        ("setup.py", 'setup(install_requires=[\n    "flask>=1.1",\n])\n', "1.1"),
        ("requirements.txt", "flask-login==0.6\n", ""),
        ("pyproject.toml", "[broken\n", ""),
    ],
)
def test_versions(path, text, version):
    assert manifests({path: text, "app/main.py": ""}).version("Flask", "app/main.py") == version


def test_the_nearest_manifest_counts():
    held = manifests({"requirements.txt": "flask==1\n", "api/requirements.txt": "flask==2\n"})
    assert held.version("flask", "api/app/main.py") == "2"
    assert held.version("flask", "web/main.py") == "1"
    assert held.root_of("api/app/main.py") == "api"
    assert held.root_of("web/main.py") == ""
