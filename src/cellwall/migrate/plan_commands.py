"""The entry points that plans name, and the `cellwall` command that each stands for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# The script's path in a repository -> the arguments of `cellwall` that come before the script's own.
COMMAND_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "scripts/check_isolation_patterns.py": ("check",),
        "scripts/security_audit.py": ("audit",),
        "tests/unified_test_runner.py": ("test",),
    }
)
