"""Writes what was answered into `[tool.cellwall.audit]` of a project's pyproject.toml, and nothing else."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from cellwall.project.durable_write import replace_durably
from cellwall.project.errors import ConfigError

HEADER: Final = "[tool.cellwall.audit]"
_HEADER: Final = re.compile(
    r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*cellwall[ \t]*\.[ \t]*audit[ \t]*\][^\n]*$", re.M
)


def add_answers(root: Path, added: Mapping[str, Sequence[str]]) -> Path:
    """Add patterns to lists of the table, such as {"shared": ["GET /articles"]}; give the file.

    Raises:
        ConfigError: the file cannot be edited so that it says exactly this; it is left as it was.
    """
    path = root / "pyproject.toml"
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        wanted = _wanted(tomllib.loads(old), added)
        new = _edited(old, added, wanted)
        if tomllib.loads(new) != wanted:
            raise ConfigError(f"{path}: cannot be edited safely; add to it: {as_toml(added)}")
        replace_durably(path, new.encode(), suffix=".cellwall", mode=0o644 if not old else None)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be edited ({error}); add to it: {as_toml(added)}") from error
    return path


def as_toml(added: Mapping[str, Sequence[str]]) -> str:
    """Give the answers as a person would add them."""
    return "\n".join([HEADER, *(_line(key, values) for key, values in added.items() if values)])


def _wanted(document: dict[str, Any], added: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    wanted = deepcopy(document)
    table = wanted.setdefault("tool", {}).setdefault("cellwall", {}).setdefault("audit", {})
    for key, values in added.items():
        if values:
            table[key] = list(dict.fromkeys([*table.get(key, []), *values]))
    return wanted


def _edited(old: str, added: Mapping[str, Sequence[str]], wanted: Mapping[str, Any]) -> str:
    header = _HEADER.search(old)
    if header is None:
        gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
        return f"{old}{gap}{as_toml(added)}\n"
    table = wanted["tool"]["cellwall"]["audit"]
    end = re.search(r"^[ \t]*\[", old[header.end() :], re.M)
    body = old[header.end() : header.end() + end.start() if end else len(old)]
    rest = old[header.end() + len(body) :]
    for key, values in added.items():
        if values:
            line = _line(key, table[key])
            body, count = re.subn(
                rf"^[ \t]*{key}[ \t]*=[ \t]*\[(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|#[^\n]*|[^\]\"'#])*\]",
                lambda _, line=line: line,  # type: ignore[misc]
                body,
                count=1,
                flags=re.M,
            )
            body = body if count else f"\n{line}{body}"
    return old[: header.end()] + body + rest


def _line(key: str, values: Sequence[str]) -> str:
    # A JSON string is a TOML basic string, but for the one control character that JSON leaves as it is.
    quoted = (json.dumps(each, ensure_ascii=False).replace("\x7f", "\\u007f") for each in values)
    return f"{key} = [{', '.join(quoted)}]"
