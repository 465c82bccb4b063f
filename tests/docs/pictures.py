"""`python -m tests.docs.pictures report.html` takes the pictures of the README anew, in light and dark.

Needs the extra `browser` and a Chromium on PATH. Look at them before they are committed.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.docs.pages import ROOT

SIZE = {"width": 1280, "height": 900}


def main() -> None:
    report = Path(sys.argv[1]).resolve()
    program = next(found for name in ("chromium", "google-chrome", "chrome") if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport=SIZE, color_scheme=scheme)
            page.goto(report.as_uri())
            page.screenshot(path=ROOT / "docs" / "images" / f"report-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
