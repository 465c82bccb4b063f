import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready.reporting import to_html
from launchready.reporting.markup import inline, prose, render, tag

EVERY = ["report", "small", "ready", "empty"]
VOID = {"meta", "link", "input", "br", "hr"}


class Page(HTMLParser):
    """Elements with their attributes, and the text in them, as a browser would read them."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, name):
        return [attributes for tag, attributes in self.elements if tag == name]

    @property
    def text(self):
        return "".join(text for tag, text in self.texts if tag not in {"style", "script"})


@pytest.fixture(params=EVERY)
def page(request):
    return Page(to_html(request.getfixturevalue(request.param)))


def test_nothing_is_asked_of_anybody(page):
    for _, attributes in page.elements:
        assert not set(attributes) & {"src", "srcset", "action", "formaction", "background", "poster", "ping"}
        href = attributes.get("href", "#")
        assert href.startswith("#") or href == "data:,"


def test_no_inline_handlers_or_styles(page):
    for name, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on") or key == "style"], name


def test_only_our_style_and_script_may_run(report):
    source = to_html(report)
    policy = next(item for item in Page(source).all("meta") if "http-equiv" in item)["content"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        [content] = re.findall(rf"<{kind}>(.*?)</{kind}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_every_link_leads_somewhere_and_ids_are_unique(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in (*page.all("a"), *page.all("use")):
        assert attributes["href"].removeprefix("#") in ids


def test_headings_descend_one_level_at_a_time(page):
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    # The dialog's own heading is not part of the outline
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_tables_say_what_they_are(report):
    page = Page(to_html(report))
    assert len(page.all("caption")) == len(page.all("table")) > 1
    assert all("scope" in attributes for attributes in page.all("th"))


def test_landmarks_and_names(report):
    page = Page(to_html(report))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert all(attributes["aria-labelledby"] in ids for attributes in page.all("section"))
    assert page.all("html") == [{"lang": "en"}]


def test_hostile_text_is_text(report):
    source = to_html(report)
    page = Page(source)
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert "<script>document.title='owned'</script>" in page.text
    assert '"><img src=x onerror="document.title=\'owned\'">' in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", source)


def test_long_texts_are_cut(report):
    page = Page(to_html(report))
    longest = max(len(text) for tag, text in page.texts if tag not in {"style", "script", "code"})
    assert longest <= 600
    body = "x" * 9_000
    cut = to_html(replace(report, exchanges=(replace(report.exchanges[1], response_body=body),)))
    assert body not in cut
    assert "5,000 more characters" in cut


def test_top_comes_in_order(report):
    text = Page(to_html(report)).text
    order = ["Can outside users be let in?", "The four gates", "Worst finding", "Do this next",
             "What was not tested", "Scorecard", "Who can do what", "Findings", "All checks"]  # fmt: skip
    places = [text.index(word, text.index("The answer")) for word in order]
    assert places == sorted(places)


def test_all_rows_checks_and_findings_are_there(report):
    page = Page(to_html(report))
    ids = {attributes.get("id") for _, attributes in page.elements}
    for check in report.checks:
        assert f"check-{check.info.row.id}" in ids
        for finding in check.findings:
            assert f"finding-{finding.fingerprint}" in ids
            assert f"launchready recheck {finding.fingerprint}" in page.text
    for row in report.rows:
        assert {row.passes_when, row.why, row.breaks} <= {text for tag, text in page.texts if tag == "dd"}


def test_unbuilt_checks_are_never_called_anything_else(report):
    page = Page(to_html(report))
    unbuilt = [item for item in page.all("tr") if item.get("class") == "unbuilt"]
    assert len(unbuilt) == sum(not check.info.implemented for check in report.checks)
    assert {item["data-result"] for item in unbuilt} == {"Not tested by this version"}


def test_curl_comes_as_it_was_given(report):
    page = Page(to_html(report))
    given = next(check for check in report.checks if check.info.row.id == "AUTH-12").findings[0].reproduce
    assert given in [text for tag, text in page.texts if tag == "code"]


def test_cells_lead_to_their_exchange(report):
    page = Page(to_html(report))
    leaks = [item for item in page.all("a") if item.get("class") == "cell leaks"]
    assert len(leaks) == 3
    assert "Member B, GET /directmessages/{id}: Leaks" in {item["aria-label"] for item in leaks}


def test_same_report_same_page(report):
    assert to_html(report) == to_html(report)


def test_no_finding_is_not_called_safe(ready, empty):
    assert "No confirmed finding stands." in to_html(empty)
    assert "Worst finding" in to_html(ready)


# ------------------------------------------------------------------------------------------------- markup


@given(text=st.text(), value=st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_stays_text(text, value):
    source = render(tag("p", text, title=value))
    assert source.count("<") == 2
    assert source.count(">") == 2
    page = Page(source)
    [(_, attributes)] = page.elements
    assert attributes["title"] == value
    assert page.text == text


@given(text=st.text(alphabet="`*<>&\"' \nab-", max_size=60))
@settings(max_examples=200, deadline=None)
def test_prose_makes_no_element_but_its_own(text):
    own = {"p", "code", "strong", "pre", "ul", "li"}
    for made in (inline(text), prose(text)):
        assert {name for name, _ in Page(made.text).elements} <= own


def test_prose_knows_paragraphs_lists_and_code():
    source = prose("One `two`\nthree.\n\n    a = 1\n\n    b = 2\n\n- x\n- y\n  z").text
    assert source == (
        "<p>One <code>two</code> three.</p><pre><code>a = 1\n\nb = 2</code></pre>"
        "<ul><li>x</li><li>y z</li></ul>"
    )
