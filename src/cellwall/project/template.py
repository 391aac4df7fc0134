"""Role templates: expressions with placeholders such as `f({context})`. Parses and fills; knows no file."""

import ast
import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final = ("context", "name", "user_id", "token", "arguments", "old")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


class TemplateError(ValueError):
    """A template that cannot be used; the text says why."""


def placeholders(template: str) -> tuple[str, ...]:
    """Give the names of the template's placeholders in order of appearance."""
    return tuple(_PLACEHOLDER.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put source text in the place of each placeholder; `fill("f({context})", {"context": "c"})` is `f(c)`.

    Raises:
        KeyError: a placeholder has no value.
    """
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)


def check_expression(template: str) -> None:
    """Accept a template that is one expression on one line.

    Raises:
        TemplateError: an unknown placeholder, or text that is not one Python expression.
    """
    unknown = [name for name in placeholders(template) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise TemplateError(f"unknown placeholder {{{unknown[0]}}}; known are {known}")
    if "\n" in template.strip():
        raise TemplateError("the expression must stand on one line")
    try:
        ast.parse(fill(template, {name: name for name in PLACEHOLDERS}).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TemplateError(f"not a Python expression ({_words(error)})") from error


def check_import(line: str) -> None:
    """Accept one absolute import statement on one line, without `*`.

    Raises:
        TemplateError: anything else.
    """
    try:
        body = ast.parse(line.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TemplateError(f"not an import statement ({_words(error)})") from error
    if "\n" in line.strip() or len(body) != 1 or not isinstance(body[0], ast.Import | ast.ImportFrom):
        raise TemplateError("not one import statement, such as `from package import name`")
    if isinstance(body[0], ast.ImportFrom) and body[0].level:
        raise TemplateError("a relative import means something else in every file; write the whole name")
    if body[0].names[0].name == "*":
        raise TemplateError("`*` does not say which name is meant")


def _words(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else type(error).__name__
