"""Proposed roles as TOML for the target's pyproject.toml, each table with its evidence as comments."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.project.proposal import ProposedRole
from cellwall.project.read_source import read_text


def render_roles(proposals: Iterable[ProposedRole]) -> str:
    """Give the tables; everything in them is text of the repository, quoted as TOML.

    Without proposals there is only the empty table `[tool.cellwall]`.
    """
    blocks = [_block(proposal) for proposal in proposals]
    return "\n".join(blocks) if blocks else "[tool.cellwall]\n"


def append_roles(root: Path, text: str) -> str:
    """Append the tables to pyproject.toml; give "" or why it was left alone.

    Raises:
        ConfigError: the file cannot be read.
        StorageError: the disk is full or read-only; the old content is intact.
    """
    path = root / "pyproject.toml"
    before = read_text(path, root) or ""
    try:
        if "cellwall" in tomllib.loads(before).get("tool", {}):
            return "pyproject.toml has a [tool.cellwall] table already; it is left alone"
        after = (
            before + ("" if not before or before.endswith("\n") else "\n") + ("\n" if before else "") + text
        )
        tomllib.loads(after)
    except (tomllib.TOMLDecodeError, RecursionError, TypeError, AttributeError) as error:
        return f"pyproject.toml cannot take more tables ({error}); add the lines by hand"
    write_atomically(path.resolve() if path.is_symlink() else path, after.encode())
    return ""


def _block(proposal: ProposedRole) -> str:
    role = proposal.role
    lines = [f"# {_one_line(each.path)}:{each.line}: {_one_line(each.why)}" for each in proposal.evidence]
    lines += [f"[tool.cellwall.roles.{role.name}]"]
    lines += [
        f"import = {_quoted(role.imports[0])}" if len(role.imports) == 1 else _list("import", role.imports)
    ]
    lines += [f"create = {_quoted(role.create)}"]
    lines += ["awaited = true"] if role.awaited else []
    for key in ("replaces", "members", "coroutines", "takes", "reached_by"):
        values = getattr(role, key)
        lines += [_list(key, values)] if values else []
    return "\n".join(lines) + "\n"


def _list(key: str, values: Sequence[str]) -> str:
    lines = [""]
    for value in map(_quoted, values):
        if lines[-1] and len(lines[-1]) + len(value) > 92:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{value},"
    if len(lines) == 1 and len(lines[0]) < 80:
        return f"{key} = [{lines[0].removesuffix(',')}]"
    return "\n".join([f"{key} = [", *(f"    {line}" for line in lines), "]"])


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for the one control character that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
