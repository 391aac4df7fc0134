"""The wall needs the standard library alone: what it is put around brings its own."""

import subprocess
import sys

CODE = """
import sys
import cellwall.runtime.web, cellwall.runtime.limits, cellwall.runtime.cache
heavy = {"joserfc", "starlette", "fastapi", "redis", "httpx", "sqlalchemy", "structlog"}
print(sorted(heavy & sys.modules.keys()))
"""


def test_what_the_wall_loads() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
