"""Cuts the agents' files into batches. Pure: the same files and findings give the same batches.

Test-support files (conftest files, shared fixtures and helpers) are what several agents need: those that
must change are batch 0, which is merged before any other starts; its commit is everyone's base.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cellwall.migrate.batch import Batch

SHARED_AGENT: Final = 0
SHARED_ID: Final = "a00-b000"


def plan_batches(
    owned: Mapping[int, Sequence[str]],
    concerned: Collection[str],
    *,
    is_shared: Callable[[str], bool],
    size: int,
    writes: Mapping[int, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> tuple[Batch, ...]:
    """Give the batches in merge order.

    Args:
        owned: agent number -> its files.
        concerned: the files with findings; the others need no batch.
        is_shared: whether a file is support that several agents may need.
        size: files in a batch at most; batch 0 is one batch, whatever its size.
        writes: agent number -> (path, capability) of its new test modules; they are its last batches.
    """
    wanted = frozenset(concerned)
    shared = sorted(path for paths in owned.values() for path in paths if path in wanted and is_shared(path))
    batches = [Batch(SHARED_ID, SHARED_AGENT, tuple(shared))] if shared else []
    for agent in sorted(owned):
        paths = sorted(path for path in owned[agent] if path in wanted and not is_shared(path))
        for index, start in enumerate(range(0, len(paths), size), start=1):
            batches.append(Batch(f"a{agent:02d}-b{index:03d}", agent, tuple(paths[start : start + size])))
        batches += _writing(agent, sorted(writes.get(agent, ())), 1 + -(-len(paths) // size), size)
    return tuple(batches)


def _writing(agent: int, new: Sequence[tuple[str, str]], first: int, size: int) -> list[Batch]:
    parts = [tuple(new[start : start + size]) for start in range(0, len(new), size)]
    return [
        Batch(f"a{agent:02d}-b{index:03d}", agent, tuple(path for path, _ in part), part)
        for index, part in enumerate(parts, start=first)
    ]


def split(batch: Batch, changed: Sequence[str]) -> tuple[Batch, ...]:
    """Give the two halves of a refused batch, over its files that the patch changed; () for a single file."""
    paths = tuple(sorted(set(changed) & set(batch.paths)))
    if len(paths) < 2:
        return ()
    middle = len(paths) // 2
    return (
        batch.part(f"{batch.id}.1", paths[:middle]),
        batch.part(f"{batch.id}.2", paths[middle:]),
    )
