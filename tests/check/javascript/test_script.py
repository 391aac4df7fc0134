"""Reading scripts: any bytes give a result, positions are bytes, and facts are what the words say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall.check.engine import check_source
from cellwall.check.javascript.languages import is_test_script, language_of
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.suites import blocks
from cellwall.check.javascript.variables import module_variables
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

PIECES = st.sampled_from(
    [
        "let user", "=", "null;", "const seen = [];", "it('a', () => {", "});", "seen.push(1);", "{", "}",
        "`${", "é", "<a>&", "</a>",
    ]
)  # fmt: skip


def script(text: str, path: str = "web/a.test.js") -> Script:
    read = read_script(path, text.encode())
    assert isinstance(read, Script), read
    return read


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=200), st.lists(PIECES, max_size=12).map(lambda parts: " ".join(parts).encode())
    )
)
def test_any_bytes_give_a_report(source: bytes) -> None:
    for path in ("web/a.test.js", "web/a.tsx"):
        report = check_source(path, source, CheckSettings(preview=True), ProjectFacts())
        assert not report.failures


@pytest.mark.parametrize(
    ("source", "line"),
    [(b"let = ;\n", 1), (b"let a;\n\0", 2), (b"let a;\n\xff", 2), (b"a" * (3 << 20), 1)],
)
def test_what_does_not_parse_is_told_with_its_line(source: bytes, line: int) -> None:
    read = read_script("a.js", source)
    assert isinstance(read, ParseError)
    assert read.line == line


def test_a_bundle_is_nobodys_text() -> None:
    assert read_script("a.js", b"a();" * 10_000) is None


def test_an_ampersand_between_tags_is_fine() -> None:
    assert isinstance(read_script("a.tsx", b"const a = <p>Privacy & Data</p>;\n"), Script)
    assert isinstance(read_script("a.tsx", b"const a = 1 & ;\n"), ParseError)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_spans_are_offsets_of_bytes(start: bytes) -> None:
    source = start + "// größer\nlet token = 'é';\n".encode()
    read = read_script("a.js", source)
    assert isinstance(read, Script)
    [variable] = module_variables(read)
    first, last = read.span(variable.place)
    assert source[first:last].decode() == "token = 'é'"


def test_uses_sets_and_changes() -> None:
    read = script(
        "let a = {}, b = 1;\nconst { c } = a;\nfunction f(b) { b = 2; }\n"
        "function g() { let b = 3; return b; }\n"
        "a.x = 1; a['y'] = 2; a.list.push(1); delete a.x; b += 1; b++; use(a.x, { b });\n"
    )
    a, b = module_variables(read)
    assert (len(a.uses), len(a.sets), len(a.changes)) == (6, 0, 3)
    assert (len(b.uses), len(b.sets), len(b.changes)) == (
        3,
        2,
        0,
    )  # parameters and inner variables are others


def test_tests_as_runners_spell_them() -> None:
    text = (
        "describe('s', () => { beforeEach(() => {}); it.only('a', () => {}); "
        "test.each([1])('b', (n) => {}); });\n"
        "test.describe('t', () => { test('c', async () => {}); });\nit.todo('d');\n"
        "object.test('e', () => {});\n"
    )
    found = [(one.kind, one.title) for one in blocks(script(text))]
    assert found == [
        ("suite", "s"),
        ("each", ""),
        ("test", "a"),
        ("test", "b"),
        ("suite", "t"),
        ("test", "c"),
    ]


@pytest.mark.parametrize(
    ("path", "language", "is_test"),
    [
        ("web/a.js", "javascript", False),
        ("web/a.cy.ts", "typescript", True),
        ("web/__tests__/a.tsx", "tsx", True),
        ("web/a.min.js", None, False),
        ("web/a.d.ts", None, False),
        ("web/js", None, False),
        (".js", None, False),
    ],
)
def test_names(path: str, language: str | None, is_test: bool) -> None:
    assert language_of(path) == language
    assert is_test_script(path) is is_test
