"""Settings of servers: folders that are listed, servers and modes for developing that are shipped (DEP-08)."""

import re
from collections.abc import Iterator, Mapping

from launchready.model.source import HitKind, SourceHit
from launchready.source.code.files import CodeFile, Language
from launchready.source.code.lines import place_in
from launchready.source.places import Place, place_of

_NGINX = re.compile(
    r"(?:^|/)[^/]*nginx[^/]*(?:\.conf|\.conf\.template)?$|(?:^|/)(?:nginx|sites-available|conf\.d)/[^/]+$"
)
_AUTOINDEX = re.compile(r"^\s*autoindex\s+on\s*;")
_DOCKERFILE = re.compile(r"(?:^|/)(?:dockerfile|containerfile)[^/]*$|\.dockerfile$", re.IGNORECASE)
_DEVELOPMENT = re.compile(
    r"(?:^|[/_.-])(?:dev|devel|development|local|debug|test|tests|ci|example)(?:[/_.-]|$)", re.IGNORECASE
)
_ENVIRONMENT = re.compile(
    r"^\s*ENV\s+(?:\S+=\S+\s+)*(?:FLASK_DEBUG[= ](?:1|[Tt]rue)|FLASK_ENV[= ]development|"
    r"(?:DJANGO_)?DEBUG[= ]['\"]?(?:1|[Tt]rue|on)\b)"
)
_STARTED = re.compile(r"^\s*(?:CMD|ENTRYPOINT)\b(.*)")
_FOR_DEVELOPING = re.compile(r"--reload\b|\brunserver\b|\bflask\b.*--debug\b|\bfastapi\b.*\bdev\b")
_STAGE = re.compile(r"^\s*FROM\s+\S+(?:\s+AS\s+(\S+))?", re.IGNORECASE)


def server_hits(files: Mapping[str, CodeFile]) -> Iterator[SourceHit]:
    """The dangerous lines of settings files; none for those that are for developing or testing."""
    for path in sorted(files):
        held = files[path]
        beside = place_of(path) in {Place.TEST, Place.DOCUMENTATION, Place.TEMPLATE}
        if held.language is not Language.SETTINGS or beside or _DEVELOPMENT.search(path):
            continue
        if _DOCKERFILE.search(path):
            yield from _dockerfile(path, held.text.splitlines())
        elif _NGINX.search(path):
            yield from _nginx(path, held.text.splitlines())


def _nginx(path: str, lines: list[str]) -> Iterator[SourceHit]:
    for number, line in enumerate(lines, 1):
        if _AUTOINDEX.match(line):
            yield SourceHit(
                kind=HitKind.LISTING,
                rule="nginx-autoindex",
                message="The files of this folder are listed to whoever asks",
                place=place_in(path, lines, number),
                certain=True,
                fix="autoindex off;",
            )


def _dockerfile(path: str, lines: list[str]) -> Iterator[SourceHit]:
    developing = False
    for number, line in enumerate(lines, 1):
        stage = _STAGE.match(line)
        if stage is not None:
            developing = stage[1] is not None and _DEVELOPMENT.search(stage[1]) is not None
        if developing:
            continue
        started = _STARTED.match(line)
        if _ENVIRONMENT.match(line):
            yield _debug(path, lines, number, "The image switches debug mode on")
        elif started is not None and _FOR_DEVELOPING.search(
            started[1].replace('", "', " ").replace('","', " ")
        ):
            yield _debug(path, lines, number, "The image starts a server that is meant for developing")


def _debug(path: str, lines: list[str], number: int, message: str) -> SourceHit:
    return SourceHit(
        kind=HitKind.DEBUG,
        rule="image-debug",
        message=message,
        place=place_in(path, lines, number),
        fix="Start the server for production, and set modes for developing outside of the image",
    )
