"""The guard: the application's own engine, where every statement sees and writes one owner's rows."""

from cellwall.runtime.database.guard.engine import GuardedEngine
from cellwall.runtime.database.guard.texts import shared_text

__all__ = ["GuardedEngine", "shared_text"]
