"""All benches, each in a process of its own: make bench, or python -m bench [NAME ...]."""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """Every module beside this one."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main() -> int:
    wanted = sys.argv[1:] or names()
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    missed = []
    for name in wanted:
        print(f"== {name}", flush=True)
        begin = time.perf_counter()
        code = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, check=False
        ).returncode
        if code:
            missed.append(name)
        print(
            f"   {time.perf_counter() - begin:.0f} s, {'a bound was missed' if code else 'good'}\n",
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
