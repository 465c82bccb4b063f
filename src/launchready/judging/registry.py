"""Finds the checks under `launchready.checks` and pairs them with their catalogue rows."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType, UnionType
from typing import Any, get_args, get_type_hints

from launchready import checks
from launchready.checks.registration import ATTRIBUTE, CheckFunction, Registration
from launchready.model.check_info import CatalogueRow, CheckInfo
from launchready.model.evidence import EVIDENCE_KINDS, Evidence
from launchready.model.settings import JudgeSettings

SECTIONS = ("Why:", "How to fix:", "What this cannot see:")


class RegistryError(Exception):
    """A check is not written as checks must be; for whoever wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCheck:
    """A check function and what it says about itself. `needs` maps its parameters to what they take.

    `wants` are those of them that it does without: annotated `Kind | None`, and None where nothing was collected.
    Beside required evidence they only sharpen what that shows. Where all evidence is wanted and none required, each
    piece is a part of the whole: one is enough to run, and all of them are needed to pass.
    """

    id: str
    function: CheckFunction
    needs: Mapping[str, type[Evidence] | type[JudgeSettings]]
    attested_for_days: int
    title: str
    why: str
    how_to_fix: str
    blind_spots: str
    wants: frozenset[str] = frozenset()

    @property
    def evidence_kinds(self) -> tuple[str, ...]:
        """Names of the kinds of evidence that it judges."""
        return tuple(self.evidence.values())

    @property
    def evidence(self) -> Mapping[str, str]:
        """Kinds of evidence by the parameter that takes them."""
        return {name: kind.__name__ for name, kind in self.needs.items() if kind is not JudgeSettings}

    @property
    def is_pieced_together(self) -> bool:
        """Whether it puts together pieces of evidence of which none is required."""
        return bool(self.evidence) and self.evidence.keys() <= self.wants


@cache
def registered_checks() -> Mapping[str, RegisteredCheck]:
    """All checks by id.

    Raises:
        RegistryError: a file without exactly one check, a name unlike the file's, a missing text.
    """
    found: dict[str, RegisteredCheck] = {}
    for module in _check_modules():
        one = read_check(module)
        if one.id in found:
            raise RegistryError(f"{module.__name__}: {one.id} has a check already")
        found[one.id] = one
    return found


def check_infos(catalogue: tuple[CatalogueRow, ...]) -> tuple[CheckInfo, ...]:
    """Every row of the catalogue, in its order, with what its check says where there is one.

    Raises:
        RegistryError: a check names no row of the catalogue.
    """
    implemented = registered_checks()
    unknown = sorted(implemented.keys() - {row.id for row in catalogue})
    if unknown:
        raise RegistryError(f"not in the catalogue: {', '.join(unknown)}")
    return tuple(_info(row, implemented.get(row.id)) for row in catalogue)


def _info(row: CatalogueRow, one: RegisteredCheck | None) -> CheckInfo:
    if one is None:
        return CheckInfo(row=row, implemented=False)
    return CheckInfo(
        row=row,
        implemented=True,
        title=one.title,
        why=one.why,
        how_to_fix=one.how_to_fix,
        blind_spots=one.blind_spots,
        needs=one.evidence_kinds,
    )


def _check_modules() -> Iterator[ModuleType]:
    for package in sorted(pkgutil.iter_modules(checks.__path__), key=lambda item: item.name):
        if not package.ispkg:
            continue
        row = importlib.import_module(f"{checks.__name__}.{package.name}")
        for item in sorted(pkgutil.iter_modules(row.__path__), key=lambda item: item.name):
            yield importlib.import_module(f"{row.__name__}.{item.name}")


def read_check(module: ModuleType) -> RegisteredCheck:
    """The one check of a module.

    Raises:
        RegistryError: as `registered_checks`.
    """
    own = [
        value
        for value in vars(module).values()
        if inspect.isfunction(value) and hasattr(value, ATTRIBUTE) and value.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise RegistryError(f"{module.__name__}: {len(own)} checks; one check is one file")
    function = own[0]
    if function.__name__ != module.__name__.rpartition(".")[2]:
        raise RegistryError(f"{module.__name__}: the file is to be named after {function.__name__}")
    registration: Registration = getattr(function, ATTRIBUTE)
    title, texts = _texts(function)
    needs, wants = _needs(function)
    return RegisteredCheck(
        id=registration.id,
        function=function,
        needs=needs,
        wants=wants,
        attested_for_days=registration.attested_for_days,
        title=title,
        why=texts["Why:"],
        how_to_fix=texts["How to fix:"],
        blind_spots=texts["What this cannot see:"],
    )


def _needs(
    function: CheckFunction,
) -> tuple[dict[str, type[Evidence] | type[JudgeSettings]], frozenset[str]]:
    """What each parameter takes, and which of them may be absent."""
    hints: dict[str, Any] = get_type_hints(function)
    hints.pop("return", None)
    wants = frozenset(name for name, kind in hints.items() if isinstance(kind, UnionType))
    needs = {name: _present(kind) for name, kind in hints.items()}
    if not needs:
        raise RegistryError(f"{function.__name__} needs nothing: annotate its parameters with evidence")
    for name, kind in needs.items():
        if kind is not JudgeSettings and kind not in EVIDENCE_KINDS:
            raise RegistryError(f"{function.__name__}: {name} is no kind of evidence")
    return needs, wants


def _present(kind: Any) -> Any:
    """`Kind` of `Kind | None`; anything else as it is, to be refused by name."""
    if not isinstance(kind, UnionType):
        return kind
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if len(parts) == 1 else kind


def _texts(function: CheckFunction) -> tuple[str, dict[str, str]]:
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    title = lines[0].strip() if lines else ""
    texts = dict.fromkeys(SECTIONS, "")
    current = ""
    for line in lines[1:]:
        heading = next((section for section in SECTIONS if line.startswith(section)), "")
        if heading:
            current = heading
        text = line.removeprefix(heading).strip()
        if current and text:
            texts[current] = f"{texts[current]} {text}".strip()
    missing = [section for section, text in texts.items() if not text]
    if not title or missing:
        raise RegistryError(f"{function.__name__}: its docstring lacks {', '.join(missing) or 'a title'}")
    return title, texts
