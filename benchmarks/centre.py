"""What repeated measurements lie around, and how sure that is, whatever one of them met on a busy machine."""

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement
from statistics import median

CONFIDENT = 1.96  # standard deviations on both sides of the middle that leave out 5%
ENOUGH = 6  # values for an interval that is as sure as that


def centre(values: Sequence[float]) -> tuple[float, float, float]:
    """Give the centre of the values, and between which two it is with 95% confidence.

    It is the median of the means of all pairs (Hodges and Lehmann, "Estimates of location based on rank
    tests", 1963; the interval is that of Wilcoxon's signed ranks, by the normal approximation). Without
    outliers it is as sure as the mean to 5%, where a median needs half as many values more; with outliers
    it stays where it is, as a median does. It takes no side: what all values are too high by, it is too.
    Of fewer than `ENOUGH` values it is from the lowest to the highest, and not as sure.
    """
    means = sorted((one + other) / 2 for one, other in combinations_with_replacement(values, 2))
    count = len(values)
    deviation = math.sqrt(count * (count + 1) * (2 * count + 1) / 24)
    left_out = max(0, math.floor((len(means) - 1) / 2 - CONFIDENT * deviation))
    return median(means), means[left_out], means[-1 - left_out]
