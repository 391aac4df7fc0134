"""Which lines of one sequence are those of another: a longest common subsequence with weights.

Hirschberg's table (CACM 1975) with a weight for each line of the first sequence: what must stay counts more
than any number of lines that may go.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

MUST: Final = 1_000_000
MAY: Final = 1
MOST_CELLS: Final = 4_000_000

T = TypeVar("T")


def align(
    first: Sequence[T], second: Sequence[T], same: Callable[[T, T], bool], weight: Callable[[T], int]
) -> list[tuple[int, int]]:
    """Give pairs of positions, both increasing, with the greatest total weight.

    Equal ends are paired at once. Sequences too long for a table (over 4 million cells) are paired greedily,
    which finds every line of the first when all are there in order.
    """
    start = 0
    while start < min(len(first), len(second)) and same(first[start], second[start]):
        start += 1
    end = 0
    most = min(len(first), len(second)) - start
    while end < most and same(first[-1 - end], second[-1 - end]):
        end += 1
    inner_first = first[start : len(first) - end]
    inner_second = second[start : len(second) - end]
    large = len(inner_first) * len(inner_second) > MOST_CELLS
    pairs = (_greedy if large else _table)(inner_first, inner_second, same, weight)
    return [
        *((i, i) for i in range(start)),
        *((start + i, start + j) for i, j in pairs),
        *((len(first) - end + i, len(second) - end + i) for i in range(end)),
    ]


def _table(
    first: Sequence[T], second: Sequence[T], same: Callable[[T, T], bool], weight: Callable[[T], int]
) -> list[tuple[int, int]]:
    best = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    equal = [[same(one, two) for two in second] for one in first]
    for i in range(len(first) - 1, -1, -1):
        own, row, below = weight(first[i]), best[i], best[i + 1]
        for j in range(len(second) - 1, -1, -1):
            row[j] = max(below[j], row[j + 1])
            if equal[i][j]:
                row[j] = max(row[j], own + below[j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        if equal[i][j] and best[i][j] == weight(first[i]) + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _greedy(
    first: Sequence[T], second: Sequence[T], same: Callable[[T, T], bool], weight: Callable[[T], int]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    position = 0
    for i, one in enumerate(first):
        for j in range(position, len(second)):
            if same(one, second[j]):
                pairs.append((i, j))
                position = j + 1
                break
    return pairs
