"""A collection of garbage that takes place for certain, for tests that ask what is left after one."""

import gc
import time


def collect() -> None:
    """Collect all garbage there is.

    `gc.collect` does nothing and gives 0 while another thread is amid a collection, be it of young objects
    alone. That thread may be made to wait there wherever Python code runs in it: in a finalizer, or in the
    callback by which hypothesis measures. Therefore a cycle is left to be found; while nothing is found, no
    collection took place.
    """
    found = 0
    while not found:
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        found = gc.collect()
        if not found:
            time.sleep(0.001)  # lets the other thread go on
