"""Orders the import lines of a new module as import sorters do, with one line for each module."""

import sys
from collections.abc import Iterable
from typing import Final

# Libraries that new tests use; what a role imports from elsewhere is taken for the target's own.
LIBRARIES: Final = frozenset({"cellwall", "httpx", "pytest", "sqlalchemy", "starlette"})
_WIDTH: Final = 100


def ordered(lines: Iterable[str]) -> list[str]:
    """Give the text of each group that has lines: the standard library, libraries, the target's own."""
    plain, members = set(), dict[str, set[str]]()
    for line in lines:
        words = line.split()
        if words[0] == "from":
            names = line.partition(" import ")[2].strip("() ").split(",")
            members.setdefault(words[1], set()).update(name.strip() for name in names if name.strip())
        else:
            plain.add(line)
    groups: dict[int, list[str]] = {}
    for line in sorted(plain, key=lambda line: line.split()[1]):
        groups.setdefault(_group(line.split()[1]), []).append(line)
    for module in sorted(members):
        groups.setdefault(_group(module), []).append(_from(module, members[module]))
    return ["\n".join(groups[group]) for group in sorted(groups)]


def _group(module: str) -> int:
    top = module.partition(".")[0].rstrip(",")
    return 0 if top in sys.stdlib_module_names else 1 if top in LIBRARIES else 2


def _from(module: str, names: Iterable[str]) -> str:
    members = sorted(names, key=_by_type)
    line = f"from {module} import {', '.join(members)}"
    if len(line) <= _WIDTH:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in members) + ")"


def _by_type(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest."""
    bare = name.split(maxsplit=1)[0]
    return (0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2, name)
