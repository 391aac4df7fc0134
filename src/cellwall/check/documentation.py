"""A rule's docstring taken apart: the summary and the sections with their fixed headings."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Final

from cellwall.check.described import Described
from cellwall.check.family import Family

HEADINGS: Final = ("What it does", "Why it leaks", "Example", "Use instead", "Fix safety")
_CODE: Final = frozenset({"Example", "Use instead"})


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a rule says of itself; `sections` by heading, in the fixed order."""

    summary: str
    sections: Mapping[str, str]
    language: str = "python"

    @property
    def plain(self) -> str:
        """The text for a terminal."""
        return "\n\n".join((self.summary, *(f"{h}:\n{_indented(t)}" for h, t in self.sections.items())))

    @property
    def markdown(self) -> str:
        """The text as Markdown, with sections of the third level."""
        parts = [self.summary]
        for heading, text in self.sections.items():
            parts.append(
                f"### {heading}\n\n" + (f"```{self.language}\n{text}\n```" if heading in _CODE else text)
            )
        return "\n\n".join(parts)


def documentation_of(rule: Described) -> Documentation:
    """Give the documentation of a rule; a section that is missing is empty."""
    text = inspect.cleandoc(type(rule).__doc__ or "")
    summary, _, rest = text.partition("\n\n")
    sections = dict.fromkeys(HEADINGS, "")
    current, lines = "", list[str]()
    for line in (*rest.splitlines(), "end:"):
        if line[:1].strip() and line.endswith(":") and (line[:-1] in sections or line == "end:"):
            if current:
                sections[current] = dedent("\n".join(lines)).strip("\n")
            current, lines = line[:-1], []
        else:
            lines.append(line)
    return Documentation(" ".join(summary.split()), sections, language_of_examples(rule))


def language_of_examples(rule: Described) -> str:
    """Give the language in which a rule's examples are written."""
    return "javascript" if rule.family is Family.SCRIPTS else "python"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
