"""Bare code has one statement on each line, as Python's own tokenizer divides them, and nothing else."""

import io
import tokenize
from pathlib import Path

import pytest

import cellwall.check
from cellwall.check.bare_code import TEXT, bare_code
from tests.check.spacing import layouts

OWN = sorted(Path(cellwall.check.__file__).parent.glob("[a-d]*.py"))
WRITTEN = [
    ("x = 'a' # b\n", "x = T \n"),
    ("x = '#' + \"'\"\n", "x = T + T\n"),
    ("x = '''a\n\"b # \\''' c'''\ny\n", "x = T\ny\n"),
    ('x = """"a""" + ""\n', "x = T + T\n"),
    ("x = 'a\\\n# b'\n", "x = T\n"),
    ("x = r'\\'' + b'\\\\'\n", "x = rT + bT\n"),
    ("f(\n  a,  # (\n  b)\ny\n", "f(   a,     b)\ny\n"),
    ("x = \\\n  1\n", "x =    1\n"),
    ("\tx\r\n", "        x\n"),
    ("\ufeffx\n", "x\n"),
    ("x = f'a{b}c{d!r:>{e}}{{f}}'\n", "x = fT{b}{d!r:>{e}}\n"),
    ("x = f'a{b}c{d.e!r:2}'\n", "x = fT\n"),
    ("x = f'{a[\"#(\"]}' + rf'{b()}'\n", "x = fT{a[T]} + rfT{b()}\n"),
    ("x = f'a' 'b{c}'\n", "x = fT T\n"),
    ("x = f'{a:(}'\n", None),
    ("x = f'{a['b']}'\n", None),
    ("x = f'{a[\"}\"]}'\n", None),
    ("x = f'{\na}'\n", None),
    ("f(\n", None),
    ("f)\n", None),
    ("x = 1\ry = 2\n", None),
    ("\fx = 1\n", None),
    ("# coding: latin-1\nx = 1\n", None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), WRITTEN)
def test_texts_comments_and_ends_of_lines_are_taken_out(source: str, expected: str | None) -> None:
    bare = bare_code(source.encode())
    assert (bare and bare.replace(TEXT, b"T").decode()) == expected


def test_statements_are_those_of_the_tokenizer() -> None:
    """Over many files of our own, as they stand and in other layouts."""
    assert len(OWN) > 30
    for path in OWN:
        text = path.read_text("utf-8")
        assert_alike(text)
    for _, source in layouts(OWN[0].read_text("utf-8")):
        if "\f" not in source and "\r" not in source.replace("\r\n", "\n"):
            assert_alike(source)


def assert_alike(source: str) -> None:
    bare = bare_code(source.encode())
    assert bare is not None
    lines = [line.replace(b" ", b"").decode() for line in bare.split(b"\n")]
    expected = _statements(source)
    found = [line for line in lines if line]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert other is None or one == other


def _statements(source: str) -> list[str | None]:
    """Give what stands on each line without blanks; None where a formatted text stands in it."""
    found: list[str | None] = []
    words: list[str] = []
    formatted = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        prefix = token.string.partition(token.string.lstrip("rbfuRBFU"))[0] if kind == "STRING" else ""
        formatted |= kind.startswith("FSTRING") or "f" in prefix.lower()
        if kind == "NEWLINE":
            found.append(None if formatted else "".join(words))
            words, formatted = [], False
        elif kind == "STRING":
            words.append(prefix + TEXT.decode())
        elif kind not in ("COMMENT", "NL", "INDENT", "DEDENT", "ENDMARKER"):
            words.append(token.string.replace(" ", ""))
    return found
