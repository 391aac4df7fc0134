"""The line index agrees with `ast` about every node of sources with all kinds of line endings."""

import ast

import pytest

from cellwall.check.lines import LineIndex

SOURCE = 'x = "ä\u20ac"; y = {"a": 1}\nif x:\n\tz = """1\n2"""; w = 3\n\x0cv = f(\n  4)\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_offsets_are_those_of_the_file(newline: str, bom: bytes) -> None:
    source = bom + SOURCE.replace("\n", newline).encode()
    lines = LineIndex(source)
    names = {"x": 0, "y": 0, "z": 0, "w": 0, "v": 0}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            start = lines.offset(node.lineno, node.col_offset)
            assert source[start : start + 1] == node.id.encode()
            assert lines.line_of(start) == node.lineno
            names[node.id] += 1
    assert all(names.values())
    assert lines.newline == newline.encode()


def test_columns_are_counted_in_characters() -> None:
    lines = LineIndex("s = 'ä€'; x\n".encode())
    assert lines.character_column(1, len("s = 'ä€'; ".encode())) == 11


def test_a_last_line_without_newline() -> None:
    lines = LineIndex(b"a\nb")
    assert lines.text(2) == b"b"
    assert lines.next_line_start(2) == 3
    assert LineIndex(b"").text(1) == b""
