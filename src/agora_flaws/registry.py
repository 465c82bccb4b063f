"""How a flaw is declared, and how all of them are found."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from agora_flaws.workbench import Workbench

Apply = Callable[[Workbench], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One overlay. ``checks`` are exactly the catalogue rows that it makes fail; a trap has none."""

    name: str
    checks: tuple[str, ...]
    sentence: str
    variant: str
    apply: Apply

    @property
    def trap(self) -> bool:
        """Whether this only looks like a flaw."""
        return not self.checks


def flaw(name: str, *, checks: tuple[str, ...], sentence: str, variant: str) -> Callable[[Apply], Apply]:
    """Declare the function that lays a flaw over Agora. Only metadata is attached."""

    def declare(apply: Apply) -> Apply:
        apply.__dict__["flaw"] = Flaw(
            name=name, checks=checks, sentence=sentence, variant=variant, apply=apply
        )
        return apply

    return declare


def trap(name: str, *, sentence: str, variant: str) -> Callable[[Apply], Apply]:
    """Declare something that looks like a flaw and is none."""
    return flaw(name, checks=(), sentence=sentence, variant=variant)


def all_flaws() -> dict[str, Flaw]:
    """All flaws and traps by name."""
    from agora_flaws import overlays  # noqa: PLC0415 - overlays import this module

    found: dict[str, Flaw] = {}
    for info in pkgutil.iter_modules(overlays.__path__):
        module = importlib.import_module(f"{overlays.__name__}.{info.name}")
        for value in vars(module).values():
            declared = getattr(value, "flaw", None)
            if not isinstance(declared, Flaw) or value.__module__ != module.__name__:
                continue
            if declared.name in found:
                raise ValueError(f"two flaws are called {declared.name}")
            found[declared.name] = declared
    return found


def batches() -> dict[str, str]:
    """A batch for every flaw, by name.

    In a batch no two flaws touch the same part or have a check in common, so that all can be laid
    over Agora at once and each still shows. Traps are in batches of their own.
    """
    taken: list[tuple[str, set[str], set[str]]] = []
    chosen: dict[str, str] = {}
    for item in all_flaws().values():
        bench = Workbench()
        item.apply(bench)
        checks, kind = set(item.checks), "trap" if item.trap else "flaw"
        for label, touched, failing in taken:
            if label.startswith(kind) and not touched & bench.touched and not failing & checks:
                break
        else:
            number = sum(label.startswith(kind) for label, _, _ in taken) + 1
            label, touched, failing = f"{kind}s-{number}", set(), set()
            taken.append((label, touched, failing))
        touched |= bench.touched
        failing |= checks
        chosen[item.name] = label
    return chosen
