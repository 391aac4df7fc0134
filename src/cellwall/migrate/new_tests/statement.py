"""The docstring of a new test: whose data, what keeps it apart, and what the test asserts about it."""

import textwrap

_WIDTH = 100


def isolation(owner: str, mechanism: str, boundary: str, indent: int = 4) -> str:
    """Give the docstring `Isolation: <owner>; <mechanism>; <asserted boundary>.`, wrapped for the margin."""
    text = f'"""Isolation: {owner}; {mechanism}; {boundary}."""'
    lines = textwrap.wrap(text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return f"\n{' ' * indent}".join(lines)
