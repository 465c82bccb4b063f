"""What reading code takes: seconds for 100,000 lines, for a second time, and for one changed file.

    python -m bench.review [DIRECTORY ...]

Without a directory a repository is written: an API in FastAPI and one in Express and Next.js, routes of five kinds a
resource, with services, models and tests around them. It is reviewed in fresh processes that may use one core, first
without what an earlier review kept, then with it, then for one changed file. Directories are reviewed as they are (the
changed file is theirs by `git diff`), and their seconds are printed for 100,000 lines.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from string import Template

LINES = 100_000
MOST_SECONDS = 20.0
MOST_CHANGED_SECONDS = 2.0
TIMES = 3
_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false")

PYTHON_ROUTES = Template('''"""$Name: routes."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.deps import current_user, get_session
from app.models import $Name, User

router = APIRouter(prefix="/$name", tags=["$name"])


class ${Name}In(BaseModel):
    title: str
    text: str
    price: int = 0


@router.get("/")
def list_$name(session: Annotated[Session, Depends(get_session)], user: Annotated[User, Depends(current_user)]):
    return session.scalars(select($Name).where($Name.owner_id == user.id)).all()


@router.post("/")
def create_$name(
    data: ${Name}In,
    session: Annotated[Session, Depends(get_session)],
    user: Annotated[User, Depends(current_user)],
):
    made = $Name(**data.model_dump(), owner_id=user.id)
    session.add(made)
    session.commit()
    return made


@router.get("/{item_id}")
def read_$name(
    item_id: int,
    session: Annotated[Session, Depends(get_session)],
    user: Annotated[User, Depends(current_user)],
):
    found = session.get($Name, item_id)
    if found is None or found.owner_id != user.id:
        raise HTTPException(status_code=404)
    return found


@router.delete("/{item_id}")
def delete_$name(item_id: int, session: Annotated[Session, Depends(get_session)]):
    found = session.get($Name, item_id)
    if found is None:
        raise HTTPException(status_code=404)
    session.delete(found)
    session.commit()
''')
PYTHON_AROUND = Template('''"""$Name: what is done with them."""

import logging
import os

logger = logging.getLogger(__name__)
LIMIT = int(os.environ.get("LIMIT_$NAME", "50"))


class ${Name}Service:
    """Everything about $name."""

    def __init__(self, session, clock):
        self.session = session
        self.clock = clock

$methods''')
PYTHON_METHOD = Template("""    def step_$number(self, items, *, scale=1):
        total = 0
        for index, item in enumerate(items):
            if item.price > LIMIT and index % 2:
                total += item.price * scale
            elif item.title.startswith("x"):
                total -= len(item.title)
        logger.info("step %s: %s items, %s", $number, len(items), total)
        return {"total": total, "at": self.clock(), "items": [item.id for item in items]}

""")
SCRIPT_ROUTES = Template("""import { Router } from "express";
import { requireAuth } from "../middleware";
import { db } from "../db";
import { z } from "zod";

export const router = Router();
const ${Name}In = z.object({ title: z.string(), text: z.string(), price: z.number() });

router.get("/", requireAuth, async (req, res) => {
  const found = await db.$name.findMany({ where: { ownerId: req.user.id } });
  res.json(found);
});

router.post("/", requireAuth, async (req, res) => {
  const data = ${Name}In.parse(req.body);
  const made = await db.$name.create({ data: { ...data, ownerId: req.user.id } });
  res.status(201).json(made);
});

router.get("/:id", requireAuth, async (req, res) => {
  const found = await db.$name.findUnique({ where: { id: req.params.id } });
  if (!found || found.ownerId !== req.user.id) {
    return res.status(404).json({ error: "not found" });
  }
  res.json(found);
});

router.delete("/:id", requireAuth, async (req, res) => {
  await db.$name.delete({ where: { id: req.params.id } });
  res.status(204).end();
});
""")
SCRIPT_PAGE = Template("""import { useState } from "react";
import { Button, Card, List } from "../ui";

type Props = { items: { id: string; title: string; price: number }[]; onPick: (id: string) => void };

export function ${Name}List({ items, onPick }: Props) {
  const [picked, setPicked] = useState<string | null>(null);
$rows
  return (
    <List>
      {items.map((item) => (
        <Card key={item.id} title={item.title} active={picked === item.id}>
          <Button onClick={() => { setPicked(item.id); onPick(item.id); }}>{item.price}</Button>
        </Card>
      ))}
    </List>
  );
}
""")
SCRIPT_ROW = Template("""  const total$number = items
    .filter((item) => item.price > $number && item.title.length < 80)
    .reduce((sum, item) => sum + item.price * $number, 0);
  if (total$number > 1000) {
    console.info("large", total$number, items.length);
  }
""")


# ------------------------------------------------------------------------------------------ the repository


def write_repository(root: Path, lines: int) -> None:
    """About so many lines, half of them Python, half TypeScript."""
    _write(root / "pyproject.toml", '[project]\nname = "shop"\ndependencies = ["fastapi", "sqlalchemy"]\n')
    _write(root / "web/package.json", '{"name": "web", "dependencies": {"express": "^4", "react": "^18"}}\n')
    _write(root / "app/deps.py", _DEPS)
    _write(root / "web/src/middleware.ts", _MIDDLEWARE)
    names = [f"thing{number}" for number in range(max(1, lines // 1_000))]
    for name in names:
        words = {"name": name, "Name": name.capitalize(), "NAME": name.upper()}
        methods = "".join(PYTHON_METHOD.substitute(number=number) for number in range(42))
        _write(root / f"app/routes/{name}.py", PYTHON_ROUTES.substitute(words))
        _write(root / f"app/services/{name}.py", PYTHON_AROUND.substitute(words, methods=methods))
        rows = "".join(SCRIPT_ROW.substitute(number=number) for number in range(67))
        _write(root / f"web/src/routes/{name}.ts", SCRIPT_ROUTES.substitute(words))
        _write(root / f"web/src/pages/{name}.tsx", SCRIPT_PAGE.substitute(words, rows=rows))
    _write(root / "app/main.py", _main_module(names))
    _write(root / "web/src/server.ts", _server(names))


_DEPS = """from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="/login")


def get_session():
    yield None


def current_user(token: str = Depends(scheme)):
    if not token:
        raise HTTPException(status_code=401)
    return token
"""
_MIDDLEWARE = """export function requireAuth(req, res, next) {
  if (!req.user) {
    return res.status(401).json({ error: "log in" });
  }
  next();
}
"""


def _main_module(names: list[str]) -> str:
    imports = "".join(f"from app.routes import {name}\n" for name in names)
    included = "".join(f'app.include_router({name}.router, prefix="/api")\n' for name in names)
    return f"from fastapi import FastAPI\n{imports}\napp = FastAPI()\n{included}"


def _server(names: list[str]) -> str:
    imports = "".join(f'import {{ router as {name} }} from "./routes/{name}";\n' for name in names)
    used = "".join(f'app.use("/api/{name}", {name});\n' for name in names)
    return (
        f'import express from "express";\n{imports}\nconst app = express();\napp.use(express.json());\n{used}'
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# --------------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Seconds of the wall clock and of the processor, and what was printed first."""

    wall: float
    processor: float
    said: str


def reviewed(root: Path, state: Path, *options: str) -> Taken:
    """One review in a process of its own on one core."""
    before = os.times()
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "launchready", "review", str(root), "--fail-on", "never", *options],
        env={**os.environ, "XDG_STATE_HOME": str(state)},
        preexec_fn=_on_one_core,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - begin
    after = os.times()
    if done.returncode:
        raise SystemExit(f"review of {root} ended with {done.returncode}: {done.stderr[-500:]}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    said = next((line.strip() for line in done.stdout.splitlines() if line.strip()), "")
    return Taken(wall=wall, processor=used, said=said)


def _on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def lines_of(said: str) -> int:
    """The lines that a review says it read."""
    return int(said.split()[1].replace(",", ""))


def measure_written(lines: int) -> bool:
    """The written repository: cold, warm, changed; whether the bounds held."""
    with tempfile.TemporaryDirectory() as folder:
        root, state = Path(folder) / "shop", Path(folder) / "state"
        write_repository(root, lines)
        _git(root, "init", "-q", "-b", "main")
        _git(root, "add", ".")
        _git(root, "commit", "-q", "-m", "all")
        changed = root / "app/routes/thing0.py"
        changed.write_text(changed.read_text() + "\n\nLAST = 1\n")
        cold = [reviewed(root, state, "--no-cache") for _ in range(TIMES)]
        reviewed(root, state)
        warm = [reviewed(root, state) for _ in range(TIMES)]
        part = [reviewed(root, state, "--changed", "HEAD") for _ in range(TIMES)]
        new = [reviewed(root, state, "--changed", "HEAD", "--no-cache") for _ in range(TIMES)]
    read = lines_of(cold[0].said)
    seconds = median(one.processor for one in cold) * LINES / read
    print(f"   {cold[0].said}")
    print(f"   everything: {_of(cold)}, so {seconds:.1f} s for 100,000 lines")
    print(f"   again, nothing changed: {_of(warm)}")
    print(f"   one changed file: {_of(part)}; nothing kept before: {_of(new)}")
    held = seconds < MOST_SECONDS
    return held and median(one.wall for one in (*part, *new)) < MOST_CHANGED_SECONDS


def _of(taken: list[Taken]) -> str:
    return f"{median(one.wall for one in taken):.1f} s ({median(one.processor for one in taken):.1f} s of one core)"


def _git(root: Path, *arguments: str) -> None:
    subprocess.run([*_GIT, *arguments], cwd=root, check=True, capture_output=True)


def measure_real(root: Path) -> bool:
    """A directory as it is; whether the bound held."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [reviewed(root, Path(folder), "--no-cache") for _ in range(TIMES)]
    read = lines_of(taken[0].said)
    seconds = median(one.processor for one in taken) * LINES / max(read, 1)
    print(f"   {root.name}: {taken[0].said}: {_of(taken)}, so {seconds:.1f} s for 100,000 lines")
    return seconds < MOST_SECONDS


def main() -> int:
    """Measure; 1 when a bound was missed."""
    given = [Path(name) for name in sys.argv[1:]]
    held = [measure_real(root) for root in given] if given else [measure_written(LINES)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
