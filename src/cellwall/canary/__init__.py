"""Canaries: values that only one user may see, and the watch that sees where they surface."""

from cellwall.canary.asgi_calls import call_watched
from cellwall.canary.book import CanaryBook
from cellwall.canary.canary import Canary
from cellwall.canary.declared import Declared
from cellwall.canary.errors import CanaryError, SecondWatchError, UnfitValueError
from cellwall.canary.serving import is_serving, serving
from cellwall.canary.sighting import Reach, Sighting
from cellwall.canary.sink import FakeSink, Sink
from cellwall.canary.sinks import all_sinks
from cellwall.canary.viewer import current_viewer, viewing
from cellwall.canary.watch import Watch, active_watch

__all__ = [
    "Canary",
    "CanaryBook",
    "CanaryError",
    "Declared",
    "FakeSink",
    "Reach",
    "SecondWatchError",
    "Sighting",
    "Sink",
    "UnfitValueError",
    "Watch",
    "active_watch",
    "all_sinks",
    "call_watched",
    "current_viewer",
    "is_serving",
    "serving",
    "viewing",
]
