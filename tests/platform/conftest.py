"""The example as four servers, started once; each test brings users of its own.

`--real-services` runs them over PostgreSQL with row-level security and Redis, started here.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.platform.visitor import Visitor

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
sys.path.append(str(EXAMPLE))  # behind everything: it has a `tests` of its own

Join = Callable[..., Awaitable[Visitor]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real-services", action="store_true", help="over PostgreSQL and Redis")


@pytest.fixture(scope="session")
def real(request: pytest.FixtureRequest) -> bool:
    """Whether the platform stands on real servers."""
    return bool(request.config.getoption("--real-services", default=False))


@pytest.fixture(scope="session")
def variables(real: bool) -> Iterator[dict[str, str]]:
    """The environment of the platform: quick steps, and real servers where they are asked for."""
    from servers.launch import real_services

    quick = {"PLATFORM_STEP_SECONDS": "0.01"}
    if not real:
        yield quick
        return
    with real_services() as servers:
        yield quick | servers


@pytest.fixture(scope="session")
def platform(variables: dict[str, str], real: bool) -> Iterator[Any]:
    """The running platform; with real services it has two back ends."""
    from servers.launch import SERVICES, RunningPlatform

    services = (*SERVICES, "backend2") if real else tuple(SERVICES)
    with RunningPlatform(variables=variables, services=services) as running:
        yield running


@pytest.fixture
async def join(platform: Any) -> AsyncIterator[Join]:
    """Let somebody sign up and in; their clients end with the test."""
    visitors: list[Visitor] = []

    async def joined(name: str, backend: str = "backend") -> Visitor:
        visitor = Visitor(platform, name, backend)
        visitors.append(visitor)
        await visitor.sign_up()
        await visitor.sign_in()
        return visitor

    yield joined
    for visitor in visitors:
        await visitor.close()
