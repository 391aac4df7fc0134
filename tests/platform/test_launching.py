"""The command that starts the platform says where it is, and leaves nothing behind, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.platform.conftest import EXAMPLE


@pytest.fixture
def command(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "servers", "--data", str(tmp_path / "data")],
        cwd=EXAMPLE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def addresses(command: subprocess.Popen[str]) -> dict[str, str]:
    """Read until the last line that says where the platform is."""
    assert command.stdout is not None
    lines = []
    for line in command.stdout:
        lines.append(line)
        if line.startswith("Open "):
            break
    return dict(re.findall(r"(\w+)  (http://127\.0\.0\.1:\d+)", "".join(lines)))


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def gone(urls: dict[str, str]) -> bool:
    """Wait until nobody answers any more."""
    end = time.monotonic() + 30
    while any(map(is_up, urls.values())) and time.monotonic() < end:
        time.sleep(0.1)
    return not any(map(is_up, urls.values()))


def test_ctrl_c_ends_all_that_was_started(command: subprocess.Popen[str], tmp_path: Path) -> None:
    """Isolation strategy: servers, ports and a folder of this test's own."""
    urls = addresses(command)
    assert set(urls) == {"web", "backend", "auth", "analytics"}
    assert all(map(is_up, urls.values()))
    assert '<script type="module"' in httpx.get(urls["web"], trust_env=False).text
    assert httpx.get(f"{urls['web']}/config.json", trust_env=False).json()["auth"] == urls["auth"]
    os.kill(command.pid, signal.SIGINT)
    output, _ = command.communicate(timeout=60)
    assert command.returncode == 0
    assert output.strip() == "Ending."
    assert gone(urls)
    secrets = [
        path
        for path in (tmp_path / "data" / "keys").rglob("*")
        if path.is_file() and "public" not in path.name
    ]
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}


def test_servers_end_with_a_launcher_that_is_killed(command: subprocess.Popen[str]) -> None:
    """Isolation strategy: servers, ports and a folder of this test's own."""
    urls = addresses(command)
    command.kill()
    assert gone(urls)
