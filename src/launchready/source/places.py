"""What the place of a hit says: test code, documentation, a template, configuration, a translation."""

import re
from enum import StrEnum


class Place(StrEnum):
    """The kind of file, as far as it changes what a value in it means."""

    TEST = "test"
    DOCUMENTATION = "documentation"
    TEMPLATE = "template"
    TRANSLATION = "translation"
    CI = "ci"
    CONFIGURATION = "configuration"
    CODE = "code"


_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|__mocks__|specs?|e2e|cypress|fixtures?|__fixtures__|mocks?|testdata|test[_-]data|"
    r"factories|stubs|cassettes|snapshots?|__snapshots__)/"
    r"|(?:^|/)(?:test_[^/]*|conftest\.py|[^/]*(?:_test|\.test|\.spec|_spec|Tests?|IT)\.[a-z]+)$"
    r"|(?:^|/)\.env\.(?:test|testing|ci)(?:\.|$)|docker-compose[._-](?:test|ci)"
    r"|(?:^|/)(?:pytest|tox)\.ini$|(?:^|/)(?:jest|vitest|playwright|cypress)\.config\.[a-z]+$|(?:^|/)phpunit\.xml"
)
_DOCUMENTATION = re.compile(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|demos?|tutorials?|openapi_specs?)/"
    r"|\.(?:md|mdx|rst|adoc)$"
    r"|\.(?:http|rest|bru|har)$|/httpRequests/|\.postman_(?:collection|environment)\.json$|(?:^|/)(?:readme|changelog|contributing|openapi|swagger)[^/]*$",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"(?:[._-](?:example|sample|template|tmpl|dist|default|defaults|skel|j2|tpl)(?:\.[a-z]+)?$)|(?:^|/)(?:example|sample)[._-]",
    re.IGNORECASE,
)
_TRANSLATION = re.compile(
    r"(?:^|/)(?:i18n|l10n|locales?|lang|langs|languages|translations?|messages)/|\.(?:po|pot|xlf|xliff|arb|resx|strings)$",
    re.IGNORECASE,
)
_CI = re.compile(
    r"(?:^|/)(?:\.github/workflows/|\.circleci/|\.buildkite/|\.gitlab-ci|\.travis|bitbucket-pipelines|azure-pipelines|"
    r"appveyor|\.drone|jenkinsfile)",
    re.IGNORECASE,
)
_CONFIGURATION = re.compile(
    r"(?:^|/)\.env(?:\.|rc|$)|(?:^|/)[^/]*\.env$|(?:^|/)(?:dockerfile|containerfile|procfile|makefile|\.npmrc|\.pypirc|\.netrc|_netrc|"
    r"\.pgpass|\.htpasswd|credentials|config)[^/]*$"
    r"|\.(?:ya?ml|toml|ini|cfg|conf|cnf|properties|tfvars|tf|hcl|json|json5|jsonc|xml|plist|sh|bash|zsh|fish|ps1|bat|cmd|envrc|"
    r"service|nix|config|settings|secret|secrets|key|pem)$",
    re.IGNORECASE,
)
_LOCAL_CERTIFICATE = re.compile(
    r"localhost|snakeoil|self[_-]?signed|dev[_-]?cert|local[_-]?cert", re.IGNORECASE
)
_ENV_FILE = re.compile(r"(?:^|/)(?:\.env(?:\.[a-z]+)*|[^/]+\.env|\.envrc)$", re.IGNORECASE)
_PRODUCTION = re.compile(r"(?:^|[/._-])(?:prod|production|live)(?:[/._-]|$)", re.IGNORECASE)


def place_of(path: str) -> Place:
    """The kind of a file by its path; the more telling kind wins."""
    for place, pattern in (
        (Place.TEMPLATE, _TEMPLATE),
        (Place.TEST, _TEST),
        (Place.TRANSLATION, _TRANSLATION),
        (Place.CI, _CI),
        (Place.DOCUMENTATION, _DOCUMENTATION),
        (Place.CONFIGURATION, _CONFIGURATION),
    ):
        if pattern.search(path):
            return place
    return Place.CODE


def is_env_file(path: str) -> bool:
    """Whether a file is a set of environment variables, where every value is a literal."""
    return _ENV_FILE.search(path) is not None


def is_for_production(path: str) -> bool:
    """Whether the path says that it is used in production."""
    return _PRODUCTION.search(path) is not None


def is_local_certificate(path: str) -> bool:
    """Whether a key file is named as one for a developer's own machine."""
    return _LOCAL_CERTIFICATE.search(path) is not None
