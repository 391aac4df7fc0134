"""What every sink promises; each sink's own test shows it data besides."""

import sys
from types import ModuleType

from cellwall.canary import CanaryBook, Sink, Watch, viewing


def check_sink(sink: Sink) -> None:
    """Fail unless the sink is whole: named, installed and gone without a trace, twice."""
    assert isinstance(sink, Sink)
    assert sink.name.replace("-", "").isalnum() and sink.name == sink.name.lower()
    module = sys.modules.get(sink.library)
    with Watch(CanaryBook(), [sink]):
        pass  # libraries load and make things of their own on first use
    before = attributes_of(sink)
    for _ in range(2):
        with Watch(CanaryBook(), [sink]) as watch, viewing("bob"):
            assert watch.sightings == []
        assert attributes_of(sink) == before
    assert sink.library == "" or module is not None, "the library must be loaded for this check"


def attributes_of(sink: Sink) -> dict[str, int]:
    """Give the identity of each attribute of each class that a sink could wrap."""
    roots = {sink.library.partition(".")[0] or "logging", "httpx", "starlette", "asyncio", "traceback", "io"}
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in roots and isinstance(module, ModuleType):
            for attribute, value in list(vars(module).items()):
                found[f"{name}.{attribute}"] = id(value)
                if isinstance(value, type):
                    found |= {f"{name}.{attribute}.{key}": id(held) for key, held in vars(value).items()}
    return found
