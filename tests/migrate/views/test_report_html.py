import re
from html.parser import HTMLParser

from cellwall.migrate.fake_run import halfway, whole
from cellwall.migrate.state import State
from cellwall.migrate.views.report_html import escape, render_html
from cellwall.migrate.views.report_markdown import render_markdown

VOID = {"meta"}


class Page(HTMLParser):
    """Takes a page apart and insists that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_loads_nothing_and_is_well_formed() -> None:
    text = render_html(whole().state)
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "a"} & set(page.tags)
    assert not re.search(r"https?:|url\(|@import|@font-face", text)
    assert "default-src 'none'" in text
    assert page.tags.count("h1") == 1
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_it_tells_what_the_markdown_tells() -> None:
    for build in (halfway(), whole()):
        words = " ".join(Page(render_html(build.state)).words)
        markdown = render_markdown(build.state).replace("\\", "")
        headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
        assert headings
        assert all(heading in words for heading in headings)
        paths = re.findall(r"(?<!`)`([^`\n]+)`", markdown)
        assert paths
        assert all(path in words for path in paths)


def test_judgements_are_words_and_not_colour_alone() -> None:
    text = render_html(whole().state)
    assert '<tr class="met"><td>met</td>' in text
    assert '<tr class="unknown"><td>not measured</td>' in text


def test_hostile_texts_are_shown_and_do_nothing(hostile: State) -> None:
    text = render_html(hostile)
    page = Page(text)
    assert not {"script", "img", "a"} & set(page.tags)
    assert not any(name.startswith("on") for name in page.attributes)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_quotes_are_escaped_too() -> None:
    assert escape("\"'<&>") == "&quot;&#x27;&lt;&amp;&gt;"
