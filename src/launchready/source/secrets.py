"""Secrets in the working tree: engine, derived texts, a control, all places of a value."""

import asyncio
import codecs
import secrets
import shutil
import string
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from launchready.model.evidence import SecretHit
from launchready.source.classify import Classed, SecretClass, Sighting, classify
from launchready.source.derive import Derived, derived_texts
from launchready.source.engine import Engine, EngineFailed, RawHit, find_engine, scan
from launchready.source.repository import SourceFile, WorkingTree
from launchready.source.values import is_random, preview

_DERIVED_FILE = 4_000_000
_DERIVED_TOTAL = 200_000_000
_MOST_PLACES = 25
_MOST_SEARCHED = 300
_SHORTEST_SEARCHED = 10
_CONTROL = "control.txt"
_AROUND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Something that was not looked at, and why; `path` may be empty."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretScan:
    """The result of a scan, no values. `missed` keeps it from proving that anything is absent."""

    engine: str
    files: int
    hits: tuple[SecretHit, ...]
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A raw hit at its place in the repository; `form` tells how it was written there, empty for plainly."""

    hit: RawHit
    path: str
    line: int
    text: str
    form: str = ""

    def __repr__(self) -> str:
        return f"<Found {self.hit.rule} {self.path}:{self.line}>"


async def scan_tree(tree: WorkingTree, *, mark: Callable[[str], str], seconds: float = 600.0) -> SecretScan:
    """Look for secrets in all files of `tree`, within `seconds` for each of two engine runs.

    `mark` gives a keyed fingerprint of a value. Raises EngineMissing without an engine, EngineFailed when it
    brought nothing or did not find the control that was planted for it.
    """
    scratch = Path(tempfile.mkdtemp(prefix="launchready-"))  # 0700 by mkdtemp's contract
    try:
        engine = find_engine(scratch)
        plain = await scan(engine, [file.path for file in tree.files], cwd=tree.root, seconds=seconds)
        derived, missed = await _scan_derived(engine, tree, seconds)
        found = await asyncio.to_thread(_located, tree, plain)
        hits = await asyncio.to_thread(_judged, tree, [*found, *derived], mark)
    finally:
        _remove(scratch)
    return SecretScan(
        engine=engine.name, files=len(tree.files), hits=hits, missed=(*_missed_files(tree), *missed)
    )


def _remove(folder: Path) -> None:
    """Remove a folder at once: an interrupted scan's thread may still write into it for a moment."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def _missed_files(tree: WorkingTree) -> Iterator[Missed]:
    for path in tree.too_large:
        yield Missed(what=path, reason="it is larger than what is read of one file")
    for path in tree.unreadable:
        yield Missed(what=path, reason="it cannot be read with your rights")
    if tree.cut:
        yield Missed(
            what="the rest of the repository", reason="there are more files than are looked at in one run"
        )


# ------------------------------------------------------------------------------------------ derived texts


async def _scan_derived(
    engine: Engine, tree: WorkingTree, seconds: float
) -> tuple[list[_Found], list[Missed]]:
    folder = engine.scratch / "derived"
    folder.mkdir(mode=0o700)
    control = _plant_control(folder)
    texts, missed = await asyncio.to_thread(_write_derived, tree, folder)
    hits = await scan(engine, ["derived"], cwd=engine.scratch, seconds=seconds)
    seen = {hit.value for hit in hits if hit.path.endswith(_CONTROL)}
    if not set(control) <= seen:
        raise EngineFailed("the secret engine did not find the two secrets that were planted to try it")
    found = []
    for hit in hits:
        name = hit.path.rpartition("/")[2].partition("!")[0]
        if name in texts:
            path, derived = texts[name]
            row = min(max(hit.line, 1), len(derived.lines)) - 1
            found.append(
                _Found(
                    hit=hit, path=path, line=derived.origins[row], text=derived.lines[row], form=derived.form
                )
            )
    return found, missed


def _plant_control(folder: Path) -> tuple[str, str]:
    """Two made-up secrets that the engine must find: one by its rules, one by ours. No control, no pass."""
    letters = string.ascii_letters + string.digits
    # A generated value may lack a digit; one that surely has all classes is no weaker as a control
    token = "ghp" + "_" + "".join(secrets.choice(letters) for _ in range(34)) + "7K"
    word = "".join(secrets.choice(letters) for _ in range(20)) + "q7K"
    folder.joinpath(_CONTROL).write_text(f'{token}\nCONTROL_PASSWORD="{word}"\n', encoding="utf-8")
    return token, word


def _write_derived(tree: WorkingTree, folder: Path) -> tuple[dict[str, tuple[str, Derived]], list[Missed]]:
    texts: dict[str, tuple[str, Derived]] = {}
    missed: list[Missed] = []
    total = 0
    for file in tree.files:
        text, wide = _text(tree.root, file)
        for derived in derived_texts(file.path, text, wide=wide) if text else ():
            content = derived.text
            total += len(content)
            if total > _DERIVED_TOTAL:
                missed.append(
                    Missed(what="encoded texts", reason="there are more than are decoded in one run")
                )
                return texts, missed
            name = f"{len(texts):06}.txt"
            folder.joinpath(name).write_text(content, encoding="utf-8", errors="replace")
            texts[name] = (file.path, derived)
    return texts, missed


def _text(root: Path, file: SourceFile) -> tuple[str, bool]:
    """A file's text and whether it was UTF-16; empty for binary and vanished ones.

    Large ones are left to the engine, which reads them as they are; notebooks and maps hide theirs in JSON.
    """
    if file.size > _DERIVED_FILE and not file.path.endswith((".map", ".ipynb")):
        return "", False
    try:
        raw = (root / file.path).read_bytes()
    except OSError:
        return "", False
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace"), True
    return ("" if b"\0" in raw[:8000] else raw.decode("utf-8", "replace")), False


# -------------------------------------------------------------------------------------------- every place


def _located(tree: WorkingTree, hits: Iterable[RawHit]) -> list[_Found]:
    """The hits, and every other file that holds their values, be it in a form that no rule matches."""
    lines = _Lines(tree)
    paths = {file.path for file in tree.files}
    found = []
    for hit in hits:
        # Inside an archive: the archive is the place
        path = hit.path if hit.path in paths else hit.path.partition("!")[0]
        plain = replace(hit, value=hit.value.strip().strip("\"'`"))
        if plain.value:
            found.append(_Found(hit=plain, path=path, line=hit.line, text=lines.line(path, hit.line)))
    known = {(item.hit.value, item.path) for item in found}
    best = {item.hit.value: item.hit for item in found if _is_unmistakable(item.hit)}
    wanted = [(value.encode("utf-8", "replace"), hit) for value, hit in list(best.items())[:_MOST_SEARCHED]]
    for file in tree.files if wanted else ():
        raw = lines.raw(file.path)
        for needle, hit in wanted:
            if (hit.value, file.path) not in known and needle in raw:
                line = raw.count(b"\n", 0, raw.index(needle)) + 1
                found.append(_Found(hit=hit, path=file.path, line=line, text=lines.line(file.path, line)))
    return found


def _is_unmistakable(hit: RawHit) -> bool:
    """Whether a value means the same wherever it stands; `changethis` does not."""
    return len(hit.value) >= _SHORTEST_SEARCHED and is_random(hit.value)


class _Lines:
    """Lines of the tree's files, the last file kept."""

    def __init__(self, tree: WorkingTree) -> None:
        self._root = tree.root
        self._path = ""
        self._raw = b""

    def raw(self, path: str) -> bytes:
        if path != self._path:
            try:
                self._raw = (self._root / path).read_bytes()
            except OSError:
                self._raw = b""
            self._path = path
        return self._raw

    def line(self, path: str, number: int) -> str:
        lines = self.raw(path).split(b"\n", number)
        return lines[number - 1].decode("utf-8", "replace") if 0 < number <= len(lines) else ""

    def around(self, path: str, number: int) -> str:
        lines = self.raw(path).split(b"\n", number + _AROUND)
        chosen = lines[max(0, number - 1 - _AROUND) : number - 1 + _AROUND]
        return b"\n".join(line[:4000] for line in chosen).decode("utf-8", "replace")


# ------------------------------------------------------------------------------------------------ judging


_GRAVITY = (SecretClass.LIVE, SecretClass.REVIEW, SecretClass.TEST, SecretClass.EXAMPLE, SecretClass.PUBLIC)


def _judged(tree: WorkingTree, found: Iterable[_Found], mark: Callable[[str], str]) -> tuple[SecretHit, ...]:
    lines = _Lines(tree)
    by_place: dict[tuple[str, str], list[tuple[_Found, Classed]]] = {}
    for item in sorted(found, key=lambda item: (item.path, item.line, bool(item.form))):
        sighting = Sighting(
            rule=item.hit.rule,
            confidence=item.hit.confidence,
            value=item.hit.value,
            path=item.path,
            line=item.text,
            before=_before(item),
            around=lines.around(item.path, item.line),
        )
        classed = classify(sighting)
        if classed is not None:
            by_place.setdefault((item.hit.value, item.path), []).append((item, classed))
    chosen = [_best(group) for group in by_place.values()]
    return tuple(_bounded(_without_parts(chosen), mark))


def _before(item: _Found) -> str:
    """What stands before the value on its line; the value may be there twice (`password: password`)."""
    value, text = item.hit.value.partition("\n")[0], item.text
    for start in (item.hit.column - 1, item.hit.column):
        if start >= 0 and text[start : start + len(value)] == value:
            return text[:start]
    return text[: max(0, text.rfind(value))]


def _best(group: list[tuple[_Found, Classed]]) -> tuple[_Found, Classed]:
    """One value, one file: a provider's rule says more than a name beside it; then the graver class."""

    def weight(entry: tuple[_Found, Classed]) -> tuple[int, int, int]:
        item, classed = entry
        rank = {"high": 0, "medium": 1}.get(item.hit.confidence, 2)
        return rank, _GRAVITY.index(classed.classed), item.line

    return min(group, key=weight)


def _without_parts(chosen: list[tuple[_Found, Classed]]) -> Iterator[tuple[_Found, Classed]]:
    """Without parts of another value, no less grave, on the same line (the password of a whole URL)."""
    whole: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for item, classed in chosen:
        entry = (item.hit.value, _GRAVITY.index(classed.classed))
        whole.setdefault((item.path, item.line), []).append(entry)
    for item, classed in chosen:
        value, gravity = item.hit.value, _GRAVITY.index(classed.classed)
        others = whole[item.path, item.line]
        if not any(value != other and value in other and worse <= gravity for other, worse in others):
            yield item, classed


def _bounded(chosen: Iterable[tuple[_Found, Classed]], mark: Callable[[str], str]) -> Iterator[SecretHit]:
    places: dict[str, int] = {}
    for item, classed in sorted(
        chosen, key=lambda entry: (_GRAVITY.index(entry[1].classed), entry[0].path, entry[0].line)
    ):
        keyed = mark(item.hit.value)
        places[keyed] = places.get(keyed, 0) + 1
        if places[keyed] > _MOST_PLACES:
            continue
        form = f" (in {item.form})" if item.form else ""
        yield SecretHit(
            path=item.path,
            line=item.line,
            commit="",
            where="tree",
            rule=item.hit.rule,
            rule_name=item.hit.rule_name,
            preview=preview(item.hit.value),
            mark=keyed,
            classed=classed.classed.value,
            reason=classed.reason + form,
            confidence=item.hit.confidence,
        )
