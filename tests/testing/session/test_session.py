"""A session by category, told as JUnit, JSON and HTML; over real services, or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cellwall.project.services import Service
from cellwall.testing.session.categories import categories_of, counted
from cellwall.testing.session.page import page
from cellwall.testing.session.session import Wanted, run_session

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:hypothesispytest")
TESTS = {
    "pytest.ini": (
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nmarkers = slow\n"
    ),
    "tests/unit/test_a.py": (
        "import pytest\ndef test_one(): pass\n@pytest.mark.slow\ndef test_two(): assert 0, '<b>'\n"
        "def test_three(): pytest.skip('no')\n@pytest.mark.xfail\ndef test_four(): assert 0\n"
    ),
    "tests/api/test_b.py": (
        "import pytest\nasync def test_user(user_context): pass\n"
        "@pytest.fixture\ndef broken(): raise OSError\n"
        "def test_error(broken): pass\n"
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a repository with two folders of tests."""
    for name, text in TESTS.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "repo"


def wanted(root: Path, *categories: str, **more: object) -> Wanted:
    """Give what a session with this interpreter is to do."""
    return Wanted(root, Path(sys.executable), categories, arguments=QUIET, **more)  # type: ignore[arg-type]


def test_documents_and_exit_code(root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    documents = {name: tmp_path / name for name in ("junit", "json", "html")}
    assert run_session(wanted(root, users=3, documents=documents), print) == 1
    told = capfd.readouterr().out
    assert "unit: 1 passed, 1 failed, 1 skipped, 1 xfailed" in told
    assert "api: 1 passed, 1 error" in told
    assert "isolation: 1 passed" in told
    assert "slow: 1 failed" in told
    document = json.loads(documents["json"].read_text())
    assert document["exit_code"] == 1
    assert document["categories"]["unit"] == {"passed": 1, "failed": 1, "skipped": 1, "xfailed": 1}
    [user] = [test for test in document["tests"] if test["id"].endswith("::test_user")]
    assert user["isolation"]["users"] == 3
    assert user["isolation"]["verdict"] == "passed"
    assert "<testcase" in documents["junit"].read_text()
    html = documents["html"].read_text()
    assert "6 tests, 2 failed" in html
    assert "3 users: passed" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("categories", "code", "number"),
    [
        (("unit",), 1, 4),
        (("slow",), 1, 1),
        (("isolation",), 0, 1),
        (("api", "slow"), 1, 3),
        (("none",), 5, 0),
    ],
)
def test_categories_choose(
    root: Path, tmp_path: Path, categories: tuple[str, ...], code: int, number: int
) -> None:
    document = tmp_path / "json"
    assert run_session(wanted(root, *categories, documents={"json": document}), print) == code
    assert len(json.loads(document.read_text())["tests"]) == number


def test_a_service_that_cannot_be_had_ends_with_two(root: Path) -> None:
    said: list[str] = []
    services = (Service("redis", ("REDIS_URL",), "redis://127.0.0.1:1/0"),)
    assert run_session(wanted(root, services=services), said.append) == 2
    assert said[0].startswith("no real services: Redis does not answer: ")


SERVED = """
import os, time
def test_it():
    url = os.environ["MY_REDIS"]
    open({place!r}, "w").write(url)
    time.sleep({seconds})
"""


def session_over_redis(root: Path, place: Path, seconds: float) -> "subprocess.Popen[str]":
    """Start `cellwall test` over a Redis of its own."""
    (root / "pyproject.toml").write_text('[tool.cellwall.services.redis]\nvariables = ["MY_REDIS"]\n')
    (root / "tests/test_served.py").write_text(SERVED.format(place=str(place), seconds=seconds))
    command = [sys.executable, "-m", "cellwall", "test", "--real-services", "--repo", str(root)]
    return subprocess.Popen(
        [*command, *QUIET, "tests/test_served.py"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def answers(url: str) -> bool:
    """Whether a Redis answers there."""
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(url, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False


def test_a_server_is_started_named_and_stopped(root: Path, tmp_path: Path, redis_url: str) -> None:
    process = session_over_redis(root, tmp_path / "url", 0)
    out, told = process.communicate(timeout=120)
    assert process.returncode == 0, out + told
    assert "cellwall test: Redis " in told
    assert "(started for this session), in MY_REDIS" in told
    assert not answers((tmp_path / "url").read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_is_stopped_after_a_kill_too(
    root: Path, tmp_path: Path, redis_url: str, number: signal.Signals
) -> None:
    place = tmp_path / "url"
    process = session_over_redis(root, place, 20)
    limit = time.monotonic() + 60
    while not (place.exists() and place.read_text()) and time.monotonic() < limit:
        time.sleep(0.05)
    url = place.read_text()
    assert answers(url)
    os.kill(process.pid, number)
    process.wait(60)
    limit = time.monotonic() + 30
    while answers(url) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not answers(url)
    process.communicate(timeout=60)


def test_categories_are_folders_markers_and_contexts() -> None:
    markers = ["slow", "asyncio", "parametrize"]
    assert categories_of("shop/tests/unit/test_a.py::test", markers, ["user_context"]) == (
        "isolation",
        "shop",
        "slow",
        "unit",
    )
    assert categories_of("test_a.py::test", []) == ()


def test_a_test_counts_in_each_category() -> None:
    tests = [{"outcome": "passed", "categories": ["a", "b"]}, {"outcome": "failed", "categories": []}]
    assert counted(tests) == {"(none)": {"failed": 1}, "a": {"passed": 1}, "b": {"passed": 1}}


def test_the_page_names_services() -> None:
    assert "Redis 6 &lt;here&gt;" in page({"tests": [], "categories": {}}, ["Redis 6 <here>"])


def test_the_page_shows_what_was_explored_and_what_was_not() -> None:
    tried = {"runs": 60, "swept": 7, "points": 8, "seconds": 0.1, "not_covered": ["<real> sockets"]}
    record = {"users": 3, "verdict": "passed", "certificate": tried}
    test = {"id": "test_a.py::test", "outcome": "passed", "seconds": 0.5, "isolation": record}
    told = page({"tests": [test], "categories": {}}, [])
    assert "3 users: passed, 60 schedules, cancelled at 7 of 8 points" in told
    assert "not covered in 1: &lt;real&gt; sockets" in told
