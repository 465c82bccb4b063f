"""The page in a real browser; skipped, with the reason, where there is none."""

import shutil

import pytest

from launchready.reporting import to_html

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# What a reader sees: text nodes with their colour and what lies behind them, as WCAG 2.2 SC 1.4.3 measures
CONTRASTS = """() => {
  const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
  const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !parent.checkVisibility() || parent.closest("script,style")) continue;
    const pair = [light(rgba(getComputedStyle(parent).color)), light(behind(parent))].sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), parent.className, text.slice(0, 40)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser on PATH: looked for {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def written():
    pages = {}

    def write(report):
        if id(report) not in pages:
            pages[id(report)] = to_html(report)
        return pages[id(report)]

    return write


@pytest.fixture
def visit(browser, written, tmp_path):
    """Opens a report; after the test nothing may have complained or asked for anything else."""
    contexts, trouble, asked = [], [], []

    def open_page(report, *, viewport=DESK, **options):
        file = tmp_path / "report.html"
        file.write_bytes(written(report).encode())
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert len({url.partition("#")[0] for url in asked if url.startswith("file:")}) == 1


@pytest.mark.parametrize(
    ("which", "viewport"), [("report", DESK), ("report", PHONE), ("ready", PHONE), ("empty", PHONE)]
)
def test_page_never_scrolls_sideways(visit, request, which, viewport):
    page = visit(request.getfixturevalue(which), viewport=viewport)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_matrix_scrolls_in_its_own_box_with_the_names_in_sight(visit, report):
    page = visit(report, viewport=PHONE)
    box = page.locator(".scroll:has(.matrix)")
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    box.evaluate("(box) => { box.scrollLeft = 200; }")
    name = page.locator(".matrix tbody tr:nth-child(2) th").first
    assert name.bounding_box()["x"] < 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(visit, report, scheme):
    page = visit(report, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    found = page.evaluate(CONTRASTS)
    assert len(found) > 500
    assert [item for item in found if item[0] < 4.5] == []


def test_schemes_differ(visit, report):
    colour = "getComputedStyle(document.body).backgroundColor"
    light = visit(report, color_scheme="light").evaluate(colour)
    assert light != visit(report, color_scheme="dark").evaluate(colour)


def test_keyboard_reaches_a_cell_and_opens_its_exchange(visit, report):
    page = visit(report)
    page.locator(".scroll:has(.matrix)").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "Member B, GET /directmessages/{id}: Leaks"
    )
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "Member A, GET /directmessages/{id}: Allowed"
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    assert dialog.locator("h2").inner_text() == "Member B, GET /directmessages/{id}: Leaks"
    assert "got the owner's planted word back" in dialog.inner_text()
    assert "200 OK" in dialog.inner_text()
    assert "Bearer {{token:a1b2}}" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.className") == "cell leaks"


def test_focus_can_be_seen(visit, report):
    page = visit(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"


def test_without_script_a_cell_leads_to_its_exchange(visit, report):
    page = visit(report, java_script_enabled=False)
    words = page.locator("li", has_text="got the owner's planted word back").first
    assert not words.is_visible()
    page.locator("a.cell.leaks").first.click()
    assert words.is_visible()
    link = words.locator("a").first
    target = page.locator(link.get_attribute("href"))
    assert not target.is_visible()
    link.click()
    assert target.is_visible()
    assert not page.locator(".filter").first.is_visible()


def test_link_to_a_finding_opens_it(visit, report):
    page = visit(report)
    page.get_by_text("How to fix it, and the whole finding").click()
    body = page.locator(f"#finding-{report.worst}")
    assert body.is_visible()
    assert "counting up ids" in body.inner_text()


def test_hostile_text_is_inert(visit, report):
    page = visit(report)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.title() == "Harbour Market: outside users no"
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    assert page.get_by_text("<script>document.title='owned'</script>").first.is_visible()


def test_filters_show_what_is_asked_for(visit, report):
    page = visit(report)
    form = page.locator("#checks form")
    form.locator("select[name=result]").select_option("Fail")
    fails = sum(check.state == "fail" for check in report.checks)
    assert page.locator("#checks tbody tr:visible").count() == fails
    assert form.locator("output").inner_text() == f"{fails} of 142 shown"
    form.locator("select[name=result]").select_option("")
    form.locator("input").fill("rollback rehearsed")
    assert page.locator("#checks tbody tr:visible").count() == 1
    findings = page.locator("#findings form")
    findings.locator("select").select_option("Needs an answer")
    assert page.locator(".findings > details:visible").count() == 9


def test_paper_shows_what_was_closed(visit, report):
    page = visit(report)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(f"#finding-{report.worst}").is_visible()
    assert not page.locator("nav").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#checks details[open]").count() == 0
