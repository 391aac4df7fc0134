"""Role templates: expressions with placeholders such as `f({context})`. Parses and fills; knows no file."""

import ast
import io
import re
import tokenize
from collections.abc import Mapping
from typing import Final

PLACEHOLDERS: Final = ("context", "name", "user_id", "token", "arguments", "old")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_NAME = re.compile(r"[^\W\d][\w.]*")


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


def spell(template: str, values: Mapping[str, str]) -> str:
    """Put source text in the place of each placeholder, also where that stands inside a string literal.

    `spell('f({user_id}, "{user_id}-thread")', {"user_id": "user"})` is `f(user, f"{user}-thread")`; a literal
    becomes a part of the string.

    Raises:
        KeyError: a placeholder has no value.
        TemplateError: the template is no expression on one line.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(template).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise TemplateError(f"not a Python expression ({error})") from error
    pieces, done = [], 0
    for token in tokens:
        if token.type == tokenize.STRING and placeholders(token.string):
            pieces += [fill(template[done : token.start[1]], values), _text(token.string, values)]
            done = token.end[1]
    return "".join([*pieces, fill(template[done:], values)])


def _text(literal: str, values: Mapping[str, str]) -> str:
    """Give a string literal with values in the place of its placeholders."""
    found = {name: values[name] for name in placeholders(literal)}
    plain = {name: _plain(value) for name, value in found.items()}
    text = _plain(literal)
    if text is None:
        raise TemplateError(f"a placeholder in {literal}, which is no plain string")
    if None not in plain.values():
        return _quoted(_PLACEHOLDER.sub(lambda match: str(plain[match.group(1)]), text))
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        raise TemplateError(f"braces beside a placeholder in {literal}")
    if all(_NAME.fullmatch(value) for value in found.values()):
        return "f" + _quoted(fill(text, {name: f"{{{value}}}" for name, value in found.items()}))
    whole = _quoted(_PLACEHOLDER.sub("{}", text))
    return f"{whole}.format({', '.join(found[name] for name in placeholders(text))})"


def _quoted(text: str) -> str:
    """Give a literal in double quotes, where the text has none itself."""
    return repr(text) if '"' in text else '"' + repr("'" + text)[2:]


def _plain(value: str) -> str | None:
    """Give the text of a string literal, None for any other expression."""
    try:
        found = ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return None
    return found if isinstance(found, str) else None


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
