"""Cuts the agents' files into batches. Pure: the same files and findings give the same batches.

Test-support files (conftest files, shared fixtures and helpers) are what several agents need: those that
must change are batch 0, which is merged before any other starts; its commit is everyone's base.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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
) -> tuple[Batch, ...]:
    """Give the batches in merge order.

    Args:
        owned: agent number -> its files.
        concerned: the files with findings; the others need no batch.
        is_shared: whether a file is support that several agents may need.
        size: files in a batch at most; batch 0 is one batch, whatever its size.
    """
    wanted = frozenset(concerned)
    shared = sorted(path for paths in owned.values() for path in paths if path in wanted and is_shared(path))
    batches = [Batch(SHARED_ID, SHARED_AGENT, tuple(shared))] if shared else []
    for agent in sorted(owned):
        paths = sorted(path for path in owned[agent] if path in wanted and not is_shared(path))
        for index, start in enumerate(range(0, len(paths), size), start=1):
            batches.append(Batch(f"a{agent:02d}-b{index:03d}", agent, tuple(paths[start : start + size])))
    return tuple(batches)


def split(batch: Batch, changed: Sequence[str]) -> tuple[Batch, ...]:
    """Give the two halves of a refused batch, over its files that the patch changed; () for a single file."""
    paths = tuple(sorted(set(changed) & set(batch.paths)))
    if len(paths) < 2:
        return ()
    middle = len(paths) // 2
    return (
        Batch(f"{batch.id}.1", batch.agent, paths[:middle]),
        Batch(f"{batch.id}.2", batch.agent, paths[middle:]),
    )
