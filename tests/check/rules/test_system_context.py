"""CW430 on the shapes of jobs, migrations and request handlers."""

from textwrap import dedent

import pytest

from cellwall.check.engine import check_source
from cellwall.check.finding import Finding, Severity
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings


def found(source: str, path: str = "app/work.py") -> list[Finding]:
    """The findings of this rule in one module."""
    report = check_source(path, dedent(source).encode(), CheckSettings(), ProjectFacts())
    assert report.parse_error is None
    return [finding for finding in report.findings if finding.code == "CW430"]


JOBS = {
    "block": """
        from cellwall import system_context

        async def tidy():
            async with system_context("nightly removal of old rows") as system:
                await remove(system)
        """,
    "alias": """
        from cellwall.runtime.system import system_context as nobody

        def tidy():
            with nobody(reason="nightly removal of old rows"):
                pass
        """,
    "by module": """
        import cellwall

        nobody = cellwall.system_context("nightly removal of old rows")
        """,
    "by class": """
        from cellwall import SystemContext

        def tidy():
            return SystemContext("nightly removal of old rows", "here")
        """,
    "context of another kind": """
        from airflow import Context
        from cellwall import system_context

        def tidy(context: Context, request_id):
            return system_context("nightly removal of old rows")
        """,
}
HANDLERS = {
    "route": """
        from cellwall import system_context

        @router.post("/rows")
        async def read_all():
            async with system_context("everybody's rows"):
                pass
        """,
    "route without arguments": """
        from cellwall import system_context

        @app.websocket
        def read_all():
            return system_context("everybody's rows")
        """,
    "request": """
        from starlette.requests import Request
        from cellwall import system_context

        async def read_all(request: Request):
            return system_context("everybody's rows")
        """,
    "context": """
        from cellwall import UserExecutionContext, system_context

        def read_all(*, who: UserExecutionContext | None):
            return system_context("everybody's rows")
        """,
    "context by name, around an inner function": """
        from cellwall import system_context

        def read_all(user_context):
            def inner():
                return system_context("everybody's rows")
            return inner()
        """,
    "method": """
        from cellwall.runtime.web.fastapi import UserContext
        from cellwall import system_context

        class Rows:
            async def read_all(self, user: UserContext):
                return system_context("everybody's rows")
        """,
}


@pytest.mark.parametrize("shape", JOBS)
def test_jobs_are_listed_with_their_reason(shape: str) -> None:
    (finding,) = found(JOBS[shape])
    assert finding.severity is Severity.WARNING
    assert finding.message.endswith("nightly removal of old rows")
    assert finding.fix is None


@pytest.mark.parametrize("shape", HANDLERS)
def test_where_a_user_s_request_is_at_hand_it_is_an_error(shape: str) -> None:
    (finding,) = found(HANDLERS[shape])
    assert finding.severity is Severity.ERROR
    assert "read_all serves a user's request" in finding.message


def test_a_reason_that_cannot_be_seen_is_said_to_be() -> None:
    (finding,) = found("from cellwall import system_context\n\nwith system_context(WHY):\n    pass\n")
    assert finding.message.endswith("cannot be seen here")


def test_a_line_is_allowed_with_a_reason() -> None:
    (finding,) = found(
        "from cellwall import system_context\n\n"
        'with system_context("make the tables"):  # cellwall: allow[system-context] runs before requests\n'
        "    pass\n"
    )
    assert finding.suppressed == "runs before requests"


@pytest.mark.parametrize("path", ["tests/test_work.py", "app/test_work.py", "tests/conftest.py"])
def test_tests_may_work_without_a_user(path: str) -> None:
    assert found(JOBS["block"], path) == []


def test_a_function_of_another_library_is_none() -> None:
    assert found('from other import system_context\n\nsystem_context("of another kind")\n') == []
