"""Commands as a shell would split them, and never run: continuations, comments, quotes, options."""

import pytest

from cellwall.migrate.errors import PlanError
from cellwall.migrate.plan.blocks import Code
from cellwall.migrate.plan.commands import commands, options
from cellwall.migrate.plan.sections import Section
from cellwall.migrate.plan.words import Part


def _argv(text: str, language: str = "bash") -> list[tuple[tuple[str, ...], int]]:
    section = Section(Part.LAUNCH, -1, "Launch", 1, 2, blocks=[Code(text, 10, 11, language)])
    return [(command.argv, command.line) for command in commands(section, "PLAN.md")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\nc", [(("a", "b"), 11), (("c",), 12)]),
        ("# only a comment\n\na", [(("a",), 13)]),
        ("a \\\n  b \\\n  c\nd", [(("a", "b", "c"), 11), (("d",), 14)]),
        ("a \\\n  # why\n  b", [(("a", "b"), 11)]),
        ("a \\\n\nb", [(("a",), 11), (("b",), 13)]),
        ("a \\", [(("a",), 11)]),
        ("a#b c # d", [(("a#b", "c"), 11)]),
        ("a '# b' \"# c\" \\# # d", [(("a", "# b", "# c", "#"), 11)]),
        ("$ a b", [(("a", "b"), 11)]),
        ("a \"b c\" 'd e' f\\ g", [(("a", "b c", "d e", "f g"), 11)]),
        ("a && rm -rf / | b; $(c) > d", [(("a", "&&", "rm", "-rf", "/", "|", "b;", "$(c)", ">", "d"), 11)]),
        ("", []),
        ("\\\n\\", []),
    ],
)
def test_lines_become_commands(text: str, expected: list[tuple[tuple[str, ...], int]]) -> None:
    assert _argv(text) == expected


def test_only_shell_blocks_hold_commands() -> None:
    assert _argv("x = 1", "python") == []
    assert _argv("go", "") == _argv("go", "zsh") == [(("go",), 11)]


def test_an_open_quotation_is_told_with_its_line() -> None:
    with pytest.raises(PlanError, match=r"^PLAN.md:12: is no command: no closing quotation$"):
        _argv("a\nb 'c\nd")


def test_a_command_that_is_far_too_long_is_refused() -> None:
    with pytest.raises(PlanError, match=r"^PLAN.md:11: is a command of more than 50,000 characters$"):
        _argv(f"a '{'#' * 400_000}'")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ("go --a 1 --b", {"--a": "1", "--b": ""}),
        ("go --a=1=2 x", {"--a": "1=2"}),
        ("go --a --b 2 3", {"--a": "", "--b": "2"}),
        ("go --a 1 --a 2", {"--a": "2"}),
        ("go -n 4 -v", {"-n": "4", "-v": ""}),
        ("go --offset -5", {"--offset": "-5"}),
        ("go x -- --a 1", {}),
        ("--a 1", {}),
    ],
)
def test_options_are_mapped(argv: str, expected: dict[str, str]) -> None:
    assert options(argv.split()) == expected


def test_a_block_of_many_continued_lines_is_one_command() -> None:
    ((argv, line),) = _argv("a \\\n" * 20_000)
    assert (len(argv), line) == (20_000, 11)
