"""``python -m agora_flaws``."""

from agora_flaws.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
