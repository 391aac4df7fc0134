"""Takes commands out of a plan's shell blocks. They are data: nothing here is ever given to a shell."""

import re
import shlex
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from cellwall.migrate.plan.blocks import Code
from cellwall.migrate.plan.fault import fault
from cellwall.migrate.plan.model import Command
from cellwall.migrate.plan.sections import Section

MAX_COMMAND: Final = 50_000  # splitting takes time by the square of a word's length
SHELLS: Final = frozenset({"", "bash", "sh", "shell", "console", "zsh", "shell-session"})


def commands(section: Section, path: str) -> list[Command]:
    """Give the commands of the section's shell blocks.

    Raises:
        PlanError: a quotation is not closed, or a command is far too long.
    """
    blocks = [block for block in section.blocks if isinstance(block, Code) and block.language in SHELLS]
    return [command for block in blocks for command in _commands(block, path)]


def _commands(block: Code, path: str) -> Iterator[Command]:
    for text, line in _logical_lines(block):
        if len(text) > MAX_COMMAND:
            raise fault(path, line, f"is a command of more than {MAX_COMMAND:,} characters")
        try:
            argv = tuple(shlex.split(text))
        except ValueError as error:
            raise fault(path, line, f"is no command: {str(error).lower()}") from error
        if argv:
            yield Command(argv, MappingProxyType(options(argv)), line)


def _logical_lines(block: Code) -> Iterator[tuple[str, int]]:
    """Give each command as one line, with the line where it begins; comments and prompts are left out."""
    words: list[str] = []
    begun = 0
    for line, raw in enumerate((*block.text.split("\n"), ""), start=block.first):
        text = _without_comment(raw).strip()
        if words and raw.strip() and not text:
            continue  # a comment between two lines of one command
        goes_on = text.endswith("\\") and not text.endswith("\\\\")
        text = text.removesuffix("\\").rstrip() if goes_on else text
        if text:
            begun = begun if words else line
            words.append(text)
        if words and not goes_on:
            yield " ".join(words).removeprefix("$ "), begun
            words = []


def _without_comment(text: str) -> str:
    """Cut a line at a "#" that begins a word outside quotes."""
    quote = ""
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and (quote == "'" or text[index - 1] != "\\") else quote
        elif sign in "\"'" and text[max(0, index - 1) : index] != "\\":
            quote = sign
        elif sign == "#" and text[max(0, index - 1) : index] in ("", " ", "\t"):
            return text[:index]
    return text


def options(argv: Sequence[str]) -> dict[str, str]:
    """Map each option to its value: "--agents 8", "--agents=8"; a flag maps to ""; of two, the later counts.

    >>> options(("run.py", "--agents", "8", "--parallel"))
    {'--agents': '8', '--parallel': ''}
    """
    found: dict[str, str] = {}
    present = ""
    for word in argv[1:]:
        if word == "--":
            break
        if _is_option(word):
            present, _, value = word.partition("=")
            found[present] = value
            present = "" if "=" in word else present
        elif present:
            found[present] = word
            present = ""
    return found


def _is_option(word: str) -> bool:
    return bool(re.match(r"--?[A-Za-z]", word))
