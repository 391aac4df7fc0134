"""The strategies that are used together when nothing else is asked for, each finding what others miss."""

from cellwall.explore.strategies.alignment import Alignment
from cellwall.explore.strategies.cancellation_sweep import CancellationSweep, DelayedCancellationSweep
from cellwall.explore.strategies.cancelling_walk import CancellingWalk
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.pct import Pct
from cellwall.explore.strategies.random_walk import RandomWalk
from cellwall.explore.strategies.sampling import PartialOrderSampling
from cellwall.explore.strategies.strategy import Strategy


def portfolio(seed: int, *, cancel: bool, bound: int) -> list[Strategy]:
    """Give the strategies in the order in which they take turns; `bound` is the most delays in one run."""
    strategies: list[Strategy] = [
        Alignment(seed),
        RandomWalk(seed),
        PartialOrderSampling(seed),
        DelaySweep(bound),
    ]
    if cancel:
        strategies[:0] = [CancellationSweep()]
        strategies += [DelayedCancellationSweep(), CancellingWalk(seed)]
    return [*strategies, Pct(seed)]
