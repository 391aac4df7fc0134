"""What every room's tests may use: real servers, started when a test first asks for one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # a bare `pytest` does not find `tests.servers` otherwise

pytest_plugins = ["tests.servers.fixtures"]
